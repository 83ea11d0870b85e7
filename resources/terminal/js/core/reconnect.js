// When to connect, when to ask whether the peer is alive, when to give up. Sans I/O: every method takes `now`
// (seconds, monotonic) and returns what the host must do: "open", "close" or "ping".

export const State = Object.freeze({
  STOPPED: "stopped",
  WAITING: "waiting",
  CONNECTING: "connecting",
  SIGNING_IN: "signing_in",
  ONLINE: "online",
});

export const FIRST_DELAY_S = 0.3;
export const LONGEST_DELAY_S = 5;
export const CONNECT_TIMEOUT_S = 6;
export const SIGN_IN_TIMEOUT_S = 10;
export const QUIET_S = 5;
export const PONG_TIMEOUT_S = 4;

export class Reconnect {
  constructor({ random = Math.random } = {}) {
    this.state = State.STOPPED;
    this.deadline = null; // the next `tick` wanted, or null
    this._random = random;
    this._failures = 0;
    this._isPingOut = false;
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
  welcomed(now) {
    if (this.state !== State.SIGNING_IN) return [];
    this._failures = 0;
    this._isPingOut = false;
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

  /** The socket ended, whoever ended it. */
  lost(now) {
    if (this.state === State.STOPPED || this.state === State.WAITING) return [];
    return this._wait(now);
  }

  /** The phone says that it has a network again, or the page is shown again: do not wait any longer. */
  networkReturned(now) {
    if (this.state === State.WAITING) return this._open(now);
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

  _wait(now) {
    const longest = Math.min(LONGEST_DELAY_S, FIRST_DELAY_S * 2 ** this._failures);
    this._failures = Math.min(this._failures + 1, 10);
    // Half of it is chance, so that a thousand phones do not return in one instant after a restart.
    this._enter(State.WAITING, now + longest * (0.5 + 0.5 * this._random()));
    return [];
  }

  _enter(state, deadline) {
    this.state = state;
    this.deadline = deadline;
    this._isPingOut = false;
  }
}
