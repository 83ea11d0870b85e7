import { CONNECT_TIMEOUT_S, FIRST_DELAY_S, LEAST, LONGEST_DELAY_S, PONG_TIMEOUT_S, QUIET_S, Reconnect, SIGN_IN_TIMEOUT_S, State } from "/terminal/js/core/reconnect.js";
import { equal, ok, test } from "./check.js";

const make = (random = () => 1) => new Reconnect({ random });

function online(machine, now) {
  machine.start(now);
  machine.opened(now);
  machine.welcomed(now);
}

test("connects, signs in, is online", () => {
  const machine = make();
  equal(machine.start(0), ["open"]);
  equal(machine.start(0), []);
  equal(machine.opened(1), []);
  equal(machine.state, State.SIGNING_IN);
  equal(machine.welcomed(2), []);
  equal(machine.state, State.ONLINE);
  equal(machine.deadline, 2 + QUIET_S);
});

test("waits longer after each failure, up to the longest, and starts small again after a welcome", () => {
  const machine = make();
  machine.start(0);
  const delays = [];
  for (let now = 10; delays.length < 7; now += 10) {
    machine.lost(now);
    delays.push(machine.deadline - now);
    machine.tick(machine.deadline);
  }
  equal(delays.map((delay) => Math.round(delay * 10) / 10), [1, 2, 4, 5, 5, 5, 5]);
  machine.opened(100);
  machine.welcomed(100);
  machine.lost(101);
  equal(machine.deadline, 101 + FIRST_DELAY_S);
});

test("all of the delay but a tenth is chance", () => {
  const machine = make(() => 0);
  machine.start(0);
  machine.lost(0);
  equal(machine.deadline, FIRST_DELAY_S * LEAST);
});

test("comes when the gateway asked it to, not before, and hardly after", () => {
  for (const [roll, expected] of [[0, 7], [1, 7.7]]) {
    const machine = make(() => roll);
    machine.start(0);
    machine.opened(0);
    machine.lost(0, 7);
    ok(Math.abs(machine.deadline - expected) < 1e-9);
    equal(machine.networkReturned(6.9), []);
    equal(machine.networkReturned(7), ["open"]);
  }
});

test("an emergency waits for nothing", () => {
  const machine = make();
  machine.start(0);
  machine.lost(0, 60);
  equal(machine.hurry(1), ["open"]);
  equal(machine.hurry(1), []);
});

test("an emergency leaves the queue in which its terminal waits, once", () => {
  const machine = make();
  machine.start(0);
  equal(machine.hurry(1), ["close", "open"]);
  equal(machine.hurry(1), []);
  machine.opened(2);
  machine.welcomed(2);
  machine.lost(3);
  machine.tick(machine.deadline);
  equal(machine.hurry(5), ["close", "open"]);
});

test("a connection that does not open, or is not welcomed, is given up", () => {
  const machine = make();
  machine.start(0);
  equal(machine.tick(1), []);
  equal(machine.tick(CONNECT_TIMEOUT_S), ["close"]);
  equal(machine.state, State.WAITING);
  machine.tick(machine.deadline);
  machine.opened(20);
  equal(machine.tick(20 + SIGN_IN_TIMEOUT_S), ["close"]);
});

test("quiet: pings; silent: gives up", () => {
  const machine = make();
  online(machine, 0);
  equal(machine.heard(3), []);
  equal(machine.tick(QUIET_S), []);
  equal(machine.tick(3 + QUIET_S), ["ping"]);
  machine.heard(8.2);
  equal(machine.tick(8.2 + QUIET_S), ["ping"]);
  equal(machine.tick(8.2 + QUIET_S + PONG_TIMEOUT_S), ["close"]);
  ok(machine.deadline <= 8.2 + QUIET_S + PONG_TIMEOUT_S + LONGEST_DELAY_S, "comes back");
});

test("the network returns: connect now, or ask now whether the link still lives", () => {
  const machine = make();
  equal(machine.networkReturned(0), []);
  online(machine, 0);
  equal(machine.networkReturned(1), ["ping"]);
  equal(machine.networkReturned(1), []);
  machine.lost(2);
  equal(machine.networkReturned(2), ["open"]);
});

test("stopped: nothing more, until started", () => {
  const machine = make();
  equal(machine.stop(), []);
  online(machine, 0);
  equal(machine.stop(), ["close"]);
  equal(machine.lost(1), []);
  equal(machine.tick(99), []);
  equal(machine.deadline, null);
  equal(machine.start(100), ["open"]);
});

test("events out of place change nothing", () => {
  const machine = make();
  equal(machine.welcomed(0), []);
  equal(machine.heard(0), []);
  machine.opened(0);
  equal(machine.state, State.STOPPED);
  machine.start(0);
  machine.lost(1);
  const before = machine.deadline;
  equal(machine.lost(1.1), []);
  equal(machine.deadline, before);
});
