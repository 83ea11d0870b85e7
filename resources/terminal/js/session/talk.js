// Press-to-talk: one floor participant for each affiliated talkgroup, the button on the selected one.

import { FloorParticipant, Own } from "../core/floor.js";
import { newId } from "../core/protocol.js";
import { Alarm } from "../device/clock.js";

const EVENTS = {
  "floor.granted": "granted",
  "floor.denied": "denied",
  "floor.queued": "queued",
  "floor.taken": "taken",
  "floor.idle": "idle",
  "floor.revoked": "revoked",
};

export class Talk {
  /** `ask(command)` resolves with the reply, or null when the connection ended first. */
  constructor({ clock, media, tones, ask, onChange }) {
    Object.assign(this, { _clock: clock, _media: media, _tones: tones, _ask: ask, _onChange: onChange });
    this._machines = new Map();
    this._pressed = null; // the participant whose floor was asked for, whatever is selected meanwhile
    this._alarm = new Alarm({ clock, ring: () => this._tick() });
    this.talkgroups = [];
    this.affiliated = [];
    this._party = null;
  }

  configure({ party, talkgroups, affiliated }) {
    this.talkgroups = talkgroups;
    this._party = party;
    this._machines = new Map(affiliated.map((id) => [id, this._machineOf(id)]));
    this.affiliated = affiliated;
    this._onChange();
  }

  /** An officer calls this unit into an ad-hoc talkgroup: it is the selected one until it is removed. */
  add(talkgroup) {
    const others = (ids) => ids.filter((id) => id !== talkgroup.id);
    const talkgroups = [talkgroup, ...this.talkgroups.filter(({ id }) => id !== talkgroup.id)];
    this.configure({ party: this._party, talkgroups, affiliated: [talkgroup.id, ...others(this.affiliated)] });
  }

  remove(talkgroupId) {
    const machine = this._machines.get(talkgroupId);
    if (machine) this._run(machine, machine.linkLost(this._clock.now()));
    if (this._pressed === machine) this._pressed = null;
    const affiliated = this.affiliated.filter((id) => id !== talkgroupId);
    this.configure({ party: this._party, talkgroups: this.talkgroups.filter(({ id }) => id !== talkgroupId), affiliated });
  }

  /** These, and before them the ad-hoc talkgroups among `talkgroups` that are not named: an officer's call is not left. */
  withCalled(ids, talkgroups = this.talkgroups) {
    const called = talkgroups.filter(({ is_ad_hoc, id }) => is_ad_hoc && !ids.includes(id));
    return [...called.map(({ id }) => id), ...ids];
  }

  get selected() {
    return this._machines.get(this.affiliated[0]) ?? null;
  }

  /** Others than the selected one in which somebody talks: [{name, talker}]. */
  get elsewhere() {
    return [...this._machines.values()]
      .filter((machine) => machine !== this.selected && machine.talker && this.affiliated.includes(machine.talkgroupId))
      .map((machine) => ({ name: this.nameOf(machine.talkgroupId), talker: machine.talker }));
  }

  nameOf(talkgroupId) {
    return this.talkgroups.find((talkgroup) => talkgroup.id === talkgroupId)?.name ?? talkgroupId;
  }

  get isTalking() {
    return this._pressed?.own === Own.GRANTED;
  }

  /** Seconds left of the talk time, or null. */
  get remaining_s() {
    const endsAt = this.selected?.endsAt ?? null;
    return endsAt === null ? null : Math.max(0, endsAt - this._clock.now());
  }

  press({ isEmergency = false } = {}) {
    const machine = this.selected;
    if (!machine) return;
    this._pressed = machine;
    this._run(machine, machine.press(this._clock.now(), { isEmergency }));
  }

  letGo() {
    if (this._pressed?.isHeld) this._run(this._pressed, this._pressed.letGo(this._clock.now()));
  }

  leaveQueue() {
    if (this.selected) this._run(this.selected, this.selected.leaveQueue(this._clock.now()));
  }

  handle(push) {
    const event = EVENTS[push.kind];
    if (!event) return;
    // Made on first hearing of it: who talks now may be told before the welcome has been taken in.
    const machine = this._machineOf(push.talkgroup_id);
    this._machines.set(push.talkgroup_id, machine);
    this._run(machine, machine[event](push, this._clock.now()));
  }

  _machineOf(talkgroupId) {
    const machine = this._machines.get(talkgroupId) ?? new FloorParticipant({ talkgroupId });
    machine.party = this._party;
    return machine;
  }

  voiceLost() {
    for (const machine of this._machines.values()) this._run(machine, machine.voiceLost(this._clock.now()));
  }

  linkLost() {
    for (const machine of this._machines.values()) this._run(machine, machine.linkLost(this._clock.now()));
  }

  _tick() {
    const now = this._clock.now();
    for (const machine of this._machines.values()) this._run(machine, machine.tick(now));
  }

  _run(machine, effects) {
    for (const effect of effects) this._do(machine, effect);
    const deadlines = [...this._machines.values()].map((each) => each.deadline).filter((at) => at !== null);
    this._alarm.set(deadlines.length ? Math.min(...deadlines) : null);
    this._onChange();
  }

  _do(machine, effect) {
    switch (effect.do) {
      case "request":
        this._request(machine);
        break;
      case "ack":
        this._ask({ kind: "floor.ack", id: newId(), talkgroup_id: machine.talkgroupId, floor_seq: effect.floorSeq });
        break;
      case "talk":
        this._media.open();
        break;
      case "hush":
        this._media.shut();
        break;
      case "release":
        this._media.shut().then(() => this._release(machine));
        break;
      case "leave":
        this._release(machine);
        break;
      case "tone":
        if (effect.tone !== "incoming" || machine === this.selected) this._tones.play(effect.tone);
        break;
      default:
        throw new Error(`no such effect: ${effect.do}`);
    }
  }

  async _request(machine) {
    const emergency = machine.isEmergency ? { is_emergency: true } : {};
    const reply = await this._ask({ kind: "floor.request", id: newId(), talkgroup_id: machine.talkgroupId, ...emergency });
    if (reply?.kind === "refused") this._run(machine, machine.refused(reply.text, this._clock.now()));
  }

  async _release(machine) {
    const reply = await this._ask({ kind: "floor.release", id: newId(), talkgroup_id: machine.talkgroupId });
    if (reply) this._run(machine, machine.released(this._clock.now()));
  }
}
