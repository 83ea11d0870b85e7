// One order, whole: text, place, pictures, and the steps. Completing takes a note and photos, refusing a reason.

import { STEPS, shown } from "../core/orders.js";
import { newId } from "../core/protocol.js";
import { button, h, icon } from "./dom.js";
import { orderFacts, orderHead } from "./orders_view.js";
import { PhotoPart } from "./photo_part.js";

const REASONS = ["far", "busy", "support", "scope"];

export class OrderSheet {
  constructor({ terminal, words, onClose }) {
    Object.assign(this, { _terminal: terminal, _words: words, _onClose: onClose });
    this.element = h("section", { class: "sheet-page", hidden: true, role: "dialog", "aria-modal": "true" });
    this._id = null;
    this._form = null; // "completed" or "refused" while being filled in
    this._photos = new PhotoPart({ terminal, words, id: "order-photo" });
    this._pictures = new Map(); // blob id -> data address
    this._shown = "";
  }

  get isOpen() {
    return this._id !== null;
  }

  open(orderId, form = null) {
    this._id = orderId;
    this._form = form;
    this._photos.clear();
    this._shown = "";
    this.element.hidden = false;
    this._terminal.duty.opened(orderId);
    this._fetchPictures();
    this.update();
    this.element.scrollTop = 0;
  }

  close() {
    this._id = null;
    this.element.hidden = true;
    this.element.replaceChildren();
    this._photos.clear();
    this._onClose();
  }

  update() {
    const row = this._id && this._terminal.orders.get(this._id);
    if (!row) return;
    // A form being filled in is rebuilt only when its order has moved on.
    const seen = JSON.stringify([this._words.locale, this._form, row, [...this._pictures.keys()]]);
    if (seen === this._shown) return;
    this._shown = seen;
    if (this._form && !STEPS[shown(row)].includes(this._form)) this._form = null;
    const note = this.element.querySelector("textarea")?.value ?? "";
    this.element.replaceChildren(this._head(row), this._body(row), this._form ? this._formPart(row, note) : this._steps(row));
  }

  _head(row) {
    const back = h("button", { class: "icon-button", "aria-label": this._words.text("order.back"), on: { click: () => this._back() } }, icon("back"));
    return h("header", { class: "sheet-head" }, back, orderHead(row, this._words));
  }

  _back() {
    if (!this._form) return this.close();
    this._form = null;
    return this.update();
  }

  _body(row) {
    const { order } = row;
    const pictures = (order.attachments ?? []).map((id) => this._pictures.get(id)).filter(Boolean);
    return h(
      "div",
      { class: "sheet-body" },
      h("h1", {}, order.title),
      order.text ? h("p", { class: "order-text" }, order.text) : null,
      row.reason ? h("p", { class: "order-reason" }, row.reason) : null,
      row.item ? h("p", { class: "order-done" }, this._words.text("item.done_when", { closes: row.item.terms.closes_when ?? "" })) : null,
      ...orderFacts(row, this._terminal, this._words),
      order.place ? this._navigate(order.place) : null,
      pictures.length ? h("div", { class: "photos" }, ...pictures.map((src) => h("img", { src, alt: this._words.text("order.attachments") }))) : null,
    );
  }

  /** The phone's own map opens geo: addresses. */
  _navigate(place) {
    const label = encodeURIComponent(place.text ?? "");
    const href = `geo:${place.lat},${place.lon}?q=${place.lat},${place.lon}(${label})`;
    return h("a", { class: "button", href }, icon("pin"), h("span", {}, this._words.text("order.navigate")));
  }

  _steps(row) {
    const steps = STEPS[shown(row)];
    const buttons = steps.map((step, index) =>
      button(this._words.text(`order.step.${step}`), {
        icon: step === "refused" ? "cross" : "check",
        class: `${index === 0 ? "primary" : step === "refused" ? "quiet bad" : ""} step`,
        data: { step },
        onPress: () => this.press(step),
      }),
    );
    return h("footer", { class: "sheet-steps" }, ...buttons);
  }

  /** A step's button: completing and refusing ask for more first. */
  press(step) {
    if (step === "completed" || step === "refused") {
      this._form = step;
      this.update();
      this.element.querySelector(".sheet-steps")?.scrollIntoView({ block: "end" });
      return;
    }
    this._terminal.duty.step(this._id, step);
  }

  _formPart(row, note) {
    const isRefusal = this._form === "refused";
    const text = (key, values) => this._words.text(key, values);
    const field = h("textarea", { id: "order-note", rows: 3, maxlength: 1000, placeholder: text(isRefusal ? "order.reason_hint" : "order.note_hint") });
    field.value = note;
    const submit = button(text(`order.submit_${this._form}`), {
      icon: "up",
      class: "primary step",
      id: "order-submit",
      onPress: () => this._submit(field.value.trim()),
    });
    const check = () => (submit.disabled = isRefusal && field.value.trim() === "");
    field.addEventListener("input", check);
    check();
    return h(
      "footer",
      { class: "sheet-steps form" },
      h("label", { for: "order-note" }, text(isRefusal ? "order.reason" : "order.note")),
      isRefusal ? this._reasons(field, check) : null,
      field,
      isRefusal ? null : this._photos.element,
      submit,
    );
  }

  _reasons(field, check) {
    const choices = REASONS.map((key) => {
      const reason = this._words.text(`order.reason.${key}`);
      const choose = () => {
        field.value = reason;
        check();
      };
      return h("button", { class: "choice", on: { click: choose } }, reason);
    });
    return h("div", { class: "choices" }, ...choices);
  }

  async _submit(reason) {
    const step = this._form;
    const { photos } = this._photos;
    this._form = null;
    await this._terminal.duty.step(this._id, step, { reason, photos });
    if (this.isOpen) this.close();
  }

  async _fetchPictures() {
    const row = this._terminal.orders.get(this._id);
    for (const blob_id of row?.order.attachments ?? []) {
      if (this._pictures.has(blob_id)) continue;
      const reply = await this._terminal.ask({ kind: "blob.get", id: newId(), blob_id });
      if (reply?.kind !== "blob.content" || !reply.media_type.startsWith("image/")) continue;
      this._pictures.set(blob_id, `data:${reply.media_type};base64,${reply.data}`);
      this.update();
    }
  }
}
