// When to connect, when to ask whether the peer is alive, when to give up. Sans I/O: every method takes `now`
// (seconds, monotonic) and returns what the host must do: "open", "close" or "ping".

export const State = Object.freeze({
  STOPPED: "stopped",
  WAITING: "waiting",
  CONNECTING: "connecting",
  SIGNING_IN: "signing_in",
  ONLINE: "online",
});

export const FIRST_DELAY_S = 1;
export const LONGEST_DELAY_S = 5;
export const CONNECT_TIMEOUT_S = 6;
export const SIGN_IN_TIMEOUT_S = 10;
export const QUIET_S = 5;
export const PONG_TIMEOUT_S = 4;
export const LEAST = 0.1; // of a delay: a little of it always passes, so that nobody hammers

export class Reconnect {
  constructor({ random = Math.random } = {}) {
    this.state = State.STOPPED;
    this.deadline = null; // the next `tick` wanted, or null
    this._random = random;
    this._failures = 0;
    this._notBefore = 0;
    this._first_s = FIRST_DELAY_S;
    this._isPingOut = false;
    this._isHurried = false;
  }

  start(now) {
    if (this.state !== State.STOPPED) return [];
    this._failures = 0;
    return this._open(now);
  }

  stop() {
    const wasOpen = this.state !== State.STOPPED && this.state !== State.WAITING;
    this._enter(State.STOPPED, null);
    return wasOpen ? ["close"] : [];
  }

  /** The socket is open: signing in begins. */
  opened(now) {
    if (this.state === State.CONNECTING) this._enter(State.SIGNING_IN, now + SIGN_IN_TIMEOUT_S);
    return [];
  }

  /** The gateway has welcomed us. */
  welcomed(now, spread_s = 0) {
    if (this.state !== State.SIGNING_IN) return [];
    this._first_s = Math.max(FIRST_DELAY_S, spread_s); // what the gateway asks of all terminals of its site
    this._failures = 0;
    this._isPingOut = false;
    this._isHurried = false;
    this._enter(State.ONLINE, now + QUIET_S);
    return [];
  }

  /** Any frame arrived: the peer lives. */
  heard(now) {
    if (this.state !== State.ONLINE) return [];
    this._isPingOut = false;
    this.deadline = now + QUIET_S;
    return [];
  }

  /** The socket ended, whoever ended it; `atLeast_s` is what the gateway asked to wait. */
  lost(now, atLeast_s = 0) {
    if (this.state === State.STOPPED || this.state === State.WAITING) return [];
    return this._wait(now, atLeast_s);
  }

  /** Somebody holds the emergency key: do not wait any longer, whatever the gateway asked, nor in the queue before its
   * door, where only who says so at once is let in ahead. */
  hurry(now) {
    const isHurried = this._isHurried;
    this._isHurried = true;
    if (this.state === State.WAITING) return this._open(now);
    return this.state === State.CONNECTING && !isHurried ? ["close", ...this._open(now)] : [];
  }

  /** The phone says that it has a network again, or the page is shown again: wait only for what the gateway asked. */
  networkReturned(now) {
    if (this.state === State.WAITING) return now >= this._notBefore ? this._open(now) : [];
    if (this.state !== State.ONLINE || this._isPingOut) return [];
    return this._ping(now);
  }

  tick(now) {
    if (this.deadline === null || now < this.deadline) return [];
    switch (this.state) {
      case State.WAITING:
        return this._open(now);
      case State.ONLINE:
        return this._isPingOut ? ["close", ...this._wait(now)] : this._ping(now);
      default: // connecting or signing in took too long
        return ["close", ...this._wait(now)];
    }
  }

  _ping(now) {
    this._isPingOut = true;
    this.deadline = now + PONG_TIMEOUT_S;
    return ["ping"];
  }

  _open(now) {
    this._enter(State.CONNECTING, now + CONNECT_TIMEOUT_S);
    return ["open"];
  }

  _wait(now, atLeast_s = 0) {
    const longest = Math.min(Math.max(LONGEST_DELAY_S, this._first_s), this._first_s * 2 ** this._failures);
    this._failures = Math.min(this._failures + 1, 10);
    // Nearly all of it is chance, so that ten thousand phones do not return in one instant after a restart. Who was told
    // when to come comes then, up to a tenth later: who comes much later has lost his turn.
    const roll = this._random();
    const wait_s = atLeast_s ? atLeast_s * (1 + LEAST * roll) : longest * (LEAST + (1 - LEAST) * roll);
    this._notBefore = now + atLeast_s;
    this._enter(State.WAITING, now + wait_s);
    return [];
  }

  _enter(state, deadline) {
    this.state = state;
    this.deadline = deadline;
    this._isPingOut = false;
  }
}
