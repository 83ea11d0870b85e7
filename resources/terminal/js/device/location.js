// Where the phone is: a Geolocation watch, read once an interval, with the battery's level.

import { toFix } from "../core/track.js";

export class Location {
  constructor({ clock, onFix, onState, geolocation = navigator.geolocation, battery = navigator.getBattery?.bind(navigator) }) {
    this.state = "off"; // off, waiting, fixed, refused, unavailable
    this.last = null;
    this._clock = clock;
    this._onFix = onFix;
    this._onState = onState;
    this._geolocation = geolocation;
    this._getBattery = battery;
    this._battery = null;
    this._watch = null;
    this._timer = null;
    this._interval_s = 5;
    this._newest = null;
    this._reportedAt = 0;
  }

  start() {
    if (this._watch !== null) return;
    if (!this._geolocation) return this._enter("unavailable");
    this._enter("waiting");
    const options = { enableHighAccuracy: true, maximumAge: 2000, timeout: 30_000 };
    this._watch = this._geolocation.watchPosition((position) => this._read(position), (error) => this._fail(error), options);
    this._getBattery?.().then((battery) => (this._battery = battery)).catch(() => {});
    this._schedule();
  }

  set interval_s(value) {
    this._interval_s = value;
    if (this._timer) this._schedule();
  }

  stop() {
    if (this._watch !== null) this._geolocation.clearWatch(this._watch);
    clearInterval(this._timer);
    this._watch = this._timer = null;
    this._enter("off");
  }

  _schedule() {
    clearInterval(this._timer);
    this._timer = setInterval(() => this._sample(), this._interval_s * 1000);
  }

  _read(position) {
    const isFirst = this._newest === null;
    this._newest = position;
    this.last = { lat: position.coords.latitude, lon: position.coords.longitude };
    this._enter("fixed");
    if (isFirst) this._sample(); // the desk sees a terminal that signs in at once
  }

  _sample() {
    const position = this._newest;
    if (!position || position.timestamp <= this._reportedAt) return;
    this._reportedAt = position.timestamp;
    const batteryPct = this._battery ? this._battery.level * 100 : null;
    this._onFix(toFix(position, { offset_s: this._clock.offset_s, batteryPct }));
  }

  _fail(error) {
    if (error.code === error.PERMISSION_DENIED) this._enter("refused");
    else if (this._newest === null) this._enter("unavailable");
  }

  _enter(state) {
    if (state === this.state) return;
    this.state = state;
    this._onState();
  }
}
