// The terminal: owns the parts, signs in, routes pushes, tells the views what changed.

import { OrderBook } from "../core/orders.js";
import { Outbox } from "../core/outbox.js";
import { LinkLostError, PROTOCOL_VERSION, endsEnrolment, newId } from "../core/protocol.js";
import { Track } from "../core/track.js";
import { Camera } from "../device/camera.js";
import { Location } from "../device/location.js";
import { Media } from "../device/media.js";
import { Tones } from "../device/tones.js";
import { Wake } from "../device/wake.js";
import { Calls } from "./calls.js";
import { Courier } from "./courier.js";
import { Duty } from "./duty.js";
import { Link, SignInRefused, State } from "./link.js";
import { Microphone } from "./microphone.js";
import { Talk } from "./talk.js";
import { Videos } from "./videos.js";

const MEDIA_RETRY_MS = 3000;

export class Terminal {
  /** `settings` keeps what outlives the page; `words` is the catalogue; `player` the page's <audio>. */
  constructor({ url, store, settings, clock, words, player }) {
    Object.assign(this, { store, settings, clock, words });
    this.profile = settings.get("profile") ?? null; // {party, name, unitId}
    this.unitStatus = settings.get("status") ?? "available";
    this.isOnDuty = false;
    this.stopped = null; // {reason, text}: signed out by the gateway; nothing goes on by itself
    this._code = null;
    this._watchers = new Set();
    this._toasters = new Set();
    this._build({ url, player });
  }

  _build({ url, player }) {
    const changed = (topic) => () => this._changed(topic);
    this._buildDevices({ player, changed });
    this._buildPost({ url, changed });
    const { clock, media, tones, camera } = this;
    const ask = (command) => this.ask(command);
    const complain = (sentence) => this.toast(sentence, "bad");
    const ready = () => this.microphone.acquire();
    const text = (key, values) => this.words.text(key, values);
    this.talk = new Talk({ clock, media, tones, ask, onChange: changed("talk") });
    this.calls = new Calls({ clock, media, tones, ask, ready, complain, onChange: changed("call") });
    this.videos = new Videos({ camera, media, tones, ask, complain, text, onChange: changed("video") });
    this.videos.consent = this.settings.get("video_consent") ?? "ask";
    this.duty = new Duty({
      clock,
      book: this.orders,
      courier: this.courier,
      place: () => this.location.last,
      tones,
      complain,
      onChange: changed("orders"),
      onNews: (news) => this._orderNews(news),
    });
  }

  _buildDevices({ player, changed }) {
    const onFix = (fix) => this.courier.report(fix);
    const onLost = () => this.talk.voiceLost();
    this.tones = new Tones();
    this.media = new Media({ player, onState: (state) => this._mediaState(state) });
    this.microphone = new Microphone({ media: this.media, onChange: changed("talk"), onLost });
    this.camera = new Camera();
    this.wake = new Wake();
    this.location = new Location({ clock: this.clock, onFix, onState: changed("location") });
  }

  /** The link, and what waits to go over it. */
  _buildPost({ url, changed }) {
    const { clock, store } = this;
    this.link = new Link({
      url,
      clock,
      handshake: (send) => this._handshake(send),
      onWelcome: (welcome) => this._welcomed(welcome),
      onRefused: (refusal) => this._refusedAtDoor(refusal),
      onPush: (push) => this._route(push),
      onState: (state) => this._linkState(state),
      onEnded: (push) => this._ended(push),
    });
    this.orders = new OrderBook({ store });
    this._outbox = new Outbox({ store });
    this._track = new Track({ store, newId });
    this.courier = new Courier({
      link: this.link,
      clock,
      outbox: this._outbox,
      track: this._track,
      onOutcome: (answer) => this._settled(answer),
      onChange: changed("link"),
    });
  }

  async load() {
    await Promise.all([this.orders.load(), this._outbox.load(), this._track.load()]);
  }

  get isEnrolled() {
    return Boolean(this.settings.get("device_token"));
  }

  watch(callback) {
    this._watchers.add(callback);
  }

  onToast(callback) {
    this._toasters.add(callback);
  }

  toast(sentence, tone = "plain") {
    for (const show of this._toasters) show(sentence, tone);
  }

  // --- signing in -----------------------------------------------------------------------------

  /** Sign in with the kept device token, or first turn an enrolment code into one. */
  connect({ code = null } = {}) {
    if (code) this._code = { code, id: newId() };
    this.stopped = null;
    this.link.stop();
    this.link.start();
    this._changed("profile");
  }

  /** The device forgets who it is; what is still in the outbox is given up. */
  async signOut() {
    await this.ask({ kind: "session.sign_out", id: newId() });
    this.link.stop();
    this.endDuty();
    await Promise.all(["outbox", "track", "orders"].map((table) => this.store.clear(table)));
    await this.settings.forget(["device_token", "profile", "status", "affiliated"]);
    location.reload();
  }

  async _handshake(send) {
    if (this._code) await this._enrol(send);
    this.orders.sessionBegan(); // before signing in: the open orders may be pushed ahead of the welcome
    const welcome = await send({
      kind: "terminal.sign_in",
      id: newId(),
      protocol: PROTOCOL_VERSION,
      device_token: this.settings.get("device_token") ?? "",
      locale: this.words.locale,
      video_consent: this.videos.consent,
    });
    if (welcome.kind === "refused") throw new SignInRefused(welcome);
    return welcome;
  }

  async _enrol(send) {
    const { code, id } = this._code;
    const device_name = navigator.userAgent.slice(0, 200);
    const reply = await send({ kind: "terminal.enrol", id, protocol: PROTOCOL_VERSION, code, device_name, locale: this.words.locale });
    if (reply.kind === "refused") throw new SignInRefused(reply);
    await this.settings.set("device_token", reply.device_token);
    this._code = null;
  }

  _refusedAtDoor(refusal) {
    if (refusal.code === "try_later") return this.toast(refusal.text, "bad");
    this.link.stop();
    this.stopped = { reason: this._code || endsEnrolment(refusal) ? "enrolment" : "refused", text: refusal.text };
    this._code = null;
    return this._changed("profile");
  }

  _ended(push) {
    // Elsewhere is somebody's wish; to come back by ourselves would throw them out in turn.
    if (push.code === "replaced" || endsEnrolment(push)) {
      this.link.stop();
      this.stopped = { reason: push.code === "replaced" ? "replaced" : "enrolment", text: push.text };
      this._changed("profile");
    } else {
      this.toast(push.text, "bad");
    }
  }

  async _welcomed(welcome) {
    this.clock.learn(welcome.server_time);
    this.settings.set("clock_offset_s", this.clock.offset_s);
    this.profile = { party: welcome.party, name: welcome.name, unitId: welcome.party.replace(/^unit:/, "") };
    this.settings.set("profile", this.profile);
    this.location.interval_s = welcome.position_interval_s ?? 5;
    this._startMedia(welcome.ice_servers ?? []);
    await this._restoreAffiliation(welcome);
    this.courier.pump();
    // The gateway pushes the open orders before it answers what we ask after the welcome.
    if (await this.link.ping()) await this.orders.pushesEnded();
    this._changed("orders");
  }

  async _restoreAffiliation(welcome) {
    const allowed = welcome.talkgroups ?? [];
    const ids = new Set(allowed.map((talkgroup) => talkgroup.id));
    const told = welcome.affiliated ?? [];
    let wanted = (this.settings.get("affiliated") ?? told).filter((id) => ids.has(id));
    if (wanted.length === 0) wanted = allowed.slice(0, 1).map((talkgroup) => talkgroup.id);
    this.talk.configure({ party: this.profile.party, talkgroups: allowed, affiliated: told.filter((id) => ids.has(id)) });
    if (wanted.join() !== told.join()) await this.affiliate(wanted);
  }

  /** Why talking is not possible now (a word of `talk.hint`), or null. */
  get talkObstacle() {
    if (!this.link.isOnline) return "offline";
    if (this.calls.isBusy) return "in_call";
    return this.media.isConnected ? null : "no_voice";
  }

  /** The talk button went down. The first time the browser asks for the microphone: then press again. */
  pressToTalk() {
    this.tones.resume();
    if (this.talkObstacle) return this.tones.play("denied");
    if (this.media.hasMicrophone) return this.talk.press();
    return this.microphone.acquire().then((isLive) => {
      if (!isLive) this.toast(this.words.text(`mic.${this.microphone.state}`), "bad");
    });
  }

  // --- what the worker chooses ----------------------------------------------------------------

  /** Talkgroups to hear; the first is the selected one. */
  async affiliate(ids) {
    const reply = await this.ask({ kind: "affiliation.set", id: newId(), talkgroup_ids: ids });
    if (reply?.kind === "refused") return this.toast(reply.text, "bad");
    if (!reply) return this.toast(this.words.text("link.not_now"), "bad");
    await this.settings.set("affiliated", ids);
    return this.talk.configure({ party: this.profile.party, talkgroups: this.talk.talkgroups, affiliated: ids });
  }

  async setStatus(status) {
    this.unitStatus = status;
    await this.settings.set("status", status);
    await this.courier.post([{ kind: "status.set", id: newId(), status }], { lane: "status" });
    this._changed("profile");
  }

  async setConsent(consent) {
    this.videos.consent = consent;
    await this.settings.set("video_consent", consent);
    this._signInAnew();
  }

  async setLocale(locale) {
    await this.words.use(locale);
    await this.settings.set("locale", locale);
    this._signInAnew(); // the gateway's sentences follow the language of the sign-in
    this._changed("language");
  }

  /** From a touch: sound, microphone, position, screen on. */
  async startDuty() {
    this.tones.resume();
    this.media.resume();
    this.isOnDuty = true;
    this.settings.set("duty", true);
    this._changed("profile");
    this.location.start();
    this.wake.hold();
    await this.microphone.acquire();
    this._changed("profile");
  }

  /** After a reload in the pocket: positions go on where they need no touch. */
  async resumeDuty() {
    if (!this.settings.get("duty") || !navigator.permissions) return;
    const permission = await navigator.permissions.query({ name: "geolocation" });
    if (permission.state === "granted") this.location.start();
  }

  endDuty() {
    this.isOnDuty = false;
    this.settings.set("duty", false);
    this.videos.stop();
    this.calls.hangUp();
    this.location.stop();
    this.microphone.close();
    this._changed("profile");
  }

  // --- events from outside --------------------------------------------------------------------

  networkReturned() {
    if (!this.stopped) this.link.networkReturned();
  }

  shown() {
    this.wake.shown();
    this.networkReturned();
    this.media.resume();
  }

  _route(push) {
    const noun = push.kind.split(".")[0];
    if (noun === "floor") this.talk.handle(push);
    else if (noun === "call") this.calls.handle(push);
    else if (noun === "video") this.videos.handle(push);
    else if (noun === "order") this.duty.handle(push);
    else if (push.kind === "refused") this.toast(push.text, "bad");
  }

  _linkState(state) {
    const wasOnline = this._wasOnline;
    this._wasOnline = state === State.ONLINE;
    if (wasOnline && !this._wasOnline) {
      this.courier.linkLost();
      this.talk.linkLost();
      this.calls.linkLost();
      this.videos.linkLost();
      this.media.close();
    }
    this._changed("link");
  }

  async _startMedia(iceServers) {
    const exchange = async (sdp) => {
      const reply = await this.ask({ kind: "media.offer", id: newId(), sdp });
      if (reply?.kind === "media.answer") return reply.sdp;
      if (reply) this.toast(reply.text, "bad");
      throw new LinkLostError();
    };
    try {
      await this.media.connect({ iceServers, exchange });
    } catch (error) {
      if (!(error instanceof LinkLostError)) throw error;
      this.media.close();
    }
  }

  _mediaState(state) {
    if (state === "connected") this.videos.online();
    if (state === "failed") {
      this.talk.voiceLost();
      // One offer a session: new media means a new session.
      setTimeout(() => this.link.isOnline && !this.media.isConnected && this.link.restart(), MEDIA_RETRY_MS);
    }
    this._changed("link");
  }

  async _settled(answer) {
    if (answer.entry.command.kind === "status.set") {
      if (answer.outcome === "refused") this.toast(answer.reply.text, "bad");
      return;
    }
    await this.duty.settled(answer);
  }

  _orderNews({ kind, order, reason }) {
    this.toast(this.words.text(`order.news.${kind}`, { title: order.title, reason }), kind === "cancelled" ? "bad" : "good");
  }

  /** A new session where nothing is interrupted by it. */
  _signInAnew() {
    if (this.link.isOnline && !this.talk.isTalking && !this.calls.isBusy && !this.videos.isLive) this.link.restart();
  }

  /** The reply, or null when there is no connection or it ended first. */
  async ask(command) {
    try {
      return await this.link.request(command);
    } catch (error) {
      if (error instanceof LinkLostError) return null;
      throw error;
    }
  }

  _changed(topic) {
    for (const callback of this._watchers) callback(topic);
  }
}
