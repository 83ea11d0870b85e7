// The orders page: one large card each, the next step as a button on it.

import { STEPS, isOpen, shown } from "../core/orders.js";
import { button, h, icon } from "./dom.js";
import { deadlineText, distanceText, timeText } from "./phrases.js";

export class OrdersView {
  constructor({ terminal, words, onOpen, onReport, onPatrol, onStep }) {
    Object.assign(this, { _terminal: terminal, _words: words, _onOpen: onOpen, _onReport: onReport, _onPatrol: onPatrol, _onStep: onStep });
    this.element = h("main", { class: "page orders-page" });
    this._shown = "";
  }

  update() {
    const { open, closed } = this._terminal.orders.list();
    // Rebuilt only when something on it differs: a card must not move away under a finger.
    const seen = JSON.stringify([this._words.locale, Math.floor(this._terminal.clock.wall() / 60), open, closed]);
    if (seen === this._shown) return;
    this._shown = seen;
    const report = button(this._words.text("report.title"), { icon: "warning", id: "report-open", onPress: this._onReport });
    const patrol = button(this._words.text("patrol.title"), { icon: "pin", id: "patrol-open", onPress: this._onPatrol });
    const cards = [h("div", { class: "pair" }, report, patrol), ...open.map((row) => this._card(row))];
    if (open.length === 0) cards.push(this._nothing());
    if (closed.length) cards.push(h("h2", {}, this._words.text("order.closed")), ...closed.map((row) => this._card(row)));
    this.element.replaceChildren(...cards);
  }

  _nothing() {
    const text = (key) => this._words.text(key);
    return h("div", { class: "nothing" }, icon("orders"), h("p", {}, text("order.none")), h("small", {}, text("order.none_hint")));
  }

  _card(row) {
    const { order } = row;
    const step = STEPS[shown(row)][0];
    const open = h(
      "button",
      { class: "card-open", on: { click: () => this._onOpen(order.id) } },
      orderHead(row, this._words),
      h("span", { class: "card-title" }, order.title),
      ...orderFacts(row, this._terminal, this._words),
    );
    const next = step
      ? button(this._words.text(`order.step.${step}`), { icon: "check", class: "primary step", data: { step }, onPress: () => this._onStep(order.id, step) })
      : null;
    const names = `card ${order.priority ?? "normal"} ${isOpen(row) ? "" : "closed"}`;
    return h("article", { class: names, data: { order: order.id, state: shown(row) } }, open, next);
  }
}

/** Priority, state and whether a step waits to be sent: each a word in a coloured frame. */
export function orderHead(row, words) {
  const state = shown(row);
  const priority = row.order.priority ?? "normal";
  return h(
    "span",
    { class: "chips" },
    h("span", { class: `chip priority-${priority}` }, words.text(`order.priority.${priority}`)),
    h("span", { class: `chip state-${state}` }, words.text(`order.state.${state}`)),
    row.pending.length ? h("span", { class: "chip pending" }, icon("clock"), words.text("order.pending")) : null,
  );
}

export function orderFacts(row, terminal, words) {
  const { order } = row;
  const facts = [];
  if (order.place) {
    const distance = distanceText(terminal.location.last, order.place, words);
    facts.push(h("span", { class: "fact" }, icon("pin"), h("span", {}, [order.place.text, distance].filter(Boolean).join(" · "))));
  }
  if (order.deadline_at && isOpen(row)) {
    const { text, isOver } = deadlineText(order.deadline_at - terminal.clock.wall(), words);
    facts.push(h("span", { class: `fact ${isOver ? "over" : ""}` }, icon("clock"), h("span", {}, text)));
  }
  if (row.item) {
    const evidence = (row.item.terms.evidence ?? []).map((one) => words.text(`item.evidence.${one}`));
    const text = words.text("item.needed", { name: row.item.item_class.minor, evidence: evidence.join(words.text("item.separator")) });
    facts.push(h("span", { class: "fact item" }, icon("camera"), h("span", {}, evidence.length ? text : row.item.item_class.minor)));
  }
  const from = words.text("order.from", { name: row.issuedBy, time: timeText(order.issued_at) });
  facts.push(h("span", { class: "fact" }, icon("person"), h("span", {}, from)));
  return facts;
}
