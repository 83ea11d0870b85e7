// A test runner small enough to read: tests register themselves, `run` tells which failed and why.

const tests = [];

export function test(name, body) {
  tests.push({ name, body });
}

export async function run() {
  const failures = [];
  for (const { name, body } of tests) {
    try {
      await body();
    } catch (error) {
      failures.push(`${name}: ${error.message}\n${error.stack}`);
    }
  }
  return { count: tests.length, failures };
}

export function equal(found, wanted, about = "") {
  const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (a !== b) throw new Error(`${about} found ${a}, wanted ${b}`);
}

export function ok(claim, about) {
  if (!claim) throw new Error(about);
}

/** The same numbers every time (mulberry32). */
export function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
