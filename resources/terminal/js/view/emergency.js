// The emergency button: held for a moment, so that no pocket presses it, it asks for the floor above everybody and
// talks for as long as it stays down.

import { h, icon, setText } from "./dom.js";

const ARMING_MS = 1500;

export class EmergencyButton {
  constructor({ terminal, words }) {
    Object.assign(this, { _terminal: terminal, _words: words, _arming: null, _isCalling: false, _pointer: null });
    this._label = h("span", {}, words.text("emergency.hold"));
    this.element = h("button", { class: "button emergency-call", id: "emergency" }, icon("warning"), this._label);
    const button = this.element;
    button.addEventListener("pointerdown", (event) => this._down(event));
    for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) {
      button.addEventListener(name, (event) => event.pointerId === this._pointer && this._up());
    }
    button.addEventListener("contextmenu", (event) => event.preventDefault());
    window.addEventListener("blur", () => this._up());
    window.addEventListener("pagehide", () => this._up());
    document.addEventListener("visibilitychange", () => document.hidden && this._up());
  }

  _down(event) {
    if (event.button !== 0 || !event.isPrimary || this._arming !== null) return;
    event.preventDefault();
    this._pointer = event.pointerId;
    this.element.setPointerCapture(event.pointerId);
    this.element.classList.add("arming");
    this._arming = setTimeout(() => this._call(), ARMING_MS);
  }

  _call() {
    this._isCalling = true;
    navigator.vibrate?.(200);
    setText(this._label, this._words.text("emergency.calling"));
    this._terminal.pressToTalk({ isEmergency: true });
  }

  _up() {
    clearTimeout(this._arming);
    this._arming = this._pointer = null;
    this.element.classList.remove("arming");
    if (!this._isCalling) return;
    this._isCalling = false;
    setText(this._label, this._words.text("emergency.hold"));
    this._terminal.letGoToTalk();
  }
}
