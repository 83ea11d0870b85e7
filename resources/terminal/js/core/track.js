// Position readings on their way. Live, each report carries the newest reading; without a network they are kept,
// bounded and thinned, and afterwards sent oldest first in batches. A batch keeps its command id until it is
// answered, so that one whose answer was lost is not counted twice. Sans I/O but for the store.

export const TABLE = "track";
export const MOST_KEPT = 2000;
export const MOST_IN_BATCH = 200;

/** A Geolocation reading as a Fix of the protocol; `offset_s` puts the phone's clock right. */
export function toFix(position, { offset_s = 0, batteryPct = null } = {}) {
  const { coords, timestamp } = position;
  const fix = { at: round(timestamp / 1000 + offset_s, 3), lat: round(coords.latitude, 7), lon: round(coords.longitude, 7) };
  if (isKnown(coords.accuracy)) fix.accuracy_m = round(coords.accuracy, 1);
  if (isKnown(coords.heading)) fix.heading_deg = round(coords.heading, 1);
  if (isKnown(coords.speed)) fix.speed_mps = round(coords.speed, 2);
  if (isKnown(batteryPct)) fix.battery_pct = Math.round(batteryPct);
  return fix;
}

const isKnown = (value) => value !== null && value !== undefined && Number.isFinite(value);

function round(value, digits) {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}

export class Track {
  constructor({ store, newId }) {
    this._store = store;
    this._newId = newId;
    this._kept = []; // {key, fix, batch?: command id}
    this._next = 1;
    this._isInFlight = false;
  }

  async load() {
    this._kept = await this._store.all(TABLE);
    this._kept.sort((a, b) => a.key - b.key);
    this._next = (this._kept.at(-1)?.key ?? 0) + 1;
  }

  get size() {
    return this._kept.length;
  }

  async add(fix) {
    const row = { key: this._next++, fix };
    this._kept.push(row);
    await this._store.put(TABLE, row.key, row);
    if (this._kept.length > MOST_KEPT) await this._thin();
  }

  /** The next position.report, or null when there is none or one is under way. */
  async take() {
    if (this._isInFlight || this._kept.length === 0) return null;
    this._isInFlight = true;
    let rows = this._kept.filter((row) => row.batch);
    if (rows.length === 0) {
      rows = this._kept.slice(0, MOST_IN_BATCH);
      const batch = this._newId();
      for (const row of rows) row.batch = batch;
      await Promise.all(rows.map((row) => this._store.put(TABLE, row.key, row)));
    }
    return { kind: "position.report", id: rows[0].batch, fixes: rows.map((row) => row.fix) };
  }

  /** The batch was answered: taken or refused, it is not sent again. */
  async answered(id) {
    this._isInFlight = false;
    const gone = this._kept.filter((row) => row.batch === id);
    this._kept = this._kept.filter((row) => row.batch !== id);
    await Promise.all(gone.map((row) => this._store.remove(TABLE, row.key)));
  }

  /** It could not be answered now; the same batch goes again. */
  postponed() {
    this._isInFlight = false;
  }

  /** Drop every second reading of the older half: the way stays visible, the newest stays whole. */
  async _thin() {
    const half = Math.floor(this._kept.length / 2);
    const gone = this._kept.filter((row, index) => index < half && index % 2 === 1 && !row.batch);
    const keys = new Set(gone.map((row) => row.key));
    this._kept = this._kept.filter((row) => !keys.has(row.key));
    await Promise.all(gone.map((row) => this._store.remove(TABLE, row.key)));
  }
}
