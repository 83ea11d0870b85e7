// The camera: being asked for it, and the small preview while it is on the air.

import { button, h, icon, setText, show } from "./dom.js";

export class VideoView {
  constructor({ terminal, words }) {
    Object.assign(this, { _terminal: terminal, _words: words });
    const text = (key) => words.text(key);
    const { videos } = terminal;
    this._preview = h("video", { class: "preview", autoplay: true, playsinline: true });
    this._preview.muted = true;
    this._state = h("p", { class: "video-state", role: "status" });
    const stop = button(text("video.stop"), { icon: "cross", class: "danger", id: "video-stop", onPress: () => videos.stop() });
    const turn = h("button", { class: "icon-button", "aria-label": text("video.switch"), on: { click: () => videos.switchCamera() } }, icon("switch"));
    this.live = h("section", { class: "video-live", hidden: true }, this._preview, h("div", { class: "video-side" }, this._state, h("div", { class: "pair" }, stop, turn)));
    this._question = h("p", { class: "call-name" });
    this.asked = h(
      "section",
      { class: "overlay asked", hidden: true, role: "dialog", "aria-modal": "true" },
      h("div", { class: "call-who" }, h("span", { class: "call-icon" }, icon("camera")), this._question, h("p", { class: "call-hint" }, text("video.asked_hint"))),
      h(
        "div",
        { class: "call-buttons" },
        button(text("video.decline"), { icon: "cross", class: "danger round", id: "video-decline", onPress: () => videos.decline() }),
        button(text("video.accept"), { icon: "camera", class: "good round", id: "video-accept", onPress: () => videos.accept() }),
      ),
    );
  }

  update() {
    const { videos } = this._terminal;
    const text = (key, values) => this._words.text(key, values);
    show(this.asked, videos.asked !== null);
    if (videos.asked) setText(this._question, text("video.asked", { name: videos.asked.officerName }));
    show(this.live, videos.isLive);
    const stream = videos.isLive ? videos.preview : null;
    if (this._preview.srcObject !== stream) this._preview.srcObject = stream;
    this.live.classList.toggle("watched", videos.isWanted);
    setText(this._state, text(videos.isWanted ? "video.watched" : "video.unwatched"));
  }
}
