// Keeps the screen on while on duty, where the browser can.

export class Wake {
  constructor({ wakeLock = navigator.wakeLock } = {}) {
    this._wakeLock = wakeLock;
    this._sentinel = null;
    this._isWanted = false;
  }

  get isHeld() {
    return this._sentinel !== null && !this._sentinel.released;
  }

  async hold() {
    this._isWanted = true;
    if (!this._wakeLock || this.isHeld || document.visibilityState !== "visible") return;
    try {
      this._sentinel = await this._wakeLock.request("screen");
    } catch {
      this._sentinel = null; // low battery: the phone decides
    }
  }

  release() {
    this._isWanted = false;
    this._sentinel?.release();
    this._sentinel = null;
  }

  /** The page is shown again: browsers drop the lock when it is hidden. */
  shown() {
    if (this._isWanted) this.hold();
  }
}
