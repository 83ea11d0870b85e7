import { FloorParticipant, NOTICE_S, Own, T101_S, T132_S } from "/terminal/js/core/floor.js";
import { equal, ok, seeded, test } from "./check.js";

const make = () => new FloorParticipant({ talkgroupId: "tg", party: "unit:me" });
const granted = (seq, more = {}) => ({ floor_seq: seq, duration_s: 30, ...more });
const taken = (seq, talker = "unit:other", more = {}) => ({ floor_seq: seq, talker, talker_name: "李", ...more });
const what = (effects) => effects.map((effect) => (effect.do === "tone" ? effect.tone : effect.do));

test("press, granted, talk, let go, released", () => {
  const floor = make();
  equal(what(floor.press(0)), ["request"]);
  equal(floor.phase, "requesting");
  equal(what(floor.granted(granted(1, { frame_ms: 40 }), 0.1)), ["talk", "granted"]);
  equal(floor.endsAt, 30.1);
  equal(floor.phase, "granted");
  equal(what(floor.letGo(1)), ["release"]);
  equal(floor.phase, "releasing");
  equal(floor.released(1.1), []);
  equal(floor.phase, "idle");
  equal(floor.deadline, null);
});

test("a second press of a held button asks nothing", () => {
  const floor = make();
  floor.press(0);
  equal(floor.press(0.1), []);
});

test("an emergency is asked for as one, also by who waits in the queue", () => {
  const floor = make();
  floor.press(0);
  equal(floor.isEmergency, false);
  floor.queued({ position: 2, size: 2 }, 0.1);
  floor.letGo(0.2);
  equal(floor.own, Own.QUEUED);
  equal(what(floor.press(0.3, { isEmergency: true })), ["request"]);
  equal(floor.isEmergency, true);
  equal(what(floor.granted(granted(1), 0.4)), ["talk", "granted"]);
  floor.letGo(1);
  floor.released(1.1);
  floor.press(2);
  equal(floor.isEmergency, false);
});

test("let go before the answer gives the floor back, whatever was decided meanwhile", () => {
  const floor = make();
  floor.press(0);
  equal(what(floor.letGo(0.1)), ["leave"]);
  equal(floor.granted(granted(1), 0.2), []);
  equal(floor.own, Own.RELEASING);
  floor.idle({ floor_seq: 2 }, 0.3);
  equal(floor.own, Own.SILENT);
});

test("T101: asked three times, then given up", () => {
  const floor = make();
  floor.press(0);
  equal(floor.tick(T101_S / 2), []);
  equal(what(floor.tick(1)), ["request"]);
  equal(what(floor.tick(2)), ["request"]);
  equal(what(floor.tick(3)), ["denied"]);
  equal(floor.phase, "no_answer");
  floor.tick(3 + NOTICE_S);
  equal(floor.phase, "idle");
});

test("T100: released three times, then the button works again", () => {
  const floor = make();
  floor.press(0);
  floor.granted(granted(1), 0.1);
  floor.letGo(1);
  equal(what(floor.tick(2)), ["leave"]);
  equal(what(floor.tick(3)), ["leave"]);
  equal(floor.tick(4), []);
  equal(floor.phase, "idle");
});

test("denied: reason shown, then forgotten", () => {
  const floor = make();
  floor.press(0);
  equal(what(floor.denied({ cause: 7 }, 0.1)), ["denied"]);
  equal(floor.deadline, 0.1 + NOTICE_S);
  floor.tick(0.1 + NOTICE_S);
  equal(floor.phase, "idle");
});

test("denied while held does not ask again by itself", () => {
  const floor = make();
  floor.press(0);
  floor.denied({ cause: 1 }, 0.1);
  equal(floor.own, Own.SILENT);
  equal(floor.phase, "denied");
  equal(floor.notice.cause, 1);
});

test("queued: keeps its place when let go, talks at once when held at its turn", () => {
  const floor = make();
  floor.press(0);
  equal(what(floor.queued({ position: 2, size: 3 }, 0.1)), ["queued"]);
  equal(floor.place, { position: 2, size: 3 });
  equal(floor.queued({ position: 1, size: 2 }, 0.2), []);
  equal(floor.place.position, 1);
  floor.letGo(0.3);
  floor.press(0.4);
  equal(what(floor.granted(granted(1, { from_queue: true }), 0.5)), ["ack", "talk", "granted"]);
});

test("T132: a turn nobody presses for is given back", () => {
  const floor = make();
  floor.press(0);
  floor.queued({ position: 1, size: 1 }, 0.1);
  floor.letGo(0.2);
  equal(what(floor.granted(granted(1, { from_queue: true }), 1)), ["ack", "turn"]);
  equal(floor.phase, "your_turn");
  equal(what(floor.granted(granted(1, { from_queue: true }), 2)), ["ack"], "T20: confirmed again");
  equal(what(floor.tick(1 + T132_S)), ["leave"]);
});

test("T132: pressed in time, it talks, for what is left of T2", () => {
  const floor = make();
  floor.press(0);
  floor.queued({ position: 1, size: 1 }, 0.1);
  floor.letGo(0.2);
  floor.granted(granted(1, { from_queue: true }), 1);
  equal(what(floor.press(2)), ["talk", "granted"]);
  equal(floor.endsAt, 31);
  equal(what(floor.granted(granted(1, { from_queue: true }), 2.5)), ["ack"]);
});

test("leaving the queue, and being told that we are not in it", () => {
  const floor = make();
  equal(floor.leaveQueue(0), []);
  floor.press(0);
  floor.queued({ position: 1, size: 1 }, 0.1);
  floor.letGo(0.2);
  equal(what(floor.leaveQueue(0.3)), ["leave"]);
  floor.released(0.4);
  floor.queued({ position: 1, size: 1 }, 0.5);
  equal(floor.queued({ position: 0, size: 1 }, 0.6), []);
  equal(floor.phase, "idle");
});

test("revoked: silent at once, floor given back, pressed anew to ask again", () => {
  const floor = make();
  floor.press(0);
  floor.granted(granted(1), 0.1);
  equal(what(floor.revoked({ floor_seq: 2, cause: 4 }, 1)), ["release", "revoked"]);
  equal(floor.isHeld, false);
  equal(floor.released(1.1), []);
  equal(floor.phase, "revoked");
  equal(what(floor.press(2)), ["request"]);
  equal(floor.notice, null);
});

test("others talk: shown, toned once, our own name is nobody", () => {
  const floor = make();
  equal(what(floor.taken(taken(1), 0)), ["incoming"]);
  equal(floor.taken(taken(2), 0.1), []);
  equal(floor.phase, "taken");
  floor.idle({ floor_seq: 3 }, 1);
  equal(floor.talker, null);
  equal(floor.taken(taken(4, "unit:me"), 2), []);
  equal(floor.talker, null);
});

test("older floor pushes are ignored", () => {
  const floor = make();
  floor.taken(taken(5), 0);
  equal(floor.idle({ floor_seq: 4 }, 0.1), []);
  equal(floor.taken(taken(3, "unit:x"), 0.1), []);
  equal(floor.granted(granted(2), 0.1), []);
  equal(floor.revoked({ floor_seq: 1, cause: 2 }, 0.1), []);
  equal(floor.talker.party, "unit:other");
});

test("the gateway gave our floor away: silent at once", () => {
  for (const event of ["taken", "idle"]) {
    const floor = make();
    floor.press(0);
    floor.granted(granted(1), 0.1);
    const effects = event === "taken" ? floor.taken(taken(2), 1) : floor.idle({ floor_seq: 2 }, 1);
    equal(what(effects), ["hush", "revoked"]);
    equal(floor.own, Own.SILENT);
  }
});

test("our turn went to somebody else", () => {
  const floor = make();
  floor.queued({ position: 1, size: 1 }, 0);
  floor.granted(granted(1, { from_queue: true }), 1);
  equal(floor.taken(taken(2), 1.5), []);
  equal(floor.phase, "taken");
});

test("a grant nobody asked for is given back", () => {
  const floor = make();
  equal(what(floor.granted(granted(1), 0)), ["leave"]);
});

test("refused by the gateway: its sentence is shown", () => {
  const floor = make();
  floor.press(0);
  equal(what(floor.refused("先选择通话组", 0.1)), ["denied"]);
  equal(floor.phase, "refused");
  equal(floor.notice.text, "先选择通话组");
  equal(floor.refused("again", 0.2), []);
});

test("pressed again while the release is under way: asks when that is over", () => {
  const floor = make();
  floor.press(0);
  floor.granted(granted(1), 0.1);
  floor.letGo(1);
  equal(floor.press(1.01), []);
  equal(what(floor.released(1.1)), ["request"]);
  floor.letGo(1.2);
  equal(what(floor.taken(taken(2), 1.3)), []);
  floor.press(2);
  floor.letGo(2.1);
  floor.press(2.2);
  equal(what(floor.denied({ cause: 1 }, 2.3)), ["request"], "the answer to the earlier request");
});

test("late answers while talking change nothing", () => {
  const floor = make();
  floor.press(0);
  floor.granted(granted(1), 0.1);
  equal(floor.denied({ cause: 1 }, 0.2), []);
  equal(floor.queued({ position: 1, size: 1 }, 0.2), []);
  equal(floor.released(0.3), []);
  equal(floor.phase, "granted");
});

test("voice or link lost while talking: silent and told", () => {
  const floor = make();
  equal(floor.voiceLost(0), []);
  floor.press(0);
  floor.granted(granted(9), 0.1);
  equal(what(floor.voiceLost(1)), ["release", "denied"]);
  floor.released(1.1);
  equal(floor.phase, "lost");
  floor.press(2);
  floor.granted(granted(10), 2.1);
  equal(what(floor.linkLost(3)), ["hush", "denied"]);
  equal(floor.linkLost(3.1), []);
  equal(what(floor.taken(taken(1), 4)), ["incoming"], "a restarted gateway counts anew");
});

test("whatever happens: voice goes out only while held and granted, and a let-go button never keeps the floor", () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const random = seeded(seed);
    const floor = make();
    let isSending = false;
    let now = 0;
    let seq = 0;
    const next = () => (random() < 0.2 ? seq : ++seq);
    const acts = [
      () => floor.press(now),
      () => floor.letGo(now),
      () => floor.granted(granted(next(), { from_queue: random() < 0.5 }), now),
      () => floor.denied({ cause: 1 }, now),
      () => floor.queued({ position: Math.floor(random() * 3), size: 3 }, now),
      () => floor.taken(taken(next()), now),
      () => floor.idle({ floor_seq: next() }, now),
      () => floor.revoked({ floor_seq: next(), cause: 4 }, now),
      () => floor.refused("no", now),
      () => floor.released(now),
      () => floor.voiceLost(now),
      () => floor.linkLost(now),
      () => floor.leaveQueue(now),
      () => floor.tick(now),
    ];
    for (let step = 0; step < 120; step += 1) {
      now += random() * 1.5;
      for (const effect of acts[Math.floor(random() * acts.length)]()) {
        if (effect.do === "talk") isSending = true;
        if (effect.do === "hush" || effect.do === "release") isSending = false;
      }
      equal(isSending, floor.own === Own.GRANTED, `seed ${seed}, step ${step}: sending`);
      ok(floor.own !== Own.GRANTED || floor.isHeld, `seed ${seed}, step ${step}: talks without being held`);
      const mustEnd = [Own.REQUESTING, Own.YOUR_TURN, Own.RELEASING].includes(floor.own);
      ok(!mustEnd || floor.deadline !== null, `seed ${seed}, step ${step}: ${floor.own} without a timer`);
    }
  }
});
