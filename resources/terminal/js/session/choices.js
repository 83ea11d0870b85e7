// What the worker chooses about himself and this device; each choice outlives the page.

import { newId } from "../core/protocol.js";

export class Choices {
  constructor({ terminal }) {
    this._terminal = terminal;
    this._settings = terminal.settings;
    this.unitStatus = this._settings.get("status") ?? "available";
    this.isOnDuty = false;
  }

  /** Talkgroups to hear; the first is the selected one. */
  async affiliate(ids) {
    const { talk, profile, words } = this._terminal;
    const reply = await this._terminal.ask({ kind: "affiliation.set", id: newId(), talkgroup_ids: ids });
    if (reply?.kind === "refused") return this._terminal.toast(reply.text, "bad");
    if (!reply) return this._terminal.toast(words.text("link.not_now"), "bad");
    await this._settings.set("affiliated", ids);
    return talk.configure({ party: profile.party, talkgroups: talk.talkgroups, affiliated: talk.withCalled(ids) });
  }

  /** An officer has called this unit into an ad-hoc talkgroup, or that call is over. */
  follow(push) {
    const { talk, words } = this._terminal;
    if (push.kind === "talkgroup.removed") return talk.remove(push.talkgroup_id);
    talk.add(push.talkgroup);
    return this._terminal.toast(words.text("talk.called", { name: push.called_by_name, group: push.talkgroup.name }), "good");
  }

  /** What the gateway remembers, unless the worker has chosen otherwise here. */
  async restoreAffiliation(welcome) {
    const { talk, profile } = this._terminal;
    const allowed = welcome.talkgroups ?? [];
    const ids = new Set(allowed.map((talkgroup) => talkgroup.id));
    const told = welcome.affiliated ?? [];
    let wanted = (this._settings.get("affiliated") ?? told).filter((id) => ids.has(id));
    if (wanted.length === 0) wanted = allowed.filter(({ is_ad_hoc }) => !is_ad_hoc).slice(0, 1).map(({ id }) => id);
    wanted = talk.withCalled(wanted, allowed);
    talk.configure({ party: profile.party, talkgroups: allowed, affiliated: told.filter((id) => ids.has(id)) });
    if (wanted.join() !== told.join()) await this.affiliate(wanted);
  }

  async setStatus(status) {
    this.unitStatus = status;
    await this._settings.set("status", status);
    await this._terminal.courier.post([{ kind: "status.set", id: newId(), status }], { lane: "status" });
    this._terminal.changed("profile");
  }

  async setConsent(consent) {
    this._terminal.videos.consent = consent;
    await this._settings.set("video_consent", consent);
    this._signInAnew();
    this._terminal.changed("profile");
  }

  async setLocale(locale) {
    this._terminal.words.use(locale);
    await this._settings.set("locale", locale);
    this._signInAnew(); // the gateway's sentences follow the language of the sign-in
    this._terminal.changed("language");
  }

  /** From a touch: sound, microphone, position, screen on. */
  async startDuty() {
    const { tones, media, location, wake, microphone } = this._terminal;
    tones.resume();
    media.resume();
    this.isOnDuty = true;
    this._settings.set("duty", true);
    this._terminal.changed("profile");
    location.start();
    wake.hold();
    await microphone.acquire();
    this._terminal.changed("profile");
  }

  /** After a reload in the pocket: positions go on where they need no touch. */
  async resumeDuty() {
    if (!this._settings.get("duty") || !navigator.permissions) return;
    const permission = await navigator.permissions.query({ name: "geolocation" });
    if (permission.state === "granted") this._terminal.location.start();
  }

  endDuty() {
    const { videos, calls, location, microphone, wake } = this._terminal;
    this.isOnDuty = false;
    this._settings.set("duty", false);
    videos.stop();
    calls.hangUp();
    location.stop();
    microphone.close();
    wake.release();
    this._terminal.changed("profile");
  }

  /** The device forgets who it is; what is still in the outbox is given up. */
  async unbind() {
    const { link, store } = this._terminal;
    await this._terminal.ask({ kind: "session.sign_out", id: newId() });
    link.stop();
    this.endDuty();
    await Promise.all(["outbox", "track", "orders"].map((table) => store.clear(table)));
    await this._settings.forget(["device_token", "profile", "status", "affiliated"]);
    location.reload();
  }

  /** A new session where nothing is interrupted by it. */
  _signInAnew() {
    const { link, talk, calls, videos } = this._terminal;
    if (link.isOnline && !talk.isTalking && !calls.isBusy && !videos.isLive) link.restart();
  }
}
