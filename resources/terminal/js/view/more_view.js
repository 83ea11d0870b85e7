// Everything about oneself and this device: status, talkgroups, camera policy, language, health.

import { button, h } from "./dom.js";
import { GroupList } from "./group_list.js";

const STATUSES = ["available", "en_route", "on_scene", "busy", "out_of_service"];
const CONSENTS = ["ask", "automatic"];
const LANGUAGES = { zh_CN: "中文", en: "English" };

export class MoreView {
  constructor({ terminal, words, onUnbind }) {
    Object.assign(this, { _terminal: terminal, _words: words, _onUnbind: onUnbind });
    this.element = h("main", { class: "page more-page" });
    this._groupList = new GroupList({ terminal, words });
    this._shown = "";
  }

  update() {
    this._groupList.update();
    const seen = JSON.stringify(this._facts());
    if (seen === this._shown) return;
    this._shown = seen;
    const scroll = this.element.scrollTop;
    this.element.replaceChildren(this._status(), this._groups(), this._consent(), this._language(), this._device(), this._ends());
    this.element.scrollTop = scroll;
  }

  _facts() {
    const { videos, location, media, link, courier, profile } = this._terminal;
    const { unitStatus, isOnDuty } = this._terminal.choices;
    const latency = link.latency_ms === null ? null : Math.round(link.latency_ms);
    const facts = { latency, backlog: courier.backlog, position: location.state, voice: media.state, profile, unitStatus, isOnDuty };
    return { ...facts, consent: videos.consent, locale: this._words.locale };
  }

  _part(title, ...content) {
    return h("section", { class: "part" }, h("h2", {}, title), ...content);
  }

  /** One of several, each a large button; the chosen one is marked by shape as well as colour. */
  _choices(values, chosen, label, choose) {
    return h(
      "div",
      { class: "choices", role: "radiogroup" },
      ...values.map((value) =>
        h(
          "button",
          { class: "choice", role: "radio", "aria-checked": String(value === chosen), data: { value }, on: { click: () => value !== chosen && choose(value) } },
          label(value),
        ),
      ),
    );
  }

  _status() {
    const text = (key) => this._words.text(key);
    const { unitStatus } = this._terminal.choices;
    return this._part(text("more.status"), this._choices(STATUSES, unitStatus, (value) => text(`status.${value}`), (value) => this._terminal.choices.setStatus(value)));
  }

  _groups() {
    return this._part(this._words.text("more.groups"), h("p", { class: "hint" }, this._words.text("more.groups_hint")), this._groupList.element);
  }

  _consent() {
    const text = (key) => this._words.text(key);
    const { videos } = this._terminal;
    return this._part(text("more.consent"), this._choices(CONSENTS, videos.consent, (value) => text(`consent.${value}`), (value) => this._terminal.choices.setConsent(value)));
  }

  _language() {
    const choose = (value) => this._terminal.choices.setLocale(value);
    return this._part(this._words.text("more.language"), this._choices(Object.keys(LANGUAGES), this._words.locale, (value) => LANGUAGES[value], choose));
  }

  _device() {
    const text = (key, values) => this._words.text(key, values);
    const { profile, location, media, link, courier } = this._terminal;
    const { commands, fixes } = courier.backlog;
    const rows = [
      ["more.unit", profile ? `${profile.name} · ${profile.unitId}` : ""],
      ["more.position", text(`position.${location.state}`)],
      ["more.voice", text(`voice.${media.state}`)],
      ["more.latency", link.latency_ms === null ? "–" : text("more.latency_ms", { count: Math.max(1, Math.round(link.latency_ms)) })],
      ["more.backlog", text("more.backlog_value", { commands, fixes })],
    ];
    return this._part(text("more.device"), h("dl", {}, ...rows.flatMap(([key, value]) => [h("dt", {}, text(key)), h("dd", {}, value)])));
  }

  _ends() {
    const text = (key) => this._words.text(key);
    const { isOnDuty } = this._terminal.choices;
    return h(
      "div",
      { class: "part" },
      isOnDuty ? button(text("more.end_duty"), { icon: "cross", id: "end-duty", onPress: () => this._terminal.choices.endDuty() }) : null,
      button(text("more.unbind"), { class: "quiet bad", id: "unbind", onPress: this._onUnbind }),
    );
  }
}
