// The worker's part in orders: delivered and read by themselves, the other steps as pressed, all by the outbox.

import { Outcome } from "../core/outbox.js";
import { newId } from "../core/protocol.js";
import { shown } from "../core/orders.js";
import { blobPuts } from "./courier.js";

const SILENT_STEPS = new Set(["delivered", "read"]);

export class Duty {
  constructor({ clock, book, courier, place, tones, complain, onChange, onNews }) {
    Object.assign(this, { _clock: clock, _book: book, _courier: courier, _place: place, _tones: tones });
    Object.assign(this, { _complain: complain, _onChange: onChange, _onNews: onNews });
    this._marked = new Set(); // `order id/state` already in the outbox
  }

  async handle(push) {
    if (push.kind === "order.push") await this._receive(push);
    else if (push.kind === "order.changed") await this._follow(push);
  }

  /** The worker looks at an order. */
  async opened(orderId) {
    const row = this._book.get(orderId);
    if (row && ["issued", "delivered"].includes(shown(row))) await this._mark(orderId, "read");
  }

  /** A pressed step. `photos` are prepared photos; they go out before the step that names them. */
  async step(orderId, state, { reason = "", photos = [] } = {}) {
    await this._book.pressed(orderId, state);
    this._onChange();
    const advance = {
      kind: "order.advance",
      id: newId(),
      order_id: orderId,
      state,
      reason,
      attachments: photos.map((photo) => photo.id),
      occurred_at: this._clock.wall(),
    };
    const place = this._place();
    if (place) advance.place = place;
    await this._courier.post([...blobPuts(photos), advance], { lane: orderId, group: advance.id });
  }

  /** An outbox entry was answered. */
  async settled({ outcome, entry, dropped, reply }) {
    if (outcome === Outcome.LATER) return;
    const steps = [entry, ...dropped].map((each) => each.command).filter((command) => command.kind === "order.advance");
    for (const step of steps) await this._book.settled(step.order_id, step.state, outcome === Outcome.DONE);
    const isSilent = steps.length > 0 && steps.every((step) => SILENT_STEPS.has(step.state));
    if (outcome === Outcome.REFUSED && !isSilent) this._complain(reply.text);
    this._onChange();
  }

  async _receive(push) {
    const isNew = await this._book.pushed(push);
    if (push.state === "issued") await this._mark(push.order.id, "delivered");
    if (isNew) {
      this._tones.play("order");
      this._tones.buzz([300, 120, 300]);
      this._onNews({ kind: "new", order: push.order });
    }
    this._onChange();
  }

  async _follow(push) {
    const row = await this._book.changed(push);
    if (!row) return;
    const isNews = push.is_reminder || push.state === "cancelled" || (push.state === "accepted" && push.reason);
    if (isNews) {
      this._tones.play("order");
      this._tones.buzz([300, 120, 300]);
      this._onNews({ kind: push.is_reminder ? "reminder" : push.state, order: row.order, reason: push.reason ?? "" });
    }
    this._onChange();
  }

  /** delivered and read: said once each, not shown as pending. */
  async _mark(orderId, state) {
    const mark = `${orderId}/${state}`;
    if (this._marked.has(mark)) return;
    this._marked.add(mark);
    const command = { kind: "order.advance", id: newId(), order_id: orderId, state, occurred_at: this._clock.wall() };
    await this._courier.post([command], { lane: orderId });
  }
}
