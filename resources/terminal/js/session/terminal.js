// The terminal: owns the parts, routes pushes between them, tells the views what changed.

import { OrderBook } from "../core/orders.js";
import { Outbox } from "../core/outbox.js";
import { LinkLostError, newId } from "../core/protocol.js";
import { Track } from "../core/track.js";
import { Camera } from "../device/camera.js";
import { Location } from "../device/location.js";
import { Media } from "../device/media.js";
import { Tones } from "../device/tones.js";
import { Wake } from "../device/wake.js";
import { Calls } from "./calls.js";
import { Choices } from "./choices.js";
import { Courier } from "./courier.js";
import { Door } from "./door.js";
import { Duty } from "./duty.js";
import { Link, State } from "./link.js";
import { Microphone } from "./microphone.js";
import { Patrol } from "./patrol.js";
import { Reporter } from "./reporter.js";
import { Talk } from "./talk.js";
import { Videos } from "./videos.js";

const MEDIA_RETRY_MS = 3000;

export class Terminal {
  /** `settings` keeps what outlives the page; `words` is the catalogue; `player` the page's <audio>. */
  constructor({ url, store, settings, clock, words, player }) {
    Object.assign(this, { store, settings, clock, words });
    this.isDrill = false;
    this.profile = settings.get("profile") ?? null; // {party, name, unitId}
    this.stopped = null; // {reason, text}: signed out by the gateway; nothing goes on by itself
    this._iceServers = [];
    this._isPressed = false; // the talk button
    this._watchers = new Set();
    this._toasters = new Set();
    this._build({ url, player });
  }

  _build({ url, player }) {
    const changed = (topic) => () => this.changed(topic);
    this.choices = new Choices({ terminal: this });
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
    this.patrol = new Patrol({
      clock,
      courier: this.courier,
      settings: this.settings,
      ask,
      place: () => this.location.last,
      text,
      toast: (sentence, tone) => this.toast(sentence, tone),
      onChange: changed("patrol"),
    });
    this.reporter = new Reporter({ clock, courier: this.courier, text, toast: (sentence, tone) => this.toast(sentence, tone) });
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
    const { clock, store, settings, words } = this;
    this.door = new Door({
      settings,
      words,
      consent: () => this.videos.consent,
      onAway: (stopped) => this._stop(stopped),
      complain: (sentence) => this.toast(sentence, "bad"),
    });
    this.link = new Link({
      url,
      isUrgent: () => this.door.isUrgent,
      clock,
      handshake: (send) => this._enter(send),
      onWelcome: (welcome) => this._welcomed(welcome),
      onRefused: (refusal) => this.door.refused(refusal),
      onPush: (push) => this._route(push),
      onState: (state) => this._linkState(state),
      onEnded: (push) => this.door.ended(push),
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
    if (code) this.door.bring(code);
    this.stopped = null;
    this.link.stop();
    this.link.start();
    this.changed("profile");
  }

  _enter(send) {
    this.orders.sessionBegan(); // before signing in: the open orders may be pushed ahead of the welcome
    return this.door.enter(send);
  }

  /** Nothing goes on by itself any more. */
  _stop(stopped) {
    this.link.stop();
    this.stopped = stopped;
    this.changed("profile");
  }

  async _welcomed(welcome) {
    this.clock.learn(welcome.server_time);
    this.settings.set("clock_offset_s", this.clock.offset_s);
    this.profile = { party: welcome.party, name: welcome.name, unitId: welcome.party.replace(/^unit:/, "") };
    this.settings.set("profile", this.profile);
    this.isDrill = welcome.is_drill ?? false;
    this.location.interval_s = welcome.position_interval_s ?? 5;
    this._iceServers = welcome.ice_servers ?? [];
    this._startMedia();
    await this.choices.restoreAffiliation(welcome);
    this._pressIfUrgent();
    this.courier.pump();
    // The gateway pushes the open orders before it answers what we ask after the welcome.
    if (await this.link.ping()) await this.orders.pushesEnded();
    this.changed("orders");
  }

  /** Why talking is not possible now (a word of `talk.hint`), or null. */
  get talkObstacle() {
    if (!this.link.isOnline) return "offline";
    if (this.calls.isBusy) return "in_call";
    return this.media.isConnected ? null : "no_voice";
  }

  /** The talk button went down. The first time the browser asks for the microphone, and the question takes the finger
   * off the button; where it does not ask, talking begins when the microphone is there. */
  async pressToTalk({ isEmergency = false } = {}) {
    this.tones.resume();
    if (isEmergency && ["offline", "no_voice"].includes(this.talkObstacle)) return this._hurry();
    if (this.talkObstacle) return this.tones.play("denied");
    this._isPressed = true;
    const isLive = this.media.hasMicrophone || (await this.microphone.acquire());
    if (!isLive) return this.toast(this.words.text(`mic.${this.microphone.state}`), "bad");
    return this._isPressed ? this.talk.press({ isEmergency }) : undefined;
  }

  /** The emergency key is held without a connection: this terminal is let in ahead of all others, then it asks. */
  _hurry() {
    this._isPressed = this.door.isUrgent = true;
    this.toast(this.words.text("emergency.connecting"), "bad");
    this.link.hurry();
  }

  _pressIfUrgent() {
    if (!this.door.isUrgent || this.talkObstacle || !this.talk.selected) return;
    this.door.isUrgent = false;
    this.pressToTalk({ isEmergency: true });
  }

  letGoToTalk() {
    this._isPressed = this.door.isUrgent = false;
    this.talk.letGo();
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
    else if (noun === "talkgroup") this.choices.follow(push);
    else if (noun === "call") this.calls.handle(push);
    else if (noun === "video") this.videos.handle(push);
    else if (noun === "order") this.duty.handle(push);
    else if (noun === "visit") this.patrol.handle(push);
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
    this.changed("link");
  }

  async _startMedia() {
    const exchange = async (sdp) => {
      const reply = await this.ask({ kind: "media.offer", id: newId(), sdp });
      if (reply?.kind === "media.answer") return reply.sdp;
      if (reply) this.toast(reply.text, "bad");
      throw new LinkLostError();
    };
    try {
      await this.media.connect({ iceServers: this._iceServers, exchange });
    } catch (error) {
      if (!(error instanceof LinkLostError)) throw error;
      this.media.close();
    }
  }

  _mediaState(state) {
    if (state === "connected") {
      this.videos.online();
      this._pressIfUrgent();
    }
    if (state === "failed") {
      this.talk.voiceLost();
      this.link.networkReturned(); // is only the media gone, or everything?
      setTimeout(() => this.link.isOnline && this.media.state === "failed" && this._startMedia(), MEDIA_RETRY_MS);
    }
    this.changed("link");
  }

  async _settled(answer) {
    if (answer.entry.command.kind === "status.set") {
      if (answer.outcome === "refused") this.toast(answer.reply.text, "bad");
      return;
    }
    this.reporter.settled(answer);
    this.patrol.settled(answer);
    await this.duty.settled(answer);
  }

  _orderNews({ kind, order, reason }) {
    this.toast(this.words.text(`order.news.${kind}`, { title: order.title, reason }), kind === "cancelled" ? "bad" : "good");
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

  changed(topic) {
    for (const callback of this._watchers) callback(topic);
  }
}
