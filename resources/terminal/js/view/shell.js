// Arranges the page: bar above, one of three pages, the talk button and tabs within reach of the thumb.

import { CallView } from "./call_view.js";
import { DoorView } from "./door_view.js";
import { button, h, icon, setText, show } from "./dom.js";
import { GroupList } from "./group_list.js";
import { MoreView } from "./more_view.js";
import { OrderSheet } from "./order_sheet.js";
import { OrdersView } from "./orders_view.js";
import { PressToTalk } from "./ptt.js";
import { ReportSheet } from "./report_sheet.js";
import { TalkView } from "./talk_view.js";
import { VisitSheet } from "./visit_sheet.js";
import { VideoView } from "./video_view.js";

const TABS = { talk: "mic", orders: "orders", more: "person" };
const TOAST_MS = 6000;
const REFRESH_MS = 30_000; // deadlines and distances grow old

export class Shell {
  constructor({ terminal, words, root }) {
    Object.assign(this, { _terminal: terminal, _words: words, _root: root });
    this._tab = "talk";
    this._isDue = false;
    this._ptt = new PressToTalk({ terminal, words });
    this._toasts = h("div", { class: "toasts", role: "alert" });
    terminal.watch((topic) => (topic === "language" ? this.build() : this._later()));
    terminal.onToast((sentence, tone) => this._toast(sentence, tone));
    setInterval(() => this.update(), REFRESH_MS);
  }

  /** All anew: at the start and when the language changes. */
  build() {
    const { _terminal: terminal, _words: words } = this;
    this._unit = h("span", { class: "bar-unit" });
    this._drill = h("div", { class: "drill", role: "note", hidden: true }, words.text("drill.banner"));
    this._link = h("span", { class: "bar-link", id: "link-state" }, h("i", {}), h("span", {}));
    this._talk = new TalkView({ terminal, words, ptt: this._ptt, onGroups: () => this._chooseGroup() });
    const onOpen = (id) => this._sheet.open(id);
    const onReport = () => this._report.open();
    const onPatrol = () => this._visits.open();
    this._orders = new OrdersView({ terminal, words, onOpen, onReport, onPatrol, onStep: (id, step) => this._step(id, step) });
    this._more = new MoreView({ terminal, words, onUnbind: () => this._askUnbind() });
    this._sheet = new OrderSheet({ terminal, words, onClose: () => this.update() });
    this._report = new ReportSheet({ terminal, words, onClose: () => this.update() });
    this._visits = new VisitSheet({ terminal, words, onClose: () => this.update() });
    this._call = new CallView({ terminal, words });
    this._video = new VideoView({ terminal, words });
    this._door = new DoorView({ terminal, words });
    this._groups = new GroupList({ terminal, words });
    this._pages = { talk: this._talk, orders: this._orders, more: this._more };
    this._badge = h("span", { class: "badge" });
    this._dialog = h("section", { class: "overlay dialog", hidden: true });
    this._root.replaceChildren(
      this._drill,
      h("header", { class: "bar" }, this._unit, this._link),
      this._toasts,
      this._video.live,
      ...Object.values(this._pages).map((page) => page.element),
      h("footer", { class: "foot" }, this._ptt.element, this._nav()),
      this._sheet.element,
      this._report.element,
      this._visits.element,
      this._dialog,
      this._door.element,
      this._video.asked,
      this._call.element,
    );
    this.update();
  }

  _nav() {
    this._tabs = Object.entries(TABS).map(([name, picture]) =>
      h(
        "button",
        { class: "tab", data: { tab: name }, on: { click: () => this._turn(name) } },
        h("span", { class: "tab-icon" }, icon(picture), name === "orders" ? this._badge : null),
        h("span", {}, this._words.text(`tab.${name}`)),
      ),
    );
    return h("nav", {}, ...this._tabs);
  }

  _turn(name) {
    this._tab = name;
    this.update();
  }

  _later() {
    if (this._isDue) return;
    this._isDue = true;
    queueMicrotask(() => {
      this._isDue = false;
      this.update();
    });
  }

  update() {
    this._root.dataset.tab = this._tab;
    for (const [name, page] of Object.entries(this._pages)) {
      show(page.element, name === this._tab);
      if (name === this._tab || name === "talk") page.update(); // the talk page also colours the button
    }
    for (const tab of this._tabs) tab.setAttribute("aria-current", tab.dataset.tab === this._tab ? "page" : "false");
    show(this._drill, this._terminal.isDrill);
    this._updateBar();
    const unread = this._terminal.orders.unread;
    setText(this._badge, unread ? String(unread) : "");
    show(this._badge, unread > 0);
    for (const sheet of [this._sheet, this._report, this._visits]) if (sheet.isOpen) sheet.update();
    this._groups.update();
    this._call.update();
    this._video.update();
    this._door.update();
  }

  _updateBar() {
    const { link, media, courier, profile, stopped } = this._terminal;
    const text = (key, values) => this._words.text(key, values);
    setText(this._unit, profile?.name ?? text("app.name"));
    const state = stopped ? "stopped" : link.state;
    const isHealthy = state === "online" && media.isConnected;
    const words = [state === "online" && !isHealthy ? text("link.no_voice") : text(`link.${state}`)];
    if (courier.backlog.commands > 0) words.push(text("link.backlog", { count: courier.backlog.commands }));
    this._link.dataset.state = state === "online" ? (isHealthy ? "good" : "coming") : state === "waiting" || stopped ? "bad" : "coming";
    setText(this._link.lastChild, words.join(" · "));
  }

  /** A step pressed on a card: what needs more words opens the order. */
  _step(orderId, step) {
    const isPlain = step !== "completed" && step !== "refused";
    if (isPlain) this._terminal.duty.step(orderId, step);
    else this._sheet.open(orderId, step);
  }

  _chooseGroup() {
    this._groups.update();
    this._openDialog(this._words.text("more.groups"), h("p", { class: "hint" }, this._words.text("more.groups_hint")), this._groups.element);
  }

  _askUnbind() {
    const text = (key) => this._words.text(key);
    const yes = button(text("more.unbind_yes"), { class: "danger", id: "unbind-yes", onPress: () => this._terminal.choices.unbind() });
    this._openDialog(text("more.unbind"), h("p", {}, text("more.unbind_ask")), yes);
  }

  _openDialog(title, ...content) {
    const close = button(this._words.text("sheet.close"), { id: "dialog-close", onPress: () => show(this._dialog, false) });
    this._dialog.replaceChildren(h("div", { class: "dialog-box", role: "dialog", "aria-modal": "true" }, h("h1", {}, title), ...content, close));
    this._dialog.onclick = (event) => {
      if (event.target === this._dialog) show(this._dialog, false); // beside the box
    };
    show(this._dialog, true);
  }

  _toast(sentence, tone) {
    const toast = h("button", { class: `toast ${tone}`, on: { click: () => toast.remove() } }, h("span", {}, sentence), h("small", {}, this._words.text("toast.dismiss")));
    this._toasts.append(toast);
    while (this._toasts.children.length > 3) this._toasts.firstChild.remove();
    setTimeout(() => toast.remove(), TOAST_MS);
  }
}

