// The camera: offered by the worker (视频回传) or asked for by a desk (视频点呼). Frames go out only while wanted.

import { newId } from "../core/protocol.js";

export class Videos {
  constructor({ camera, media, tones, ask, complain, text, onChange }) {
    Object.assign(this, { _camera: camera, _media: media, _tones: tones, _ask: ask });
    Object.assign(this, { _complain: complain, _text: text, _onChange: onChange });
    this.asked = null; // {id, officerName, answerBy}
    this.isStarting = false;
    this.isInterrupted = false; // our own transmission, cut off by the network: offered again afterwards
    this.consent = "ask";
    this._live = new Map(); // video id -> kind
    this._wanted = new Set(); // video ids somebody watches; by duty policy possibly before the camera is open
  }

  get isLive() {
    return this._live.size > 0;
  }

  get isWanted() {
    return [...this._live.keys()].some((id) => this._wanted.has(id));
  }

  get preview() {
    return this._camera.stream;
  }

  /** 视频回传 */
  async offer() {
    if (this.isLive || this.isStarting) return;
    this._starting(true);
    if (await this._openCamera()) {
      const reply = await this._ask({ kind: "video.offer", id: newId() });
      if (reply?.kind === "done") this._add(reply.subject, "return");
      else if (reply === null) this.isInterrupted = true;
      else {
        this._camera.close();
        this._complain(reply.text);
      }
    }
    this._starting(false);
  }

  handle(push) {
    if (push.kind === "video.asked") this._beAsked(push);
    else if (push.kind === "video.wanted") this._want(push);
    else if (push.kind === "video.finished") this._finish(push);
  }

  async accept() {
    const asked = this.asked;
    if (!asked) return;
    this._setAsked(null);
    this._starting(true);
    const isOpen = await this._openCamera();
    const answer = isOpen ? { is_given: true } : { is_given: false, end: "camera_refused" };
    if (isOpen) this._add(asked.id, "point_call");
    const reply = await this._ask({ kind: "video.consent", id: newId(), video_id: asked.id, ...answer });
    if (reply?.kind === "refused") {
      this._remove(asked.id);
      this._complain(reply.text);
    }
    this._starting(false);
  }

  decline() {
    const asked = this.asked;
    if (!asked) return;
    this._setAsked(null);
    this._ask({ kind: "video.consent", id: newId(), video_id: asked.id, is_given: false, end: "declined" });
  }

  stop() {
    this.isInterrupted = false;
    for (const id of [...this._live.keys()]) {
      this._ask({ kind: "video.stop", id: newId(), video_id: id });
      this._remove(id);
    }
    this._camera.close();
    this._onChange();
  }

  async switchCamera() {
    try {
      await this._camera.switchSide();
    } catch {
      this._complain(this._text("video.camera_refused"));
    }
    await this._send();
    this._onChange();
  }

  linkLost() {
    this.isInterrupted ||= [...this._live.values()].includes("return");
    this._live.clear();
    this._wanted.clear();
    this._setAsked(null);
    if (!this.isInterrupted) this._camera.close();
    this._onChange();
  }

  online() {
    if (!this.isInterrupted) return;
    this.isInterrupted = false;
    this.offer();
  }

  _beAsked(push) {
    this._setAsked({ id: push.video.id, officerName: push.officer_name, answerBy: push.answer_by });
    this._tones.play("order");
    this._tones.buzz([300, 150, 300]);
    // By duty policy, or because the camera is already on the air by the worker's own wish.
    if (this.consent === "automatic" || this.isLive) this.accept();
  }

  _want(push) {
    if (push.is_wanted) this._wanted.add(push.video_id);
    else this._wanted.delete(push.video_id);
    this._send();
    this._onChange();
  }

  _finish(push) {
    if (this.asked?.id === push.video_id) this._setAsked(null);
    if (!this._live.has(push.video_id)) return;
    this._remove(push.video_id);
    if (push.end !== "stopped") this._complain(this._text(`video.end.${push.end}`));
  }

  _add(id, kind) {
    this._live.set(id, kind);
    this._send();
    this._onChange();
  }

  _remove(id) {
    this._live.delete(id);
    this._wanted.delete(id);
    if (!this.isLive) this._camera.close();
    this._send();
    this._onChange();
  }

  async _openCamera() {
    try {
      await this._camera.open();
      return true;
    } catch {
      this._complain(this._text("video.camera_refused"));
      return false;
    }
  }

  async _send() {
    await this._media.sendCamera(this.isWanted ? this._camera.track : null);
  }

  _setAsked(asked) {
    this.asked = asked;
    this._onChange();
  }

  _starting(isStarting) {
    this.isStarting = isStarting;
    this._onChange();
  }
}
