// 呼救 without signing in: the page behind a site's help poster, `/terminal/#help`. One call on one connection.

import { PROTOCOL_VERSION, newId } from "../core/protocol.js";
import { button, h, icon } from "./dom.js";

const ANSWER_MS = 10_000;
const POSITION_MS = 5_000;

export class HelpView {
  constructor({ url, words, root }) {
    Object.assign(this, { _url: url, _words: words });
    this._said = h("p", { id: "help-said", role: "alert" });
    this._text = h("textarea", { id: "help-text", rows: 3, maxlength: 500 });
    this._contact = h("input", { id: "help-contact", type: "tel", autocomplete: "tel", maxlength: 60 });
    this._go = button(words.text("help.go"), { icon: "warning", class: "primary huge", id: "help-go", onPress: () => this._call() });
    root.replaceChildren(this._page());
  }

  _page() {
    const text = (key) => this._words.text(key);
    const field = (of, label, input) => [h("label", { for: of }, text(label)), input];
    const form = h("form", {}, ...field("help-text", "help.text", this._text), ...field("help-contact", "help.contact", this._contact));
    const top = h("div", { class: "door-top" }, h("span", { class: "call-icon" }, icon("warning")), h("h1", {}, text("help.title")));
    return h("section", { class: "overlay door" }, top, h("div", { class: "door-bottom" }, h("p", {}, text("help.hint")), form, this._said, this._go));
  }

  async _call() {
    this._go.disabled = true;
    this._tell("help.working");
    const place = await whereabouts();
    const command = { kind: "help.call", id: newId(), protocol: PROTOCOL_VERSION, locale: this._words.locale };
    const told = { text: this._text.value.trim(), contact: this._contact.value.trim(), ...(place ? { place } : {}) };
    try {
      const answer = await ask(this._url, { ...command, ...told });
      if (answer.kind === "done") return this._tell("help.done");
      if (answer.code === "not_signed_in") this._tell("help.closed");
      else this._said.textContent = answer.text;
    } catch {
      this._tell("help.no_network");
    }
    this._go.disabled = false;
  }

  _tell(key) {
    this._said.textContent = this._words.text(key);
  }
}

/** The one answer to one command, over a connection of its own. */
function ask(url, command) {
  const socket = new WebSocket(url);
  return new Promise((resolve, reject) => {
    setTimeout(reject, ANSWER_MS);
    socket.onopen = () => socket.send(JSON.stringify(command));
    socket.onclose = reject;
    socket.onmessage = ({ data }) => {
      const push = JSON.parse(data);
      if (push.id === command.id) resolve(push);
    };
  }).finally(() => socket.close());
}

/** Where the phone is, if it says so soon; a call for help does not wait for it. */
function whereabouts() {
  return new Promise((resolve) => {
    setTimeout(resolve, POSITION_MS);
    const found = ({ coords }) => resolve({ lat: coords.latitude, lon: coords.longitude });
    navigator.geolocation?.getCurrentPosition(found, () => resolve(), { timeout: POSITION_MS, enableHighAccuracy: true });
  });
}
