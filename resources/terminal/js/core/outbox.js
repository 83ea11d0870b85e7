// Durable commands on their way: kept until answered, in order within a lane, each with an id that never changes.
// A lane is one order (or "status"): a photo on a slow network delays its own order only. Sans I/O but for the
// store it is given ({put, remove, all}), which keeps entries over a restart of the page.

import { isPassing } from "./protocol.js";

export const TABLE = "outbox";
export const FIRST_RETRY_S = 2;
export const LONGEST_RETRY_S = 60;

export const Outcome = Object.freeze({ DONE: "done", REFUSED: "refused", LATER: "later" });

export class Outbox {
  constructor({ store }) {
    this._store = store;
    this._entries = [];
    this._next = 1;
    this._inFlight = new Set();
    this._retry = new Map(); // key -> {at, delay_s}
  }

  async load() {
    this._entries = await this._store.all(TABLE);
    this._entries.sort((a, b) => a.key - b.key);
    this._next = (this._entries.at(-1)?.key ?? 0) + 1;
  }

  get size() {
    return this._entries.length;
  }

  /** Commands not yet answered, oldest first. */
  get waiting() {
    return this._entries.map((entry) => entry.command);
  }

  /**
   * Keep commands that belong together: when one is refused, those after it in the group are dropped.
   * Resolves when they are stored, so that closing the page loses nothing.
   */
  async add(commands, { lane, group = commands[0].id }) {
    const entries = commands.map((command) => ({ key: this._next++, lane, group, command }));
    this._entries.push(...entries);
    await Promise.all(entries.map((entry) => this._store.put(TABLE, entry.key, entry)));
  }

  /** What may be sent now: the head of each lane, unless it is under way or waits for its retry. */
  ready(now) {
    const heads = new Map();
    for (const entry of this._entries) if (!heads.has(entry.lane)) heads.set(entry.lane, entry);
    return [...heads.values()].filter(
      (entry) => !this._inFlight.has(entry.key) && (this._retry.get(entry.key)?.at ?? 0) <= now,
    );
  }

  /** When the next retry is due, or null. */
  get deadline() {
    const times = [...this._retry].filter(([key]) => !this._inFlight.has(key)).map(([, retry]) => retry.at);
    return times.length ? Math.min(...times) : null;
  }

  sent(entry) {
    this._inFlight.add(entry.key);
  }

  /** The connection ended: everything unanswered goes again, with the same id. */
  linkLost() {
    this._inFlight.clear();
    this._retry.clear();
  }

  /** An answer came. Returns {outcome, entry, dropped}: what was decided, and what fell with it. */
  async answered(entry, reply, now) {
    this._inFlight.delete(entry.key);
    if (reply.kind !== "refused") {
      await this._forget([entry]);
      return { outcome: Outcome.DONE, entry, dropped: [] };
    }
    if (isPassing(reply)) {
      this._delay(entry, reply, now);
      return { outcome: Outcome.LATER, entry, dropped: [] };
    }
    // "already done" is what we wanted: an earlier sending of the same step arrived.
    if (reply.code === "already_done") {
      await this._forget([entry]);
      return { outcome: Outcome.DONE, entry, dropped: [] };
    }
    const dropped = this._entries.filter((other) => other.group === entry.group && other.key > entry.key);
    await this._forget([entry, ...dropped]);
    return { outcome: Outcome.REFUSED, entry, dropped };
  }

  _delay(entry, reply, now) {
    const before = this._retry.get(entry.key)?.delay_s;
    const delay_s = Math.min(LONGEST_RETRY_S, before ? before * 2 : FIRST_RETRY_S);
    this._retry.set(entry.key, { delay_s, at: now + Math.max(delay_s, reply.retry_after_s ?? 0) });
  }

  async _forget(entries) {
    const gone = new Set(entries.map((entry) => entry.key));
    this._entries = this._entries.filter((entry) => !gone.has(entry.key));
    for (const key of gone) this._retry.delete(key);
    await Promise.all([...gone].map((key) => this._store.remove(TABLE, key)));
  }
}
