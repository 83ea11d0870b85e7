import { MOST_IN_BATCH, MOST_KEPT, Track, toFix } from "/terminal/js/core/track.js";
import { MemoryStore } from "/terminal/js/device/store.js";
import { equal, ok, test } from "./check.js";

const fix = (at) => ({ at, lat: 23, lon: 113 });

function make(store = new MemoryStore()) {
  let count = 0;
  return new Track({ store, newId: () => `batch${++count}` });
}

test("a reading becomes a fix: rounded, unknowns left out, the phone's clock put right", () => {
  const coords = { latitude: 23.123456789, longitude: 113.1, accuracy: 8.04, heading: NaN, speed: null };
  equal(toFix({ coords, timestamp: 1000 }, { offset_s: 5, batteryPct: 71.6 }), { at: 6, lat: 23.1234568, lon: 113.1, accuracy_m: 8, battery_pct: 72 });
  const moving = toFix({ coords: { ...coords, heading: 91.26, speed: 1.237 }, timestamp: 0 });
  equal([moving.heading_deg, moving.speed_mps, "battery_pct" in moving], [91.3, 1.24, false]);
});

test("live: one report at a time, gone when answered", async () => {
  const track = make();
  equal(await track.take(), null);
  await track.add(fix(1));
  const report = await track.take();
  equal(report, { kind: "position.report", id: "batch1", fixes: [fix(1)] });
  await track.add(fix(2));
  equal(await track.take(), null);
  await track.answered("batch1");
  equal((await track.take()).fixes, [fix(2)]);
});

test("an unanswered batch goes again unchanged, also after the page was closed", async () => {
  const store = new MemoryStore();
  const track = make(store);
  await track.add(fix(1));
  const first = await track.take();
  await track.add(fix(2));
  track.postponed();
  equal(await track.take(), first);
  const reopened = new Track({ store, newId: () => "new" });
  await reopened.load();
  equal(await reopened.take(), first);
  await reopened.answered(first.id);
  equal(await reopened.take(), { kind: "position.report", id: "new", fixes: [fix(2)] });
});

test("two takers at once get one batch", async () => {
  const track = make();
  await track.add(fix(1));
  const taken = await Promise.all([track.take(), track.take()]);
  equal(taken.filter(Boolean).length, 1);
});

test("long without a network: bounded, both ends kept, sent oldest first in batches", async () => {
  const store = new MemoryStore();
  const track = make(store);
  for (let at = 0; at <= 3 * MOST_KEPT; at += 1) await track.add(fix(at));
  ok(track.size <= MOST_KEPT && track.size > MOST_KEPT / 3, `kept ${track.size}`);
  equal((await store.all("track")).length, track.size);
  const sent = [];
  for (let report = await track.take(); report; report = await track.take()) {
    ok(report.fixes.length <= MOST_IN_BATCH, "batch size");
    sent.push(...report.fixes.map((each) => each.at));
    await track.answered(report.id);
  }
  equal([sent[0], sent.at(-1)], [0, 3 * MOST_KEPT]);
  ok(sent.every((at, index) => index === 0 || sent[index - 1] < at), "oldest first");
});
