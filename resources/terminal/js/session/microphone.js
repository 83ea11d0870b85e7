// The microphone: asked for once, from a touch, kept open and silent while on duty.

const WANTED = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };

export class Microphone {
  constructor({ media, onChange, onLost, devices = navigator.mediaDevices }) {
    this.state = "unknown"; // unknown, asking, live, refused, missing
    this._media = media;
    this._onChange = onChange;
    this._onLost = onLost;
    this._devices = devices;
    this._asking = null;
  }

  /** True when voice can go out; asks the user when that has not been done. */
  acquire() {
    if (this._media.hasMicrophone) return Promise.resolve(true);
    this._asking ??= this._open().finally(() => (this._asking = null));
    return this._asking;
  }

  async _open() {
    if (!this._devices?.getUserMedia) return this._fail("missing"); // plain http: the browser hides it
    this._enter("asking");
    try {
      const stream = await this._devices.getUserMedia({ audio: WANTED });
      const [track] = stream.getAudioTracks();
      track.onended = () => this._ended();
      this._track = track;
      await this._media.setMicrophone(track);
      this._enter("live");
      return true;
    } catch (error) {
      return this._fail(error.name === "NotFoundError" ? "missing" : "refused");
    }
  }

  close() {
    this._track?.stop();
    this._track = null;
    this._media.setMicrophone(null);
    this._enter("unknown");
  }

  /** A headset was pulled, or the permission taken back. */
  _ended() {
    this._onLost();
    this.close();
  }

  _fail(state) {
    this._enter(state);
    return false;
  }

  _enter(state) {
    this.state = state;
    this._onChange();
  }
}
