// Incidents reported from here: kept by the outbox, photos ahead of the report that names them.

import { Outcome } from "../core/outbox.js";
import { newId } from "../core/protocol.js";
import { blobPuts } from "./courier.js";

export class Reporter {
  /** `text` gives the words of a key, `toast` says a sentence. */
  constructor({ clock, courier, text, toast }) {
    Object.assign(this, { _clock: clock, _courier: courier, _text: text, _toast: toast });
  }

  /** Resolves when all of it is kept; it is sent as soon as there is a network. `photos` are prepared photos. */
  async report({ kind, text, priority, place, photos }) {
    const report = {
      kind: "incident.report",
      id: newId(),
      incident_kind: kind,
      place,
      priority,
      text,
      photos: photos.map((photo) => photo.id),
      occurred_at: this._clock.wall(),
    };
    await this._courier.post([...blobPuts(photos), report], { lane: report.id, group: report.id });
  }

  /** An outbox entry was answered. A refused photo takes its report with it. */
  settled({ outcome, entry, dropped, reply }) {
    const report = [entry, ...dropped].map((each) => each.command).find((command) => command.kind === "incident.report");
    if (!report || outcome === Outcome.LATER) return;
    const kind = report.incident_kind;
    if (outcome === Outcome.DONE) this._toast(this._text("report.done", { kind }), "good");
    else this._toast(this._text("report.refused", { kind, reason: reply.text }), "bad");
  }
}
