// The talkgroups: touch a name to talk there, tick to listen.

import { h } from "./dom.js";

export class GroupList {
  constructor({ terminal, words }) {
    Object.assign(this, { _terminal: terminal, _words: words });
    this.element = h("div", { class: "groups" });
    this._shown = "";
  }

  update() {
    const { talkgroups, affiliated } = this._terminal.talk;
    // Rebuilt only when something differs: a row must not be replaced under a finger.
    const seen = JSON.stringify([this._words.locale, talkgroups, affiliated]);
    if (seen === this._shown) return;
    this._shown = seen;
    this.element.replaceChildren(...talkgroups.map((talkgroup) => this._row(talkgroup, affiliated)));
  }

  _row({ id, name }, affiliated) {
    const isSelected = affiliated[0] === id;
    const select = () => !isSelected && this._set([id, ...affiliated.filter((other) => other !== id)]);
    const listen = (event) => this._set(event.target.checked ? [...affiliated, id] : affiliated.filter((other) => other !== id));
    const tick = h("input", { type: "checkbox", checked: affiliated.includes(id), disabled: isSelected, on: { change: listen } });
    const choice = h(
      "button",
      { class: "choice", role: "radio", "aria-checked": String(isSelected), on: { click: select } },
      h("span", {}, name),
      isSelected ? h("small", {}, this._words.text("more.group_selected")) : null,
    );
    return h(
      "div",
      { class: "group-row", data: { group: id } },
      choice,
      h("label", { class: "tick" }, tick, h("span", {}, this._words.text("more.group_listen"))),
    );
  }

  /** Shown as it is, not as it was wished: a refused change springs back. */
  async _set(ids) {
    await this._terminal.choices.affiliate(ids);
    this._shown = "";
    this.update();
  }
}
