// Patrol visits: what is due, signing in by a code, the form. All of it is kept by the outbox, so that a visit can be
// made without a network: the due list of before says what to ask.

import { Outcome } from "../core/outbox.js";
import { newId } from "../core/protocol.js";
import { blobPuts } from "./courier.js";

const LANE = "visit";
const NOTHING = { places: [], questions: [], total: 0 };

export class Patrol {
  /** `ask` gives a reply or null, `place` the phone's position or null. */
  constructor({ clock, courier, settings, ask, place, text, toast, onChange }) {
    Object.assign(this, { _clock: clock, _courier: courier, _settings: settings, _ask: ask, _place: place });
    Object.assign(this, { _text: text, _toast: toast, _onChange: onChange });
    this.due = settings.get("due") ?? NOTHING;
    this.visit = null; // {id, name, questions, known: [{words, at}], isOpened}
  }

  /** Ask anew what is due; without a network the list of before stays. */
  async refresh() {
    const here = this._place();
    const list = await this._ask({ kind: "visit.due", id: newId(), ...(here ? { here: { lat: here.lat, lon: here.lon } } : {}) });
    if (list?.kind !== "visit.due_list") return;
    this.due = { places: list.places, questions: list.questions ?? [], total: list.total ?? 0 };
    this._settings.set("due", this.due);
    this._onChange();
  }

  /** Sign in at a place. Resolves when it is kept. */
  async begin(code) {
    const here = this._place();
    const begin = { kind: "visit.begin", id: newId(), code, occurred_at: this._clock.wall() };
    if (here) begin.here = { lat: here.lat, lon: here.lon };
    this.visit = this._expected(begin.id, code);
    await this._courier.post([begin], { lane: LANE, group: begin.id });
    this._onChange();
  }

  /** What will be asked there, as far as the due list tells. */
  _expected(id, code) {
    const found = this.due.places.find((each) => each.place.id === code.split("|")[1]);
    if (!found) return { id, name: "", questions: [], known: [], isOpened: false };
    const now = this._clock.wall();
    const known = new Map((found.known ?? []).filter((each) => each.valid_until > now).map((each) => [each.question_id, each]));
    const words = new Map(this.due.questions.map((question) => [question.id, question]));
    const asked = found.question_ids.map((questionId) => words.get(questionId)).filter(Boolean);
    return {
      id,
      name: found.place.name,
      questions: asked.filter((question) => !known.has(question.id)),
      known: asked.filter((question) => known.has(question.id)).map((question) => ({ words: question.words, at: known.get(question.id).answered_at })),
      isOpened: false,
    };
  }

  /** A visit of this unit is open: what it asks counts. */
  handle(push) {
    if (push.kind !== "visit.opened") return;
    const { visit, questions } = push;
    const words = push.known_words ?? {};
    const known = (push.known ?? []).map((each) => ({ words: words[each.question_id] ?? "", at: each.answered_at }));
    const before = this.visit?.id === visit.id ? this.visit.known : [];
    this.visit = { id: visit.id, name: visit.place_name, questions, known: known.length ? known : before, isOpened: true };
    this._onChange();
  }

  /** Send the form. `answers` are {question_id, value, photos: prepared photos}. */
  async finish(answers, note) {
    const { id } = this.visit;
    const photos = answers.flatMap((answer) => answer.photos);
    const said = answers.map(({ question_id, value, photos: taken }) => ({ question_id, value, photos: taken.map((photo) => photo.id) }));
    const finish = { kind: "visit.finish", id: newId(), visit_id: id, answers: said, note, occurred_at: this._clock.wall() };
    await this._courier.post([...blobPuts(photos), finish], { lane: LANE, group: id });
    this._leave(id);
  }

  async fail(reason, note) {
    const { id } = this.visit;
    const fail = { kind: "visit.fail", id: newId(), visit_id: id, reason, note, occurred_at: this._clock.wall() };
    await this._courier.post([fail], { lane: LANE, group: id });
    this._leave(id);
  }

  _leave(id) {
    if (this.visit?.id === id) this.visit = null;
    this._onChange();
  }

  /** An outbox entry was answered. A refused sign-in takes its form with it. */
  settled({ outcome, entry, reply }) {
    const { kind, id, visit_id } = entry.command;
    if (!kind.startsWith("visit.") || outcome === Outcome.LATER) return;
    if (outcome === Outcome.DONE) {
      if (kind === "visit.begin") return;
      this._toast(this._text(kind === "visit.finish" ? "patrol.done" : "patrol.noted"), "good");
      this.refresh();
      return;
    }
    this._toast(this._text("patrol.refused", { reason: reply.text }), "bad");
    if (kind === "visit.begin") this._leave(id);
    else this._leave(visit_id);
  }
}
