// The floor participant of 3GPP TS 24.380 for one talkgroup. Sans I/O: every event takes `now` (seconds,
// monotonic) and returns effects in order; `deadline` says when `tick` is wanted next.
//
// Effects: {do: "request"} {do: "ack", floorSeq} {do: "talk", frameMs} {do: "tone", tone}
//          {do: "release"} (after the last voice frame is out) and {do: "leave"} (a release without voice).

export const T100_S = 1; // floor.release is sent again
export const T101_S = 1; // floor.request is sent again
export const T132_S = 2; // a grant from the queue waits for the press
export const MAX_SENDS = 3; // C100, C101
export const NOTICE_S = 4; // how long a refusal stays on screen; our own figure

export const Own = Object.freeze({
  SILENT: "silent", // U: has no permission
  REQUESTING: "requesting", // U: pending Request
  QUEUED: "queued", // U: queued
  YOUR_TURN: "your_turn", // granted from the queue, not pressed (T132)
  GRANTED: "granted", // U: has permission
  RELEASING: "releasing", // U: pending Release
});

const tone = (name) => ({ do: "tone", tone: name });

export class FloorParticipant {
  constructor({ talkgroupId, party = null }) {
    this.talkgroupId = talkgroupId;
    this.party = party;
    this.own = Own.SILENT;
    this.talker = null; // {party, name, isEmergency}: who else talks
    this.place = null; // {position, size} in the queue
    this.notice = null; // {kind: "denied"|"revoked"|"refused"|"no_answer"|"lost", cause?, text?}
    this.endsAt = null; // T2 as told by the gateway
    this.isHeld = false;
    this.isEmergency = false; // what is asked for goes above everybody
    this._floorSeq = -1;
    this._timerAt = null;
    this._noticeUntil = null;
    this._sends = 0;
    this._frameMs = 20;
  }

  get deadline() {
    const times = [this._timerAt, this._noticeUntil].filter((at) => at !== null);
    return times.length ? Math.min(...times) : null;
  }

  /** One word for the screen, in the order in which it matters to who holds the button. */
  get phase() {
    if (this.own !== Own.SILENT && this.own !== Own.RELEASING) return this.own;
    if (this.notice) return this.notice.kind;
    if (this.talker) return "taken";
    return this.own === Own.RELEASING ? "releasing" : "idle";
  }

  // --- the button -----------------------------------------------------------------------------

  press(now, { isEmergency = false } = {}) {
    if (this.isHeld) return [];
    this.isHeld = true;
    const isRaised = isEmergency && this.own === Own.QUEUED;
    this.isEmergency = isEmergency;
    if (this.own === Own.SILENT || isRaised) return this._request(now);
    if (this.own === Own.YOUR_TURN) return this._talk();
    return []; // queued: talk when it is our turn; releasing: ask again when that is over
  }

  letGo(now) {
    this.isHeld = false;
    if (this.own === Own.REQUESTING) return this._release(now, "leave");
    if (this.own === Own.GRANTED) return this._release(now, "release");
    return [];
  }

  leaveQueue(now) {
    if (this.own !== Own.QUEUED && this.own !== Own.YOUR_TURN) return [];
    return this._release(now, "leave");
  }

  // --- the gateway's word ---------------------------------------------------------------------

  granted(push, now) {
    if (this._isStale(push)) return [];
    this.talker = null;
    this.endsAt = now + push.duration_s;
    this._frameMs = push.frame_ms ?? 20;
    const ack = push.from_queue ? [{ do: "ack", floorSeq: push.floor_seq }] : [];
    switch (this.own) {
      case Own.GRANTED: // the gateway did not hear our ack (T20)
      case Own.YOUR_TURN:
        return ack;
      case Own.RELEASING: // crossed our release; T100 sends it again if it was lost
        return [];
      default:
        return [...ack, ...this._acceptGrant(now, push)];
    }
  }

  denied(push, now) {
    if (this.own === Own.GRANTED) return [];
    if (this.own === Own.RELEASING) return this._settle(now);
    this._enter(Own.SILENT);
    return this._notify({ kind: "denied", cause: push.cause }, now, "denied");
  }

  queued(push, now) {
    if (this.own === Own.GRANTED || this.own === Own.RELEASING) return [];
    if (push.position === 0) {
      if (this.own === Own.QUEUED || this.own === Own.YOUR_TURN) this._enter(Own.SILENT);
      return [];
    }
    const isNew = this.own !== Own.QUEUED;
    this._enter(Own.QUEUED);
    this.place = { position: push.position, size: push.size };
    return isNew ? [tone("queued")] : [];
  }

  taken(push, now) {
    if (this._isStale(push) || push.talker === this.party) return [];
    const isNew = this.talker?.party !== push.talker;
    this.talker = { party: push.talker, name: push.talker_name, isEmergency: push.is_emergency ?? false };
    if (this.own === Own.GRANTED || this.own === Own.YOUR_TURN) return this._lose(now);
    if (this.own === Own.RELEASING) return this._settle(now);
    return isNew && this.own === Own.SILENT ? [tone("incoming")] : [];
  }

  idle(push, now) {
    if (this._isStale(push)) return [];
    this.talker = null;
    if (this.own === Own.GRANTED || this.own === Own.YOUR_TURN) return this._lose(now);
    return this.own === Own.RELEASING ? this._settle(now) : [];
  }

  revoked(push, now) {
    if (this._isStale(push)) return [];
    if (this.own !== Own.GRANTED && this.own !== Own.YOUR_TURN) return [];
    this.isHeld = false; // the button must be pressed anew to ask again
    return [...this._release(now, "release"), ...this._notify({ kind: "revoked", cause: push.cause }, now, "revoked")];
  }

  /** floor.request was answered by `refused`: `text` is the gateway's sentence. */
  refused(text, now) {
    if (this.own !== Own.REQUESTING) return [];
    this._enter(Own.SILENT);
    return this._notify({ kind: "refused", text }, now, "denied");
  }

  /** floor.release was answered: the gateway has it, so the button works again. */
  released(now) {
    return this.own === Own.RELEASING ? this._settle(now) : [];
  }

  // --- what goes wrong ------------------------------------------------------------------------

  /** The microphone or the voice path went away while talking. */
  voiceLost(now) {
    if (this.own !== Own.GRANTED) return [];
    this.isHeld = false;
    return [...this._release(now, "release"), ...this._notify({ kind: "lost" }, now, "denied")];
  }

  linkLost(now) {
    const wasBusy = this.own !== Own.SILENT && this.own !== Own.RELEASING;
    const wasTalking = this.own === Own.GRANTED;
    this.isHeld = false;
    this._floorSeq = -1; // a restarted gateway may count anew
    this.talker = null;
    this._enter(Own.SILENT);
    if (!wasBusy) return [];
    const stop = wasTalking ? [{ do: "hush" }] : [];
    return [...stop, ...this._notify({ kind: "lost" }, now, "denied")];
  }

  tick(now) {
    if (this._noticeUntil !== null && now >= this._noticeUntil) this._clearNotice();
    if (this._timerAt === null || now < this._timerAt) return [];
    switch (this.own) {
      case Own.REQUESTING:
        return this._sends < MAX_SENDS ? this._resend(now, "request", T101_S) : this._noAnswer(now);
      case Own.RELEASING:
        return this._sends < MAX_SENDS ? this._resend(now, "leave", T100_S) : this._settle(now);
      default: // T132: our turn came and nobody pressed
        return this._release(now, "leave");
    }
  }

  // --- steps ----------------------------------------------------------------------------------

  _isStale(push) {
    if (push.floor_seq < this._floorSeq) return true;
    this._floorSeq = push.floor_seq;
    return false;
  }

  _request(now) {
    this._clearNotice();
    this._enter(Own.REQUESTING);
    return this._resend(now, "request", T101_S);
  }

  _resend(now, what, after_s) {
    this._sends += 1;
    this._timerAt = now + after_s;
    return [{ do: what }];
  }

  _noAnswer(now) {
    this._enter(Own.SILENT);
    return this._notify({ kind: "no_answer" }, now, "denied");
  }

  _acceptGrant(now, push) {
    if (this.isHeld) return this._talk();
    if (!push.from_queue) return this._release(now, "leave"); // a grant nobody asked for any more
    const endsAt = this.endsAt;
    this._enter(Own.YOUR_TURN);
    this.endsAt = endsAt;
    this._timerAt = now + T132_S;
    return [tone("turn")];
  }

  _talk() {
    const endsAt = this.endsAt;
    this._clearNotice();
    this._enter(Own.GRANTED);
    this.endsAt = endsAt;
    return [{ do: "talk", frameMs: this._frameMs }, tone("granted")];
  }

  _release(now, how) {
    this._enter(Own.RELEASING);
    return this._resend(now, how, T100_S);
  }

  /** The gateway gave the floor away or closed it while we believed it ours. */
  _lose(now) {
    const wasTalking = this.own === Own.GRANTED;
    this.isHeld = false;
    this._enter(Own.SILENT);
    return wasTalking ? [{ do: "hush" }, ...this._notify({ kind: "revoked", cause: 0 }, now, "revoked")] : [];
  }

  _settle(now) {
    this._enter(Own.SILENT);
    return this.isHeld ? this._request(now) : [];
  }

  _notify(notice, now, sound) {
    this.notice = notice;
    this._noticeUntil = now + NOTICE_S;
    return [tone(sound)];
  }

  _clearNotice() {
    this.notice = null;
    this._noticeUntil = null;
  }

  _enter(own) {
    this.own = own;
    this._timerAt = null;
    this._sends = 0;
    this.place = null;
    this.endsAt = null;
  }
}
