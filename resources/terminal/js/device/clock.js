// Time: monotonic for timers, wall time put right by the gateway's clock (a phone's may be minutes off).

export class Clock {
  constructor({ offset_s = 0 } = {}) {
    this.offset_s = offset_s;
  }

  /** Monotonic seconds. */
  now() {
    return performance.now() / 1000;
  }

  /** Unix seconds as the gateway counts them. */
  wall() {
    return Date.now() / 1000 + this.offset_s;
  }

  /** The gateway said that it is `server_s` now. */
  learn(server_s) {
    this.offset_s = server_s - Date.now() / 1000;
  }
}

/** One timer that always rings at the nearest deadline of what it serves. */
export class Alarm {
  constructor({ clock, ring }) {
    this._clock = clock;
    this._ring = ring;
    this._timer = null;
  }

  set(deadline) {
    clearTimeout(this._timer);
    this._timer = null;
    if (deadline === null) return;
    const wait_ms = Math.max(0, (deadline - this._clock.now()) * 1000);
    this._timer = setTimeout(this._ring, wait_ms + 1);
  }
}
