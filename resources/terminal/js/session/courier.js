// Carries the outbox and the track to the gateway while there is a connection.

import { Outcome } from "../core/outbox.js";
import { LinkLostError, isPassing, newId } from "../core/protocol.js";
import { Alarm } from "../device/clock.js";

const TRACK_RETRY_S = 5;

export class Courier {
  /** `onOutcome({outcome, entry, dropped, reply})` after each answered command. */
  constructor({ link, clock, outbox, track, onOutcome, onChange }) {
    Object.assign(this, { _link: link, _clock: clock, _outbox: outbox, _track: track });
    Object.assign(this, { _onOutcome: onOutcome, _onChange: onChange });
    this._alarm = new Alarm({ clock, ring: () => this.pump() });
    this._trackNotBefore = 0;
  }

  /** Durable commands waiting for their answer, and readings not yet reported. */
  get backlog() {
    return { commands: this._outbox.size, fixes: this._track.size };
  }

  async post(commands, options) {
    await this._outbox.add(commands, options);
    this.pump();
  }

  async report(fix) {
    await this._track.add(fix);
    this.pump();
  }

  linkLost() {
    this._outbox.linkLost();
    this._track.postponed();
    this._alarm.set(null);
    this._onChange();
  }

  pump() {
    this._onChange();
    if (!this._link.isOnline) return;
    for (const entry of this._outbox.ready(this._clock.now())) this._carry(entry);
    this._carryTrack();
    this._alarm.set(this._nextAt());
  }

  _nextAt() {
    const now = this._clock.now();
    const times = [this._outbox.deadline];
    if (this._track.size && this._trackNotBefore > now) times.push(this._trackNotBefore);
    const known = times.filter((at) => at !== null);
    return known.length ? Math.min(...known) : null;
  }

  async _carry(entry) {
    this._outbox.sent(entry);
    const reply = await this._ask(entry.command);
    if (reply === null) return;
    const answer = await this._outbox.answered(entry, reply, this._clock.now());
    await this._onOutcome({ ...answer, reply });
    this.pump();
  }

  async _carryTrack() {
    if (this._clock.now() < this._trackNotBefore) return;
    const report = await this._track.take();
    if (report === null) return;
    const reply = await this._ask(report);
    if (reply === null) return;
    if (reply.kind === "refused" && isPassing(reply)) {
      this._trackNotBefore = this._clock.now() + Math.max(TRACK_RETRY_S, reply.retry_after_s ?? 0);
      this._track.postponed();
    } else {
      await this._track.answered(report.id);
    }
    this.pump();
  }

  /** The reply, or null when the connection ended first: then `linkLost` has put everything back. */
  async _ask(command) {
    try {
      return await this._link.request(command);
    } catch (error) {
      if (error instanceof LinkLostError) return null;
      throw error;
    }
  }
}

/** Commands that put prepared photos ahead of what names them. */
export function blobPuts(photos) {
  return photos.map(({ media_type, data }) => ({ kind: "blob.put", id: newId(), media_type, data }));
}

export { Outcome };
