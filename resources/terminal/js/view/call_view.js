// A point call over everything else: who, how long, and large buttons where the thumb is.

import { button, h, icon, setText, show } from "./dom.js";

const TICK_MS = 500;

export class CallView {
  constructor({ terminal, words }) {
    Object.assign(this, { _terminal: terminal, _words: words });
    const text = (key) => words.text(key);
    const { calls } = terminal;
    this._state = h("p", { class: "call-state", role: "status" });
    this._name = h("p", { class: "call-name" });
    this._hint = h("p", { class: "call-hint" });
    this._answer = button(text("call.answer"), { icon: "phone", class: "good round", id: "call-answer", onPress: () => calls.answer() });
    this._reject = button(text("call.reject"), { icon: "cross", class: "danger round", id: "call-reject", onPress: () => calls.reject() });
    this._hangUp = button(text("call.hang_up"), { icon: "phone", class: "danger round", id: "call-hang-up", onPress: () => calls.hangUp() });
    this.element = h(
      "section",
      { class: "overlay call", hidden: true, role: "dialog", "aria-modal": "true" },
      h("div", { class: "call-who" }, h("span", { class: "call-icon" }, icon("phone")), this._state, this._name, this._hint),
      h("div", { class: "call-buttons" }, this._reject, this._answer, this._hangUp),
    );
    this._ticking = null;
  }

  update() {
    const { call } = this._terminal.calls;
    show(this.element, call !== null);
    this._tick(call !== null);
    if (!call) return;
    const text = (key, values) => this._words.text(key, values);
    this.element.dataset.phase = call.phase;
    setText(this._state, call.phase === "ended" ? text(`call.end.${call.end}`) : text(`call.${call.phase}`));
    setText(this._name, call.name ?? "");
    setText(this._hint, this._hintText(call, text));
    show(this._answer, call.phase === "ringing");
    show(this._reject, call.phase === "ringing");
    show(this._hangUp, call.phase === "calling" || call.phase === "connected");
  }

  _hintText(call, text) {
    if (call.phase === "connected") {
      const seconds = Math.floor(this._terminal.clock.now() - call.since);
      const two = (value) => String(value).padStart(2, "0");
      return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)} · ${text("call.both")}`;
    }
    if (call.phase !== "ringing") return "";
    const seconds = Math.max(0, Math.round(call.until - this._terminal.clock.wall()));
    return text("call.rings_for", { seconds });
  }

  _tick(isWanted) {
    if (isWanted === (this._ticking !== null)) return;
    clearInterval(this._ticking);
    this._ticking = isWanted ? setInterval(() => this.update(), TICK_MS) : null;
  }
}
