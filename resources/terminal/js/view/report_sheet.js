// What the worker came upon: kind, how bad, words, photos and the place. What was written stays until it is sent.

import { button, h, icon } from "./dom.js";
import { PhotoPart } from "./photo_part.js";
import { PlacePart } from "./place_part.js";

const KINDS = ["manhole", "flooding", "fire", "blocked", "rubbish", "dispute"];
const PRIORITIES = ["normal", "urgent", "critical"];

export class ReportSheet {
  constructor({ terminal, words, onClose }) {
    Object.assign(this, { _terminal: terminal, _words: words, _onClose: onClose });
    this.element = h("section", { class: "sheet-page", id: "report-sheet", hidden: true, role: "dialog", "aria-modal": "true" });
    this._photos = new PhotoPart({ terminal, words, id: "report-photo" });
    this._place = new PlacePart({ terminal, words, onChange: () => this._check() });
    this._kind = h("input", { id: "report-kind", maxlength: 60, autocomplete: "off" });
    this._text = h("textarea", { id: "report-text", rows: 3, maxlength: 1000 });
    this._address = h("input", { id: "report-address", maxlength: 60, autocomplete: "off" });
    this._kind.addEventListener("input", () => this._check());
    this._priority = PRIORITIES[0];
    this._build();
  }

  get isOpen() {
    return !this.element.hidden;
  }

  open() {
    this.element.hidden = false;
    this.element.scrollTop = 0;
    this.update();
  }

  close() {
    this.element.hidden = true;
    this._onClose();
  }

  /** Nothing is built anew under a finger. */
  update() {
    this._place.update();
    this._check();
  }

  _build() {
    const text = (key) => this._words.text(key);
    for (const [field, key] of [[this._kind, "kind_hint"], [this._text, "text_hint"], [this._address, "address_hint"]]) field.placeholder = text(`report.${key}`);
    this._place.build();
    this._send = button(text("report.send"), { icon: "up", class: "primary step", id: "report-send", onPress: () => this._submit() });
    const back = h("button", { class: "icon-button", "aria-label": text("order.back"), on: { click: () => this.close() } }, icon("back"));
    this._levels = h("div", { class: "choices", role: "radiogroup" });
    this._mark();
    this.element.replaceChildren(
      h("header", { class: "sheet-head" }, back, h("h1", {}, text("report.title"))),
      h(
        "div",
        { class: "sheet-body" },
        h("label", { for: "report-kind" }, text("report.kind")),
        this._kinds(),
        this._kind,
        this._levels,
        h("label", { for: "report-text" }, text("report.text")),
        this._text,
        this._photos.element,
        h("h2", {}, text("report.place")),
        this._place.element,
        this._address,
      ),
      h("footer", { class: "sheet-steps form" }, this._send),
    );
  }

  _kinds() {
    const choices = KINDS.map((key) => {
      const word = this._words.text(`report.kinds.${key}`);
      const choose = () => {
        this._kind.value = word;
        this._check();
      };
      return h("button", { class: "choice", on: { click: choose } }, word);
    });
    return h("div", { class: "choices" }, ...choices);
  }

  _mark() {
    const choices = PRIORITIES.map((level) => {
      const choose = () => {
        this._priority = level;
        this._mark();
      };
      const chosen = String(level === this._priority);
      return h("button", { class: "choice", role: "radio", "aria-checked": chosen, data: { level }, on: { click: choose } }, this._words.text(`order.priority.${level}`));
    });
    this._levels.replaceChildren(...choices);
  }

  _check() {
    if (this._send) this._send.disabled = this._kind.value.trim() === "" || this._place.chosen === null;
  }

  async _submit() {
    this._send.disabled = true; // one tap, one report
    const address = this._address.value.trim();
    await this._terminal.reporter.report({
      kind: this._kind.value.trim(),
      text: this._text.value.trim(),
      priority: this._priority,
      place: { ...this._place.chosen, ...(address ? { text: address } : {}) },
      photos: this._photos.photos,
    });
    if (!this._terminal.link.isOnline) this._terminal.toast(this._words.text("report.kept"));
    this._empty();
    this.close();
  }

  _empty() {
    for (const field of [this._kind, this._text, this._address]) field.value = "";
    this._priority = PRIORITIES[0];
    this._mark();
    this._photos.clear();
    this._place.follow();
  }
}
