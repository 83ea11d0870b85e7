// The sheet of patrols: what is due near here, signing in at a door, and the form. Nothing is built anew under a finger.

import { Scanner } from "../device/scanner.js";
import { button, h, icon, setText, show } from "./dom.js";
import { distanceText, timeText } from "./phrases.js";
import { QuestionPart } from "./question_part.js";

const REASONS = ["locked", "turned_away", "moved", "unsafe", "other"];

export class VisitSheet {
  constructor({ terminal, words, onClose }) {
    Object.assign(this, { _terminal: terminal, _words: words, _onClose: onClose });
    this.element = h("section", { class: "sheet-page", id: "visit-sheet", hidden: true, role: "dialog", "aria-modal": "true" });
    this._shown = "";
    this._parts = [];
    this._video = h("video", { class: "scan", playsinline: true, muted: true, hidden: true });
    this._scanner = new Scanner({ video: this._video });
    this._code = h("input", { id: "visit-code", maxlength: 40, autocomplete: "off", autocapitalize: "characters" });
    this._code.addEventListener("input", () => this._check());
    this._note = h("input", { id: "visit-note", maxlength: 200, autocomplete: "off" });
  }

  get isOpen() {
    return !this.element.hidden;
  }

  open() {
    this.element.hidden = false;
    this.element.scrollTop = 0;
    this._shown = "";
    this._terminal.patrol.refresh();
    this.update();
  }

  close() {
    this._stopScan();
    this.element.hidden = true;
    this._onClose();
  }

  update() {
    const { visit, due } = this._terminal.patrol;
    const seen = visit ? JSON.stringify([this._words.locale, visit.id, visit.isOpened && visit.questions]) : JSON.stringify([this._words.locale, due]);
    if (seen !== this._shown) {
      this._shown = seen;
      if (visit) this._buildForm(visit);
      else this._buildList(due);
    }
    this._check();
  }

  _text(key, values) {
    return this._words.text(key, values);
  }

  _head(title) {
    const back = h("button", { class: "icon-button", "aria-label": this._text("order.back"), on: { click: () => this.close() } }, icon("back"));
    return h("header", { class: "sheet-head" }, back, h("h1", {}, title));
  }

  // --- what is due -------------------------------------------------------------------------------

  _buildList(due) {
    this._code.placeholder = this._text("patrol.code_hint");
    this._go = button(this._text("patrol.sign_in"), { icon: "check", class: "primary", id: "visit-begin", onPress: () => this._begin(this._code.value) });
    const scan = Scanner.isThere ? button(this._text("patrol.scan"), { icon: "camera", class: "primary step", id: "visit-scan", onPress: () => this._scan() }) : null;
    this._count = h("h2", {}, this._text("patrol.due", { count: due.total }));
    this.element.replaceChildren(
      this._head(this._text("patrol.title")),
      h(
        "div",
        { class: "sheet-body" },
        this._video,
        scan,
        h("label", { for: "visit-code" }, this._text("patrol.code")),
        h("div", { class: "code-row" }, this._code, this._go),
        this._count,
        ...due.places.map((each) => this._card(each)),
        due.places.length ? null : h("p", { class: "hint" }, this._text("patrol.none")),
      ),
    );
  }

  _card(each) {
    const { place } = each;
    const where = [place.address, distanceText(this._terminal.location.last, place, this._words)].filter(Boolean).join(" · ");
    const date = timeText(each.deadline_at);
    return h(
      "article",
      { class: `card ${each.is_overdue ? "critical" : "normal"}`, data: { place: place.id } },
      h("span", { class: "card-title" }, place.name),
      h("span", { class: "fact" }, icon("pin"), h("span", {}, where || place.category)),
      h("span", { class: "fact" }, icon("clock"), h("span", {}, this._text(each.is_overdue ? "patrol.overdue" : "patrol.by", { date }))),
      h("small", {}, each.plans.join(" · ")),
    );
  }

  async _scan() {
    show(this._video, true);
    try {
      const code = await this._scanner.scan();
      this._stopScan();
      if (code) await this._begin(code);
    } catch {
      this._stopScan();
      this._terminal.toast(this._text("patrol.no_camera"), "bad");
    }
  }

  _stopScan() {
    this._scanner.stop();
    show(this._video, false);
  }

  async _begin(code) {
    if (!code.trim()) return;
    this._code.value = "";
    this._note.value = "";
    await this._terminal.patrol.begin(code.trim());
    if (!this._terminal.link.isOnline) this._terminal.toast(this._text("report.kept"));
  }

  // --- the form ----------------------------------------------------------------------------------

  _buildForm(visit) {
    const terminal = this._terminal;
    const words = this._words;
    this._parts = visit.questions.map((question, index) => new QuestionPart({ terminal, words, question, index, onChange: () => this._check() }));
    this._note.placeholder = this._text("report.text_hint");
    this._send = button(this._text("patrol.send"), { icon: "up", class: "primary step", id: "visit-send", onPress: () => this._finish() });
    const known = visit.known.map((each) => h("li", {}, this._text("patrol.known", { words: each.words, date: timeText(each.at) })));
    const reasons = REASONS.map((reason) => button(this._text(`patrol.fail.${reason}`), { class: "choice", data: { reason }, onPress: () => this._fail(reason) }));
    this.element.replaceChildren(
      this._head(visit.name || this._text("patrol.title")),
      h(
        "div",
        { class: "sheet-body" },
        visit.isOpened || visit.questions.length ? null : h("p", { class: "hint" }, this._text("patrol.waiting")),
        ...this._parts.map((part) => part.element),
        known.length ? h("h2", {}, this._text("patrol.known_head")) : null,
        known.length ? h("ul", { class: "known" }, ...known) : null,
        h("label", { for: "visit-note" }, this._text("patrol.note")),
        this._note,
        h("h2", {}, this._text("patrol.cannot")),
        h("div", { class: "choices" }, ...reasons),
      ),
      h("footer", { class: "sheet-steps form" }, this._send),
    );
  }

  _check() {
    const { visit } = this._terminal.patrol;
    if (visit && this._send) this._send.disabled = !this._parts.every((part) => part.isAnswered) || (!visit.isOpened && !visit.questions.length);
    if (!visit && this._go) this._go.disabled = this._code.value.trim() === "";
    if (!visit && this._count) setText(this._count, this._text("patrol.due", { count: this._terminal.patrol.due.total }));
  }

  async _finish() {
    this._send.disabled = true; // one tap, one form
    const answers = this._parts.map((part) => part.answer).filter((answer) => answer.value || answer.photos.length);
    await this._terminal.patrol.finish(answers, this._note.value.trim());
    if (!this._terminal.link.isOnline) this._terminal.toast(this._text("report.kept"));
  }

  async _fail(reason) {
    await this._terminal.patrol.fail(reason, this._note.value.trim());
  }
}
