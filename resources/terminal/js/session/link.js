// The WebSocket around core/reconnect.js: connects, signs in, answers requests, comes back by itself.

import { Reconnect, State } from "../core/reconnect.js";
import { LinkLostError, newId } from "../core/protocol.js";
import { Alarm } from "../device/clock.js";

export { State };

const SLOWEST_BYTES_PER_S = 8000; // a photo may take this long before the link is thought dead
const LONGEST_SLACK_S = 120;

/** A sign-in that the gateway refused: `refusal` is its `refused` push. */
export class SignInRefused extends Error {
  constructor(refusal) {
    super(refusal.text);
    this.refusal = refusal;
  }
}

export class Link {
  /** `handshake(ask)` signs in and resolves with the welcome, or rejects with SignInRefused; `isUrgent()` says whether
   * somebody holds the emergency key. */
  constructor({ url, isUrgent, clock, handshake, onWelcome, onRefused, onPush, onState, onEnded }) {
    Object.assign(this, { _url: url, _isUrgent: isUrgent, _clock: clock, _handshake: handshake });
    Object.assign(this, { _onWelcome: onWelcome, _onRefused: onRefused, _onPush: onPush, _onState: onState, _onEnded: onEnded });
    this.latency_ms = null;
    this._machine = new Reconnect();
    this._alarm = new Alarm({ clock, ring: () => this._run(this._machine.tick(this._clock.now())) });
    this._socket = null;
    this._waiting = new Map(); // command id -> {resolve, reject, bytes}
  }

  get state() {
    return this._machine.state;
  }

  get isOnline() {
    return this.state === State.ONLINE;
  }

  start() {
    this._run(this._machine.start(this._clock.now()));
  }

  stop() {
    this._run(this._machine.stop());
  }

  /** End this connection and make a new one: a new session, new media. */
  restart() {
    this._hangUp();
    this._run(this._machine.lost(this._clock.now()));
    this.networkReturned();
  }

  networkReturned() {
    this._run(this._machine.networkReturned(this._clock.now()));
  }

  networkGone(atLeast_s = 0) {
    this._hangUp();
    this._run(this._machine.lost(this._clock.now(), atLeast_s));
  }

  /** Somebody holds the emergency key. */
  hurry() {
    this._run(this._machine.hurry(this._clock.now()));
  }

  /** The reply to a command; a refusal is a value. Rejects with LinkLostError when the connection ends first. */
  request(command) {
    return this.isOnline ? this._ask(command) : Promise.reject(new LinkLostError());
  }

  _ask(command) {
    return new Promise((resolve, reject) => {
      if (this._socket?.readyState !== WebSocket.OPEN) return reject(new LinkLostError());
      const frame = JSON.stringify(command);
      this._waiting.set(command.id, { resolve, reject, bytes: frame.length });
      this._socket.send(frame);
      return undefined;
    });
  }

  _run(effects) {
    for (const effect of effects) {
      if (effect === "open") this._open();
      else if (effect === "close") this._hangUp();
      else this.ping();
    }
    this._alarm.set(this._machine.deadline);
    this._onState(this.state);
  }

  _open() {
    const socket = new WebSocket(this._isUrgent() ? `${this._url}?ahead` : this._url);
    this._socket = socket;
    socket.onopen = () => {
      if (socket !== this._socket) return;
      this._run(this._machine.opened(this._clock.now()));
      this._signIn(socket);
    };
    socket.onmessage = (event) => {
      if (socket === this._socket) this._read(event.data);
    };
    socket.onclose = () => {
      if (socket !== this._socket) return;
      this._hangUp();
      this._run(this._machine.lost(this._clock.now()));
    };
  }

  async _signIn(socket) {
    try {
      const welcome = await this._handshake((command) => this._ask(command));
      if (socket !== this._socket) return;
      this._run(this._machine.welcomed(this._clock.now(), welcome.return_within_s ?? 0));
      this._onWelcome(welcome);
    } catch (error) {
      if (error instanceof LinkLostError || socket !== this._socket) return;
      if (!(error instanceof SignInRefused)) throw error;
      this._onRefused(error.refusal);
      if (this.state !== State.STOPPED) this.networkGone(error.refusal.retry_after_s ?? 0);
    }
  }

  _read(data) {
    if (typeof data !== "string") return; // binary frames are for desks
    this._run(this._machine.heard(this._clock.now()));
    const push = JSON.parse(data);
    const waiting = push.id ? this._waiting.get(push.id) : undefined;
    if (waiting) {
      this._waiting.delete(push.id);
      waiting.resolve(push);
    } else if (push.kind === "session.ended") {
      this._onEnded(push);
    } else {
      this._onPush(push);
    }
  }

  /** Round-trip time at the level the worker feels; false when the connection ended first. */
  async ping() {
    const before_s = this._clock.now();
    const bytes = [...this._waiting.values()].reduce((sum, waiting) => sum + waiting.bytes, 0);
    if (this._machine.deadline !== null) this._machine.deadline += Math.min(LONGEST_SLACK_S, bytes / SLOWEST_BYTES_PER_S);
    try {
      await this._ask({ kind: "ping", id: newId() });
      this.latency_ms = (this._clock.now() - before_s) * 1000;
      return true;
    } catch (error) {
      if (error instanceof LinkLostError) return false;
      throw error;
    }
  }

  _hangUp() {
    const socket = this._socket;
    this._socket = null;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    const waiting = [...this._waiting.values()];
    this._waiting.clear();
    for (const { reject } of waiting) reject(new LinkLostError());
  }
}
