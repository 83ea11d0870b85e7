// Before the work: enrolling, being turned away, starting duty.

import { button, h, icon, show } from "./dom.js";

export class DoorView {
  constructor({ terminal, words }) {
    Object.assign(this, { _terminal: terminal, _words: words });
    this.element = h("section", { class: "overlay door", hidden: true });
    this._shown = "";
  }

  update() {
    const screen = this._screen();
    show(this.element, screen !== null);
    const { profile, stopped, link } = this._terminal;
    const seen = JSON.stringify([screen, this._words.locale, profile, stopped, screen === "enrol" && link.state]);
    if (seen === this._shown) return;
    this._shown = seen;
    const typed = this.element.querySelector("input")?.value ?? "";
    this.element.replaceChildren(...(screen ? this[`_${screen}`](typed) : []));
  }

  _screen() {
    const { stopped, profile, door, choices } = this._terminal;
    if (stopped && stopped.reason !== "enrolment") return "stopped";
    if (stopped || !door.isEnrolled) return "enrol";
    return choices.isOnDuty || !profile ? null : "duty";
  }

  _frame(picture, title, ...content) {
    return [h("div", { class: "door-top" }, h("span", { class: "call-icon" }, icon(picture)), h("h1", {}, title)), h("div", { class: "door-bottom" }, ...content)];
  }

  _enrol(typed) {
    const text = (key) => this._words.text(key);
    const { stopped, link } = this._terminal;
    const isWorking = link.state !== "stopped";
    const field = h("input", { id: "enrol-code", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", maxlength: 200 });
    field.value = typed;
    const enrol = (event) => {
      event.preventDefault();
      if (field.value.trim()) this._terminal.connect({ code: field.value.trim() });
    };
    const go = h("button", { class: "button primary", type: "submit", id: "enrol-go", disabled: isWorking }, h("span", {}, text(isWorking ? "enrol.working" : "enrol.go")));
    return this._frame(
      "person",
      text("enrol.title"),
      stopped ? h("p", { class: "door-error", role: "alert" }, stopped.text) : null,
      h("p", {}, text("enrol.hint")),
      h("form", { on: { submit: enrol } }, h("label", { for: "enrol-code" }, text("enrol.code")), field, go),
      this._otherLanguage(),
    );
  }

  _stopped() {
    const { stopped } = this._terminal;
    const again = stopped.reason === "replaced" ? "stopped.here" : "stopped.retry";
    return this._frame(
      "cross",
      this._words.text(`stopped.${stopped.reason}`),
      h("p", { class: "door-error", role: "alert" }, stopped.text),
      button(this._words.text(again), { class: "primary", id: "stopped-again", onPress: () => this._terminal.connect() }),
    );
  }

  _duty() {
    const text = (key, values) => this._words.text(key, values);
    return this._frame(
      "mic",
      text("duty.welcome", { name: this._terminal.profile.name }),
      h("p", {}, text("duty.hint")),
      button(text("duty.start"), { icon: "check", class: "primary huge", id: "start-duty", onPress: () => this._terminal.choices.startDuty() }),
      this._otherLanguage(),
    );
  }

  _otherLanguage() {
    const [locale, label] = this._words.locale === "zh_CN" ? ["en", "English"] : ["zh_CN", "中文"];
    return button(label, { class: "quiet", id: "other-language", onPress: () => this._terminal.choices.setLocale(locale) });
  }
}
