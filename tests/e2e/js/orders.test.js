import { MOST_CLOSED, OrderBook, STEPS, isOpen, shown } from "/terminal/js/core/orders.js";
import { MemoryStore } from "/terminal/js/device/store.js";
import { equal, test } from "./check.js";

const push = (id, state = "issued", order = {}) => ({ order: { id, title: id, issued_at: 1, ...order }, state, issued_by_name: "王" });
const titles = (rows) => rows.map((row) => row.order.id);

test("open ones by priority and age, closed ones newest first", async () => {
  const book = new OrderBook({ store: new MemoryStore() });
  await book.pushed(push("old", "read", { issued_at: 1 }));
  await book.pushed(push("new", "read", { issued_at: 5 }));
  await book.pushed(push("critical", "read", { issued_at: 9, priority: "critical" }));
  await book.pushed(push("done", "completed", { issued_at: 2 }));
  await book.pushed(push("cancelled", "cancelled", { issued_at: 3 }));
  equal([titles(book.list().open), titles(book.list().closed)], [["critical", "old", "new"], ["cancelled", "done"]]);
});

test("a pressed step is shown at once and settles with the answer", async () => {
  const book = new OrderBook({ store: new MemoryStore() });
  equal(await book.pushed(push("a")), true);
  equal(await book.pushed(push("a")), false);
  equal(book.unread, 1);
  await book.pressed("a", "accepted");
  await book.pressed("a", "en_route");
  equal([shown(book.get("a")), book.get("a").state, book.unread], ["en_route", "issued", 1]);
  await book.settled("a", "accepted", true);
  equal([shown(book.get("a")), book.get("a").state], ["en_route", "accepted"]);
  await book.settled("a", "en_route", false);
  equal(shown(book.get("a")), "accepted");
  await book.settled("unknown", "accepted", true);
});

test("a late answer does not turn the gateway's word back", async () => {
  const book = new OrderBook({ store: new MemoryStore() });
  await book.pushed(push("a", "on_scene"));
  await book.settled("a", "delivered", true);
  equal(book.get("a").state, "on_scene");
  await book.settled("a", "refused", true);
  equal([book.get("a").state, isOpen(book.get("a"))], ["refused", false]);
});

test("the gateway's word: changed, reminded, sent back, unknown", async () => {
  const book = new OrderBook({ store: new MemoryStore() });
  equal(await book.changed({ order_id: "a", state: "cancelled" }), null);
  await book.pushed(push("a", "read"));
  equal((await book.changed({ order_id: "a", state: "read", is_reminder: true })).isReminded, true);
  await book.pressed("a", "accepted");
  equal(book.get("a").isReminded, false);
  await book.settled("a", "accepted", true);
  equal((await book.changed({ order_id: "a", state: "accepted", reason: "照片不清" })).reason, "照片不清");
});

test("closed while we were away: no longer open, unless a step of ours is on its way", async () => {
  const store = new MemoryStore();
  const before = new OrderBook({ store });
  for (const id of ["kept", "gone", "pressed"]) await before.pushed(push(id, "read"));
  await before.pushed(push("finished", "completed"));
  const book = new OrderBook({ store });
  await book.load();
  await book.pressed("pressed", "accepted");
  book.sessionBegan();
  await book.pushed(push("kept", "read"));
  await book.pushesEnded();
  const states = ["kept", "gone", "pressed", "finished"].map((id) => book.get(id).state);
  equal(states, ["read", "gone", "read", "completed"]);
  await book.settled("pressed", "accepted", false);
  await book.settled("kept", "accepted", true);
  equal(["kept", "pressed"].map((id) => book.get(id).state), ["accepted", "gone"]);
});

test("old closed orders are forgotten", async () => {
  const store = new MemoryStore();
  const book = new OrderBook({ store });
  for (let at = 0; at < MOST_CLOSED + 5; at += 1) await book.pushed(push(`o${at}`, "verified", { issued_at: at }));
  equal([book.list().closed.length, book.get("o0"), (await store.all("orders")).length], [MOST_CLOSED, undefined, MOST_CLOSED]);
});

test("steps are those the gateway allows a unit", () => {
  equal(STEPS.accepted[0], "en_route");
  equal(STEPS.completed, []);
});
