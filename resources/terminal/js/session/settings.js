// Small facts that outlive the page, read once at the start so that asking is immediate.

const TABLE = "setting";

export class Settings {
  constructor({ store }) {
    this._store = store;
    this._facts = {};
  }

  async load() {
    this._facts = (await this._store.get(TABLE, "facts")) ?? {};
  }

  get(name) {
    return this._facts[name];
  }

  async set(name, value) {
    this._facts[name] = value;
    await this._store.put(TABLE, "facts", this._facts);
  }

  async forget(names) {
    for (const name of names) delete this._facts[name];
    await this._store.put(TABLE, "facts", this._facts);
  }
}
