// The one point call of this terminal: ringing, calling, connected.

import { newId } from "../core/protocol.js";

const ENDED_SHOWN_MS = 2500;

export class Calls {
  /** `ready()` resolves when the microphone may be used (asking if need be), or false. */
  constructor({ clock, media, tones, ask, ready, complain, onChange }) {
    Object.assign(this, { _clock: clock, _media: media, _tones: tones, _ask: ask, _ready: ready });
    Object.assign(this, { _complain: complain, _onChange: onChange });
    this.call = null; // {id, phase: ringing|calling|connected|ended, name, until, since, end}
  }

  get isConnected() {
    return this.call?.phase === "connected";
  }

  get isBusy() {
    return this.call !== null && this.call.phase !== "ended";
  }

  async place(name) {
    if (this.isBusy || !(await this._ready())) return;
    const call = { id: null, phase: "calling", name };
    this._show(call);
    this._tones.repeat("ringback");
    const reply = await this._ask({ kind: "call.place", id: newId() });
    if (reply?.kind !== "done") {
      if (this.call === call) this._clear();
      if (reply) this._complain(reply.text);
      return;
    }
    call.id = reply.subject;
    if (this.call !== call) this._send("call.hang_up", call.id); // hung up before the gateway had answered
  }

  async answer() {
    const call = this.call;
    if (call?.phase !== "ringing") return;
    this._tones.stop();
    if (!(await this._ready())) return;
    const reply = await this._send("call.answer", call.id);
    if (reply?.kind === "refused" && this.call === call) {
      this._clear();
      this._complain(reply.text);
    }
  }

  reject() {
    if (this.call?.phase !== "ringing") return;
    this._send("call.reject", this.call.id);
    this._clear();
  }

  hangUp() {
    const call = this.call;
    if (!call || call.phase === "ended") return;
    if (call.id) this._send("call.hang_up", call.id);
    this._clear();
  }

  handle(push) {
    if (push.kind === "call.ringing") this._ring(push);
    else if (push.kind === "call.connected") this._connect(push);
    else if (push.kind === "call.finished") this._finish(push);
  }

  linkLost() {
    if (this.isBusy) this._end("lost");
  }

  _ring(push) {
    if (this.isBusy) {
      if (this.call.id !== push.call.id) this._send("call.reject", push.call.id);
      return;
    }
    this._show({ id: push.call.id, phase: "ringing", name: push.caller_name, until: push.rings_until });
    this._tones.repeat("ring");
  }

  _connect(push) {
    if (!this.isBusy || (this.call.id ?? push.call_id) !== push.call_id) return;
    this._tones.stop();
    this._media.open();
    this._show({ ...this.call, id: push.call_id, phase: "connected", since: this._clock.now() });
  }

  _finish(push) {
    if (this.isBusy && (this.call.id ?? push.call_id) === push.call_id) this._end(push.end);
  }

  /** Over, and for a moment shown why. */
  _end(end) {
    const ended = { ...this.call, phase: "ended", end };
    this._clear();
    this._show(ended);
    this._tones.play("denied");
    setTimeout(() => {
      if (this.call === ended) this._show(null);
    }, ENDED_SHOWN_MS);
  }

  _clear() {
    this._tones.stop();
    if (this.isConnected) this._media.shut();
    this._show(null);
  }

  _show(call) {
    this.call = call;
    this._onChange();
  }

  _send(kind, callId) {
    return this._ask({ kind, id: newId(), call_id: callId });
  }
}
