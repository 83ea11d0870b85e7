import { LONGEST_RETRY_S, Outbox } from "/terminal/js/core/outbox.js";
import { LinkLostError, endsEnrolment, isPassing, newId, newSecret } from "/terminal/js/core/protocol.js";
import { MemoryStore, openStore } from "/terminal/js/device/store.js";
import { equal, ok, seeded, test } from "./check.js";

const step = (id, more = {}) => ({ kind: "order.advance", id, ...more });
const ids = (entries) => entries.map((entry) => entry.command.id);
const done = { kind: "done" };
const refused = (code, more = {}) => ({ kind: "refused", code, text: "", ...more });

test("in order within a lane, lanes side by side", async () => {
  const outbox = new Outbox({ store: new MemoryStore() });
  await outbox.add([step("a1"), step("a2")], { lane: "a" });
  await outbox.add([step("b1")], { lane: "b" });
  equal(ids(outbox.ready(0)), ["a1", "b1"]);
  const [a1] = outbox.ready(0);
  outbox.sent(a1);
  equal(ids(outbox.ready(0)), ["b1"]);
  equal((await outbox.answered(a1, done, 0)).outcome, "done");
  equal(ids(outbox.ready(0)), ["a2", "b1"]);
  equal(outbox.waiting.length, 2);
});

test("unanswered commands go again with the same id, also after the page was closed", async () => {
  const store = new MemoryStore();
  const outbox = new Outbox({ store });
  await outbox.add([step("a1")], { lane: "a" });
  outbox.sent(outbox.ready(0)[0]);
  equal(outbox.ready(0), []);
  outbox.linkLost();
  equal(ids(outbox.ready(0)), ["a1"]);
  const reopened = new Outbox({ store });
  await reopened.load();
  equal(ids(reopened.ready(0)), ["a1"]);
  await reopened.add([step("a2")], { lane: "a" });
  await reopened.answered(reopened.ready(0)[0], done, 0);
  equal(ids(reopened.ready(0)), ["a2"]);
});

test("a passing refusal waits and goes again, ever more slowly", async () => {
  const outbox = new Outbox({ store: new MemoryStore() });
  await outbox.add([step("a1")], { lane: "a" });
  let now = 0;
  const waits = [];
  for (let turn = 0; turn < 8; turn += 1) {
    const [entry] = outbox.ready(now);
    outbox.sent(entry);
    equal((await outbox.answered(entry, refused("store_failed"), now)).outcome, "later");
    equal(outbox.ready(now), []);
    waits.push(outbox.deadline - now);
    now = outbox.deadline;
  }
  equal(waits, [2, 4, 8, 16, 32, LONGEST_RETRY_S, LONGEST_RETRY_S, LONGEST_RETRY_S]);
  const [entry] = outbox.ready(now);
  await outbox.answered(entry, refused("try_later", { retry_after_s: 500 }), now);
  equal(outbox.deadline, now + 500);
  outbox.linkLost();
  equal(outbox.deadline, null);
});

test("a final refusal takes the rest of its group with it, and nothing else", async () => {
  const outbox = new Outbox({ store: new MemoryStore() });
  await outbox.add([step("photo"), step("complete")], { lane: "a" });
  await outbox.add([step("later")], { lane: "a" });
  const [photo] = outbox.ready(0);
  const answer = await outbox.answered(photo, refused("too_large"), 0);
  equal([answer.outcome, ids(answer.dropped)], ["refused", ["complete"]]);
  equal(ids(outbox.ready(0)), ["later"]);
});

test("already done is done", async () => {
  const outbox = new Outbox({ store: new MemoryStore() });
  await outbox.add([step("a1")], { lane: "a" });
  equal((await outbox.answered(outbox.ready(0)[0], refused("already_done"), 0)).outcome, "done");
  equal(outbox.size, 0);
});

test("IndexedDB keeps what memory keeps", async () => {
  const store = await openStore();
  equal(store.isLasting, true);
  await store.clear("outbox");
  await store.put("outbox", 1, { key: 1 });
  await store.put("outbox", 2, { key: 2 });
  await store.remove("outbox", 1);
  equal(await store.all("outbox"), [{ key: 2 }]);
  equal(await store.get("outbox", 2), { key: 2 });
  await store.clear("outbox");
  equal(await store.all("outbox"), []);
  equal((await openStore(null)).isLasting, false);
  const failing = { open: () => ({ set onerror(report) { queueMicrotask(report); }, error: new Error("private") }) };
  equal((await openStore(failing)).isLasting, false);
});

test("whatever the network does, each command takes effect once and in order within its lane", async () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const random = seeded(seed);
    const store = new MemoryStore();
    let outbox = new Outbox({ store });
    const effects = [];
    const known = new Set(); // the gateway's memory of ids
    let made = 0;
    let now = 0;
    while (made < 12 || outbox.size) {
      now += 70;
      if (made < 12 && random() < 0.5) await outbox.add([step(`c${made++}`)], { lane: `lane${made % 3}` });
      if (random() < 0.2) outbox.linkLost();
      if (random() < 0.1) {
        outbox = new Outbox({ store });
        await outbox.load();
      }
      for (const entry of outbox.ready(now)) {
        outbox.sent(entry);
        const isHeard = random() < 0.8;
        if (isHeard && !known.has(entry.command.id)) {
          known.add(entry.command.id);
          effects.push([entry.lane, entry.command.id]);
        }
        if (isHeard && random() < 0.8) await outbox.answered(entry, done, now);
        else if (random() < 0.3) await outbox.answered(entry, refused("store_failed"), now);
      }
      if (random() < 0.5) outbox.linkLost();
    }
    equal(effects.length, 12, `seed ${seed}`);
    for (const lane of ["lane0", "lane1", "lane2"]) {
      const order = effects.filter(([at]) => at === lane).map(([, id]) => Number(id.slice(1)));
      ok(order.every((value, index) => index === 0 || order[index - 1] < value), `seed ${seed}: ${lane} ${order}`);
    }
  }
});

test("ids are unique also where the browser has no randomUUID", () => {
  const plain = { getRandomValues: (bytes) => crypto.getRandomValues(bytes) };
  const made = new Set([newId(), newId(), newId(plain), newId(plain)]);
  equal(made.size, 4);
  ok([...made].every((id) => id.length >= 32 && id.length <= 64), "length");
  equal(new LinkLostError().name, "LinkLostError");
  equal([isPassing({ code: "store_failed" }), isPassing({ code: "wrong_state" })], [true, false]);
  equal([endsEnrolment({ code: "wrong_credentials" }), endsEnrolment({ code: "busy" })], [true, false]);
});

test("a device's key is long and never the same", async () => {
  const made = [newSecret(), newSecret()];
  ok(made.every((key) => /^[0-9a-f]{64}$/.test(key)), "a key of another form");
  ok(made[0] !== made[1], "the same key twice");
});
