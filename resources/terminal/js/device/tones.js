// Short tones that are told apart without looking. Each is a list of [Hz, ms, pause ms].

const TONES = {
  granted: [[1000, 90, 0]],
  queued: [[600, 90, 60], [600, 90, 0]],
  turn: [[800, 80, 40], [1000, 80, 40], [1250, 120, 0]],
  denied: [[300, 280, 0]],
  revoked: [[520, 120, 40], [390, 120, 40], [260, 220, 0]],
  incoming: [[700, 60, 0]],
  order: [[880, 120, 60], [1100, 160, 0]],
  ring: [[440, 400, 0], [550, 400, 0]],
  ringback: [[450, 900, 0]],
};
const REPEAT_MS = { ring: 1800, ringback: 4000 };
const LOUDNESS = 0.22;
const EDGE_S = 0.008; // fades, or a tone begins with a crack

export class Tones {
  constructor({ vibrate = (pattern) => navigator.vibrate?.(pattern) } = {}) {
    this._context = null;
    this._vibrate = vibrate;
    this._loop = null;
    this._looping = null;
  }

  /** Must be called from a touch once, or browsers keep the sound off. */
  resume() {
    this._context ??= new AudioContext({ latencyHint: "interactive" });
    if (this._context.state === "suspended") this._context.resume();
  }

  play(name) {
    if (!this._context || this._context.state !== "running") return;
    let at = this._context.currentTime + 0.01;
    for (const [hertz, length_ms, pause_ms] of TONES[name]) {
      this._beep(hertz, at, length_ms / 1000);
      at += (length_ms + pause_ms) / 1000;
    }
  }

  /** Sound and vibration, over and over until `stop`. */
  repeat(name) {
    if (this._looping === name) return;
    this.stop();
    this._looping = name;
    const once = () => {
      this.play(name);
      if (name === "ring") this._vibrate([400, 200, 400]);
    };
    once();
    this._loop = setInterval(once, REPEAT_MS[name]);
  }

  stop() {
    clearInterval(this._loop);
    if (this._looping === "ring") this._vibrate(0);
    this._looping = null;
  }

  buzz(pattern) {
    this._vibrate(pattern);
  }

  _beep(hertz, at, length_s) {
    const oscillator = this._context.createOscillator();
    const gain = this._context.createGain();
    oscillator.frequency.value = hertz;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(LOUDNESS, at + EDGE_S);
    gain.gain.setValueAtTime(LOUDNESS, at + length_s - EDGE_S);
    gain.gain.linearRampToValueAtTime(0, at + length_s);
    oscillator.connect(gain).connect(this._context.destination);
    oscillator.start(at);
    oscillator.stop(at + length_s);
  }
}
