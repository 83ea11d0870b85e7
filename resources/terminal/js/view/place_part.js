// Where it is: the phone's own position, or a spot beside it, pointed at on rings about the phone, north up.

import { distance_m } from "./phrases.js";
import { button, h, setText, show } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const HALF_WIDE_M = 250;
const HALF_HIGH_M = 150;
const RINGS_M = [50, 100, 200];
const METRES_A_DEGREE = 111_320;
const DIRECTIONS = ["n", "ne", "e", "se", "s", "sw", "w", "nw"];

export class PlacePart {
  constructor({ terminal, words, onChange }) {
    Object.assign(this, { _terminal: terminal, _words: words, _onChange: onChange });
    this._tapped = null; // {east, north}: metres from where the phone was, `middle`, when it was tapped
    this.element = h("div", { class: "place-part" });
  }

  /** {lat, lon}, or null while the phone does not know where it is. */
  get chosen() {
    if (!this._tapped) return this._terminal.location.last;
    const { middle, east, north } = this._tapped;
    const wide = METRES_A_DEGREE * Math.cos((middle.lat * Math.PI) / 180);
    return { lat: round(middle.lat + north / METRES_A_DEGREE), lon: round(middle.lon + east / wide) };
  }

  build() {
    this._pin = shape("circle", { class: "pad-pin", r: 11 });
    const rings = RINGS_M.flatMap((radius) => [
      shape("circle", { class: "pad-ring", r: radius }),
      shape("text", { class: "pad-words", x: 4, y: radius - 4 }, this._words.text("report.metres", { count: radius })),
    ]);
    const north = shape("text", { class: "pad-words", x: 0, y: -HALF_HIGH_M + 18, "text-anchor": "middle" }, this._words.text("report.north"));
    const box = `${-HALF_WIDE_M} ${-HALF_HIGH_M} ${2 * HALF_WIDE_M} ${2 * HALF_HIGH_M}`;
    this._pad = shape("svg", { class: "pad", id: "report-pad", viewBox: box, role: "img", "aria-label": this._words.text("report.pad") });
    this._pad.append(...rings, north, shape("circle", { class: "pad-me", r: 6 }), this._pin);
    this._pad.addEventListener("click", (event) => this._tap(event));
    this._said = h("span", { id: "report-place" });
    this._back = button(this._words.text("report.here"), { icon: "pin", class: "quiet", id: "report-here", onPress: () => this.follow() });
    this.element.replaceChildren(this._pad, h("div", { class: "place-said" }, this._said, this._back));
    this.update();
  }

  /** The phone's own position again. */
  follow() {
    this._tapped = null;
    this.update();
    this._onChange();
  }

  update() {
    const { east, north } = this._tapped ?? { east: 0, north: 0 };
    this._pin.setAttribute("cx", east);
    this._pin.setAttribute("cy", -north);
    show(this._back, this._tapped !== null);
    setText(this._said, this._sentence());
  }

  _sentence() {
    const { location } = this._terminal;
    if (!this._tapped) return location.last ? this._words.text("report.at_phone") : this._words.text(`position.${location.state}`);
    const { middle, east, north } = this._tapped;
    const turn = Math.round((Math.atan2(east, north) / Math.PI) * 4 + 8) % 8;
    const direction = this._words.text(`report.direction.${DIRECTIONS[turn]}`);
    return this._words.text("report.beside", { direction, count: Math.round(distance_m(middle, this.chosen)) });
  }

  _tap(event) {
    const middle = this._tapped?.middle ?? this._terminal.location.last;
    if (!middle) return; // nothing to measure from yet
    const box = this._pad.getBoundingClientRect();
    const metres_a_pixel = (2 * HALF_WIDE_M) / box.width;
    const east = (event.clientX - box.left - box.width / 2) * metres_a_pixel;
    const north = (box.top + box.height / 2 - event.clientY) * metres_a_pixel;
    this._tapped = { middle, east, north };
    this.update();
    this._onChange();
  }
}

function shape(tag, attributes, text = null) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== null) element.textContent = text;
  return element;
}

function round(degrees) {
  return Math.round(degrees * 1e7) / 1e7;
}
