// Where the terminal keeps what must outlive the page: IndexedDB, or memory where the browser refuses it
// (private windows). One interface: get, put, remove, all, clear.

const NAME = "wangge-terminal";
const TABLES = ["setting", "outbox", "track", "orders"];

export async function openStore(indexedDb = globalThis.indexedDB) {
  if (!indexedDb) return new MemoryStore();
  try {
    return new DatabaseStore(await openDatabase(indexedDb));
  } catch {
    return new MemoryStore(); // works until the page is closed; the shell says so
  }
}

function openDatabase(indexedDb) {
  return new Promise((resolve, reject) => {
    const request = indexedDb.open(NAME, 1);
    request.onupgradeneeded = () => {
      for (const table of TABLES) request.result.createObjectStore(table);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

class DatabaseStore {
  isLasting = true;

  constructor(database) {
    this._database = database;
  }

  get(table, key) {
    return this._run(table, "readonly", (rows) => rows.get(key));
  }

  put(table, key, value) {
    return this._run(table, "readwrite", (rows) => rows.put(value, key));
  }

  remove(table, key) {
    return this._run(table, "readwrite", (rows) => rows.delete(key));
  }

  all(table) {
    return this._run(table, "readonly", (rows) => rows.getAll());
  }

  clear(table) {
    return this._run(table, "readwrite", (rows) => rows.clear());
  }

  _run(table, mode, act) {
    return new Promise((resolve, reject) => {
      // "strict": a pressed step survives the battery's end, not only the page's.
      const transaction = this._database.transaction(table, mode, { durability: "strict" });
      const request = act(transaction.objectStore(table));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  }
}

export class MemoryStore {
  isLasting = false;

  constructor() {
    this._tables = new Map(TABLES.map((table) => [table, new Map()]));
  }

  async get(table, key) {
    return structuredClone(this._tables.get(table).get(key));
  }

  async put(table, key, value) {
    this._tables.get(table).set(key, structuredClone(value));
  }

  async remove(table, key) {
    this._tables.get(table).delete(key);
  }

  async all(table) {
    return [...this._tables.get(table).values()].map((value) => structuredClone(value));
  }

  async clear(table) {
    this._tables.get(table).clear();
  }
}
