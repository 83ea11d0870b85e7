// The talk page: which group, who has the floor, the button, a call to the duty officer, the camera.

import { button, h, icon, setText, show } from "./dom.js";
import { EmergencyButton } from "./emergency.js";

const COUNTDOWN_MS = 250;

export class TalkView {
  constructor({ terminal, words, ptt, onGroups }) {
    Object.assign(this, { _terminal: terminal, _words: words, _ptt: ptt });
    const text = (key) => words.text(key);
    this._group = h("span", { class: "group-name" });
    this._state = h("p", { class: "floor-state", role: "status" });
    this._hint = h("p", { class: "floor-hint" });
    this._elsewhere = h("p", { class: "floor-elsewhere" });
    this._leave = button(text("talk.leave_queue"), { icon: "cross", class: "quiet", onPress: () => terminal.talk.leaveQueue() });
    this._stage = h("section", { class: "stage", data: { phase: "idle" } }, this._state, this._hint, this._elsewhere, this._leave);
    this._call = button(text("call.place"), { icon: "phone", id: "call-officer", onPress: () => terminal.calls.place(text("call.officer")) });
    this._video = button(text("video.offer"), { icon: "camera", id: "offer-video", onPress: () => terminal.videos.offer() });
    this.element = h(
      "main",
      { class: "page talk-page" },
      h(
        "button",
        { class: "group-card", id: "choose-group", on: { click: onGroups } },
        icon("group"),
        h("span", { class: "group-text" }, h("small", {}, text("talk.group")), this._group),
        icon("down"),
      ),
      this._stage,
      h("div", { class: "pair" }, this._call, this._video),
      new EmergencyButton({ terminal, words }).element,
    );
    this._ticking = null;
  }

  update() {
    const { talk } = this._terminal;
    const machine = talk.selected;
    const text = (key, values) => this._words.text(key, values);
    setText(this._group, machine ? talk.nameOf(machine.talkgroupId) : text("talk.no_group"));
    this._updateFloor(machine, text);
    setText(this._elsewhere, talk.elsewhere.map(({ name, talker }) => text("talk.elsewhere", { group: name, name: talker.name })).join("\n"));
    show(this._elsewhere, talk.elsewhere.length > 0);
    this._call.disabled = this._terminal.calls.isBusy || !this._terminal.link.isOnline;
    const { videos } = this._terminal;
    this._video.disabled = videos.isLive || videos.isStarting || !this._terminal.link.isOnline;
    setText(this._video.querySelector("span"), text(videos.isStarting ? "video.starting" : "video.offer"));
  }

  _updateFloor(machine, text) {
    const obstacle = this._terminal.talkObstacle;
    const phase = machine?.phase ?? "idle";
    const isOwn = ["requesting", "granted", "queued", "your_turn"].includes(phase);
    const name = machine?.talker?.name ?? "";
    const isEmergency = phase === "taken" && machine.talker.isEmergency;
    const isOffline = obstacle === "offline" && !isOwn && phase !== "lost";
    const shown = isOffline ? "offline" : phase;
    if (this._stage.dataset.phase !== shown) this._stage.dataset.phase = shown;
    this._stage.classList.toggle("emergency", isEmergency);
    const values = { name, ...machine?.place, seconds: Math.ceil(this._terminal.talk.remaining_s ?? 0) };
    setText(this._state, text(isEmergency ? "talk.phase.taken_emergency" : `talk.phase.${shown}`, values));
    setText(this._hint, this._hintText(machine, phase, isOwn ? null : obstacle, values, text));
    show(this._leave, phase === "queued" || phase === "your_turn");
    this._ptt.update({ phase, isEmergency, canTalk: obstacle === null, remaining_s: phase === "granted" ? this._terminal.talk.remaining_s : null });
    this._tick(phase === "granted");
  }

  _hintText(machine, phase, obstacle, values, text) {
    const notice = machine?.notice;
    if (phase === "refused") return notice.text;
    if (phase === "denied") return this._cause("talk.deny", notice.cause, 255, text);
    if (phase === "revoked") return this._cause("talk.revoke", notice.cause, 0, text);
    if (obstacle && phase !== "lost" && phase !== "no_answer") return text(`talk.hint.${obstacle}`);
    return text(`talk.hint.${phase}`, values);
  }

  _cause(prefix, cause, otherwise, text) {
    const key = `${prefix}.${cause}`;
    return text(this._words.has(key) ? key : `${prefix}.${otherwise}`);
  }

  _tick(isWanted) {
    if (isWanted === (this._ticking !== null)) return;
    clearInterval(this._ticking);
    this._ticking = isWanted ? setInterval(() => this.update(), COUNTDOWN_MS) : null;
  }
}
