// The orders of this unit, as the gateway last said and as the worker has since pressed. Pure but for the store.

export const TABLE = "orders";
export const MOST_CLOSED = 30;

/** What a worker may press in each state, the next usual step first. */
export const STEPS = Object.freeze({
  issued: ["accepted", "refused"],
  delivered: ["accepted", "refused"],
  read: ["accepted", "refused"],
  accepted: ["en_route", "on_scene", "completed", "refused"],
  en_route: ["on_scene", "completed", "refused"],
  on_scene: ["completed", "refused"],
  completed: [],
  refused: [],
  verified: [],
  cancelled: [],
  gone: [],
});

const OPEN = new Set(["issued", "delivered", "read", "accepted", "en_route", "on_scene"]);
const RANK = { critical: 0, urgent: 1, normal: 2 };

export class OrderBook {
  constructor({ store }) {
    this._store = store;
    this._rows = new Map(); // id -> {order, state, issuedBy, item, reason, pending: [state…], isReminded, isFresh}
    this._allPushed = false; // whether all open orders were pushed since this session began
  }

  async load() {
    for (const row of await this._store.all(TABLE)) this._rows.set(row.order.id, { ...row, isFresh: false });
  }

  get(id) {
    return this._rows.get(id);
  }

  /** Open ones first by priority and age, then the closed ones, newest first. */
  list() {
    const rows = [...this._rows.values()];
    const open = rows.filter((row) => isOpen(row)).sort(
      (a, b) => RANK[a.order.priority ?? "normal"] - RANK[b.order.priority ?? "normal"] || issuedAt(a) - issuedAt(b),
    );
    const closed = rows.filter((row) => !isOpen(row)).sort((a, b) => issuedAt(b) - issuedAt(a));
    return { open, closed };
  }

  get unread() {
    return [...this._rows.values()].filter((row) => row.state === "issued" || shown(row) === "delivered").length;
  }

  /** order.push. Returns true when the order is new here. */
  async pushed(push) {
    const before = this._rows.get(push.order.id);
    const row = {
      ...(before ?? { pending: [], reason: "", isReminded: false }),
      order: push.order,
      state: push.state,
      issuedBy: push.issued_by_name,
      item: push.item ?? null,
      isFresh: true,
    };
    this._rows.set(push.order.id, row);
    await this._save(row);
    await this._trim();
    return before === undefined;
  }

  /** order.changed. Returns the row, or null when the order is not known here. */
  async changed(push) {
    const row = this._rows.get(push.order_id);
    if (!row) return null;
    row.state = push.state;
    row.reason = push.reason ?? "";
    row.isReminded = push.is_reminder ?? false;
    row.isFresh = true;
    await this._save(row);
    return row;
  }

  /** The worker pressed a step; it is shown as pending until the gateway has answered. */
  async pressed(id, state) {
    const row = this._rows.get(id);
    row.pending = [...row.pending, state];
    row.isReminded = false;
    await this._save(row);
  }

  /** A step was answered, `isTaken` or refused. */
  async settled(id, state, isTaken) {
    const row = this._rows.get(id);
    if (!row) return;
    const index = row.pending.indexOf(state);
    if (index >= 0) row.pending = row.pending.filter((_, at) => at !== index);
    if (isTaken && !isBehind(row.state, state)) row.state = state;
    if (this._allPushed) closeUnlessPushed(row); // a refusal of what was closed meanwhile; or an answer given before that
    await this._save(row);
  }

  /** A new session begins: the gateway will push every open order again. */
  sessionBegan() {
    this._allPushed = false;
    for (const row of this._rows.values()) row.isFresh = false;
  }

  /** All open orders have been pushed: what was not among them has been closed while we were away. */
  async pushesEnded() {
    this._allPushed = true;
    for (const row of this._rows.values()) if (closeUnlessPushed(row)) await this._save(row);
  }

  async _save(row) {
    await this._store.put(TABLE, row.order.id, row);
  }

  async _trim() {
    for (const row of this.list().closed.slice(MOST_CLOSED)) {
      this._rows.delete(row.order.id);
      await this._store.remove(TABLE, row.order.id);
    }
  }
}

/** The state the worker sees: what was pressed last, else the gateway's word. */
export function shown(row) {
  return row.pending.at(-1) ?? row.state;
}

export function isOpen(row) {
  return OPEN.has(shown(row));
}

/** True when the row was open and is no longer. A step on its way is waited for. */
function closeUnlessPushed(row) {
  if (row.isFresh || !OPEN.has(row.state) || row.pending.length) return false;
  row.state = "gone";
  return true;
}

const issuedAt = (row) => row.order.issued_at ?? 0;

const WAY = ["issued", "delivered", "read", "accepted", "en_route", "on_scene", "completed", "verified"];

/** True when the gateway's word is already further along than an answer that came late. */
function isBehind(current, answered) {
  return WAY.indexOf(answered) >= 0 && WAY.indexOf(answered) < WAY.indexOf(current);
}
