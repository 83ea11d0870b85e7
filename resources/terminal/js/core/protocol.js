// What this terminal says on the wire: version, identifiers, and which refusals are worth trying again.

export const PROTOCOL_VERSION = 1;

/** A command id, unique for ever: the same id sent again gets the same answer and no second effect. */
export function newId(random = globalThis.crypto) {
  if (random.randomUUID) return random.randomUUID();
  const bytes = random.getRandomValues(new Uint8Array(16)); // randomUUID is missing on plain http
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** 256 random bits. */
export function newSecret(random = globalThis.crypto) {
  return Array.from(random.getRandomValues(new Uint8Array(32)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Refusals that are about the moment, not about the command: a durable command waits and goes again. */
const PASSING = new Set([
  "store_failed", "safe_mode", "try_later", "crowded", "internal", "not_signed_in", "slow_client", "stopping", "token_expired",
]);

export function isPassing(refusal) {
  return PASSING.has(refusal.code);
}

/** Sign-in refusals after which the device token is worthless and a new enrolment is needed. */
const FINAL = new Set(["wrong_credentials", "token_expired", "device_revoked", "code_used", "code_expired", "code_revoked"]);

export function endsEnrolment(refusal) {
  return FINAL.has(refusal.code);
}

export class LinkLostError extends Error {
  constructor() {
    super("the connection ended before the answer came");
    this.name = "LinkLostError";
  }
}
