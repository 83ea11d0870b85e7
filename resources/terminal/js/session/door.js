// The way in: an enrolment code becomes a device token, the token a session; and who is turned away, and why.

import { PROTOCOL_VERSION, endsEnrolment, newId, newSecret } from "../core/protocol.js";
import { SignInRefused } from "./link.js";

export class Door {
  /** `onAway({reason, text})` when nothing goes on by itself any more; `complain(text)` when it goes on later. */
  constructor({ settings, words, consent, onAway, complain }) {
    Object.assign(this, { _settings: settings, _words: words, _consent: consent, _onAway: onAway, _complain: complain });
    this._code = null;
    this.isUrgent = false; // somebody holds the emergency key
  }

  get isEnrolled() {
    return Boolean(this._settings.get("device_token"));
  }

  /** To be turned into a device token at the next connection. */
  bring(code) {
    this._code = { code, id: newId() };
  }

  /** Sign in by `send(command) → reply`. Resolves with the welcome, rejects with SignInRefused. */
  async enter(send) {
    if (this._code) await this._enrol(send);
    const welcome = await send({
      kind: "terminal.sign_in",
      id: newId(),
      protocol: PROTOCOL_VERSION,
      device_token: this._settings.get("device_token") ?? "",
      locale: this._words.locale,
      video_consent: this._consent(),
      program: "web terminal",
      ...(this.isUrgent ? { is_emergency: true } : {}),
    });
    if (welcome.kind === "refused") throw new SignInRefused(welcome);
    return welcome;
  }

  refused(refusal) {
    if (refusal.code === "try_later" || refusal.retry_after_s != null) return this._complain(refusal.text);
    const isForEnrolment = this._code !== null || endsEnrolment(refusal);
    this._code = null;
    return this._onAway({ reason: isForEnrolment ? "enrolment" : "refused", text: refusal.text });
  }

  /** The gateway ends the session. */
  ended(push) {
    // Elsewhere is somebody's wish; to come back by ourselves would throw them out in turn.
    if (push.code === "replaced") this._onAway({ reason: "replaced", text: push.text });
    else if (endsEnrolment(push)) this._onAway({ reason: "enrolment", text: push.text });
    else this._complain(push.text);
  }

  async _enrol(send) {
    const { code, id } = this._code;
    const device_name = navigator.userAgent.slice(0, 200);
    const { locale } = this._words;
    const device_key = await this._deviceKey();
    const said = { kind: "terminal.enrol", id, protocol: PROTOCOL_VERSION, code, device_key, device_name, locale };
    const reply = await send(said);
    if (reply.kind === "refused") throw new SignInRefused(reply);
    await this._settings.set("device_token", reply.device_token);
    this._code = null;
  }

  /** Kept before it is sent: a code is bound to it, so that this phone gets its answer again when it was lost. */
  async _deviceKey() {
    const known = this._settings.get("device_key");
    if (known) return known;
    const made = newSecret();
    await this._settings.set("device_key", made);
    return made;
  }
}
