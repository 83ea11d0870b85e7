// Reads the code at a door with the phone's camera, where the browser can; else the short code is typed.

const LOOK_MS = 250;

export class Scanner {
  /** `video` is where the camera's picture is shown. */
  constructor({ video, devices = navigator.mediaDevices }) {
    Object.assign(this, { _video: video, _devices: devices });
    this._stream = null;
  }

  /** Whether this browser reads codes out of pictures. */
  static get isThere() {
    return typeof globalThis.BarcodeDetector === "function";
  }

  /** The words of the first code seen, or null when stopped. Rejects when the camera cannot be had. */
  async scan() {
    const detector = new globalThis.BarcodeDetector({ formats: ["qr_code"] });
    this._stream = await this._devices.getUserMedia({ video: { facingMode: "environment" } });
    this._video.srcObject = this._stream;
    await this._video.play();
    while (this._stream) {
      const [found] = await detector.detect(this._video);
      if (found) return found.rawValue;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    return null;
  }

  stop() {
    for (const track of this._stream?.getTracks() ?? []) track.stop();
    this._stream = null;
    this._video.srcObject = null;
  }
}
