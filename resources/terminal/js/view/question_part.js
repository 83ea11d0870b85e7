// One question of a form: yes or no, a choice, a number with its unit, words, photos.

import { h } from "./dom.js";
import { PhotoPart } from "./photo_part.js";

export class QuestionPart {
  constructor({ terminal, words, question, index, onChange }) {
    Object.assign(this, { _words: words, _question: question, _onChange: onChange });
    this._value = "";
    this._id = `visit-q${index}`;
    this._photos = new PhotoPart({ terminal, words, id: `${this._id}-photo`, onChange });
    const field = this._field();
    const mark = question.is_needed === false ? words.text("patrol.optional") : "";
    this.element = h("div", { class: "question", data: { question: question.id } }, h("label", { for: this._id }, `${question.words}${mark}`), field, this._photos.element);
  }

  get answer() {
    return { question_id: this._question.id, value: this._value.trim(), photos: this._photos.photos };
  }

  get isAnswered() {
    if (this._question.is_needed === false) return this._question.kind !== "number" || this._isNumber(this._value) || !this._value.trim();
    if (this._question.kind === "photo") return this._photos.photos.length > 0;
    if (this._question.kind === "number") return this._isNumber(this._value);
    return this._value.trim() !== "";
  }

  _isNumber(value) {
    return value.trim() !== "" && Number.isFinite(Number(value));
  }

  _field() {
    const { kind } = this._question;
    if (kind === "yes_no") return this._choices([["yes", this._words.text("patrol.yes")], ["no", this._words.text("patrol.no")]]);
    if (kind === "choice") return this._choices(this._question.choices.map((choice) => [choice, choice]));
    if (kind === "photo") return null;
    const input = h(kind === "text" ? "textarea" : "input", { id: this._id, maxlength: 500, autocomplete: "off", ...(kind === "number" ? { inputmode: "decimal" } : { rows: 2 }) });
    input.addEventListener("input", () => this._take(input.value));
    return h("div", { class: "code-row" }, input, this._question.unit ? h("span", {}, this._question.unit) : null);
  }

  _choices(options) {
    this._row = h("div", { class: "choices", role: "radiogroup", id: this._id });
    this._options = options;
    this._mark();
    return this._row;
  }

  _mark() {
    const choices = this._options.map(([value, word]) => {
      const choose = () => {
        this._take(value);
        this._mark();
      };
      return h("button", { class: "choice", role: "radio", "aria-checked": String(value === this._value), data: { value }, on: { click: choose } }, word);
    });
    this._row.replaceChildren(...choices);
  }

  _take(value) {
    this._value = value;
    this._onChange();
  }
}
