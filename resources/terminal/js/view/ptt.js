// The press-to-talk button: one element, large on the talk page, a bar elsewhere. Whatever interrupts the finger
// (another app, a call, a system gesture) lets go, so that the floor is never left held.

import { h, icon, setText } from "./dom.js";

export class PressToTalk {
  constructor({ terminal, words }) {
    this._terminal = terminal;
    this._words = words;
    this._isDown = false;
    this._pointer = null;
    this._label = h("span", { class: "ptt-label" });
    this._time = h("span", { class: "ptt-time" });
    this.element = h(
      "button",
      { class: "ptt", id: "ptt", "aria-keyshortcuts": "Space", data: { phase: "idle" } },
      h("span", { class: "ptt-ring" }),
      h("span", { class: "ptt-face" }, icon("mic"), this._label, this._time),
    );
    this._listen();
  }

  _listen() {
    const button = this.element;
    button.addEventListener("pointerdown", (event) => this._pointerDown(event));
    for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) {
      button.addEventListener(name, (event) => event.pointerId === this._pointer && this._up());
    }
    button.addEventListener("contextmenu", (event) => event.preventDefault());
    // Space on the focused button would also click it, and a screen reader's click holds nothing.
    button.addEventListener("keydown", (event) => event.code === "Space" && event.preventDefault());
    window.addEventListener("keydown", (event) => this._keyDown(event));
    window.addEventListener("keyup", (event) => event.code === "Space" && this._pointer === null && this._up());
    window.addEventListener("blur", () => this._up());
    window.addEventListener("pagehide", () => this._up());
    document.addEventListener("visibilitychange", () => document.hidden && this._up());
  }

  _pointerDown(event) {
    if (event.button !== 0 || !event.isPrimary) return;
    event.preventDefault();
    this._pointer = event.pointerId;
    this.element.setPointerCapture(event.pointerId);
    this._down();
  }

  _keyDown(event) {
    const isTyping = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.code !== "Space" || event.repeat || isTyping || !this.element.isConnected) return;
    if (document.querySelector(".overlay:not([hidden])")) return;
    event.preventDefault();
    this._down();
  }

  _down() {
    if (this._isDown) return;
    this._isDown = true;
    this.element.classList.add("down");
    this._terminal.pressToTalk();
  }

  _up() {
    this._pointer = null;
    if (!this._isDown) return;
    this._isDown = false;
    this.element.classList.remove("down");
    this._terminal.letGoToTalk();
  }

  update({ phase, isEmergency, canTalk, remaining_s }) {
    const button = this.element;
    if (button.dataset.phase !== phase) button.dataset.phase = phase;
    button.classList.toggle("unavailable", !canTalk);
    button.classList.toggle("emergency", isEmergency);
    const text = (key, values) => this._words.text(key, values);
    const position = this._terminal.talk.selected?.place?.position ?? "";
    const key = `talk.button.${phase}`;
    setText(this._label, this._words.has(key) ? text(key, { position }) : text("talk.hold"));
    setText(this._time, remaining_s === null ? "" : String(Math.ceil(remaining_s)));
  }
}
