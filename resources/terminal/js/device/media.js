// The one peer connection of a session: audio both ways (mid 0), camera out (mid 1). Set up once at sign-in and
// never renegotiated: talking and filming only switch what the senders send.

export const TAIL_MS = 60; // three 20 ms frames: the encoder's last one is out before the floor is given back
const AUDIO_BITS = 32_000;
const VIDEO_BITS = 600_000;
const VIDEO_FRAMES = 15;
const DISCONNECTED_GRACE_MS = 6000;

export class Media {
  constructor({ player, onState }) {
    this.state = "off"; // off, connecting, connected, failed
    this._player = player; // the page's <audio>
    this._onState = onState;
    this._peer = null;
    this._audio = null;
    this._video = null;
    this._microphone = null;
    this._isOpen = false;
    this._graceTimer = null;
  }

  /** Offer, have it answered by `exchange(sdp) → sdp`, and connect. Rejects as `exchange` does. */
  async connect({ iceServers, exchange }) {
    this.close();
    const peer = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle", rtcpMuxPolicy: "require" });
    this._peer = peer;
    this._audio = peer.addTransceiver("audio", { direction: "sendrecv" });
    this._video = peer.addTransceiver("video", { direction: "sendonly" });
    preferH264(this._video);
    peer.onconnectionstatechange = () => this._follow(peer);
    peer.ontrack = (event) => this._play(event.track);
    this._enter("connecting");
    const isOver = () => this._peer !== peer; // closed, or begun anew, while the browser did its part
    const offer = await peer.createOffer();
    if (isOver()) return;
    await peer.setLocalDescription(offer);
    if (isOver()) return;
    // Before the answer, so that the first packet sent is wanted: an open sender sends 50 packets of silence a second.
    await this._limit(this._audio.sender, this._video.sender);
    if (isOver()) return;
    const sdp = await exchange(peer.localDescription.sdp);
    if (isOver()) return;
    await peer.setRemoteDescription({ type: "answer", sdp });
    if (isOver()) return;
    await this._audio.sender.replaceTrack(this._microphone);
    await this._apply();
  }

  /** The microphone's track, kept silent until the floor is granted or a point call is connected. */
  async setMicrophone(track) {
    this._microphone = track;
    if (track) track.enabled = this._isOpen;
    if (this._audio) await this._audio.sender.replaceTrack(track);
    await this._apply();
  }

  get hasMicrophone() {
    return this._microphone?.readyState === "live";
  }

  get isConnected() {
    return this.state === "connected";
  }

  /** Voice goes out from now on. */
  async open() {
    this._isOpen = true;
    await this._apply();
  }

  /** Voice stops at once; resolves when the last frame has left. */
  async shut() {
    this._isOpen = false;
    if (this._microphone) this._microphone.enabled = false;
    await new Promise((resolve) => setTimeout(resolve, TAIL_MS));
    if (!this._isOpen) await this._apply();
  }

  /** The camera's track to send, or null to send no frames. */
  async sendCamera(track) {
    if (this._video) await this._video.sender.replaceTrack(track);
  }

  close() {
    clearTimeout(this._graceTimer);
    this._isOpen = false;
    if (this._microphone) this._microphone.enabled = false;
    if (!this._peer) return;
    this._peer.onconnectionstatechange = null;
    this._peer.ontrack = null;
    this._peer.close();
    this._peer = this._audio = this._video = null;
    this._player.srcObject = null;
    this._enter("off");
  }

  async _apply() {
    if (this._microphone) this._microphone.enabled = this._isOpen;
    if (!this._audio) return;
    const parameters = this._audio.sender.getParameters();
    if (!parameters.encodings?.length) return;
    parameters.encodings[0].active = this._isOpen;
    await this._set(this._audio.sender, parameters);
  }

  async _limit(audio, video) {
    await this._limitSender(audio, { maxBitrate: AUDIO_BITS, active: this._isOpen });
    await this._limitSender(video, { maxBitrate: VIDEO_BITS, maxFramerate: VIDEO_FRAMES });
  }

  async _limitSender(sender, limits) {
    const parameters = sender.getParameters();
    if (!parameters.encodings?.length) return;
    Object.assign(parameters.encodings[0], limits);
    await this._set(sender, parameters);
  }

  async _set(sender, parameters) {
    try {
      await sender.setParameters(parameters);
    } catch (error) {
      if (error.name !== "InvalidStateError") throw error; // closed meanwhile, or parameters read too early
    }
  }

  _play(track) {
    if (track.kind !== "audio") return;
    this._player.srcObject = new MediaStream([track]);
    this.resume();
  }

  /** Browsers let sound begin only after a touch: called from every one until it plays. */
  resume() {
    if (this._player.srcObject && this._player.paused) this._player.play().catch(() => {});
  }

  _follow(peer) {
    if (peer !== this._peer) return;
    clearTimeout(this._graceTimer);
    switch (peer.connectionState) {
      case "connected":
        this._enter("connected");
        break;
      case "disconnected": // often heals by itself
        this._graceTimer = setTimeout(() => this._enter("failed"), DISCONNECTED_GRACE_MS);
        break;
      case "failed":
        this._enter("failed");
        break;
      default:
        break;
    }
  }

  _enter(state) {
    if (state === this.state) return;
    this.state = state;
    this._onState(state);
  }
}

/** Before createOffer, or H.264 is packed as VP8. Constrained baseline, packetization-mode 1, is first. */
function preferH264(transceiver) {
  if (!transceiver.setCodecPreferences) return;
  const codecs = RTCRtpSender.getCapabilities("video").codecs;
  const rank = (codec) => {
    const line = codec.sdpFmtpLine ?? "";
    if (codec.mimeType === "video/H264" && line.includes("packetization-mode=1") && /42[ce]01f/i.test(line)) return 0;
    if (codec.mimeType === "video/H264" && line.includes("packetization-mode=1") && line.includes("4200")) return 1;
    if (codec.mimeType === "video/VP8") return 2;
    return codec.mimeType === "video/rtx" ? 3 : null;
  };
  const wanted = codecs.filter((codec) => rank(codec) !== null).sort((a, b) => rank(a) - rank(b));
  if (wanted.some((codec) => rank(codec) < 3)) transceiver.setCodecPreferences(wanted);
}
