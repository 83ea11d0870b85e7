// Photos of a form: thumbnails that go away when tapped, and a button that opens the camera.

import { preparePhoto } from "../device/camera.js";
import { h, icon } from "./dom.js";

const MOST_PHOTOS = 6;

export class PhotoPart {
  /** `id` is the file field's. */
  constructor({ terminal, words, id, onChange = () => {} }) {
    Object.assign(this, { _terminal: terminal, _words: words, _id: id, _onChange: onChange });
    this.photos = []; // prepared photos
    this.element = h("div", { class: "photos" });
    this.build();
  }

  build() {
    const input = h("input", { type: "file", accept: "image/*", capture: "environment", class: "file", id: this._id });
    input.addEventListener("change", () => this._add(input));
    const add = h("label", { class: "button", for: this._id }, icon("photo"), h("span", {}, this._words.text("order.photo_add")));
    const thumbs = this.photos.map((photo, index) => this._thumb(photo, index + 1));
    this.element.replaceChildren(...thumbs, input, ...(this.photos.length < MOST_PHOTOS ? [add] : []));
  }

  clear() {
    for (const photo of this.photos) URL.revokeObjectURL(photo.preview);
    this.photos = [];
    this.build();
  }

  _thumb(photo, number) {
    const label = this._words.text("order.photo_remove", { number });
    const remove = () => this._remove(photo);
    return h("button", { class: "thumb", "aria-label": label, on: { click: remove } }, h("img", { src: photo.preview, alt: "" }), icon("cross"));
  }

  async _add(input) {
    const [file] = input.files;
    if (!file) return;
    try {
      const photo = await preparePhoto(file);
      if (!this.photos.some((other) => other.id === photo.id)) this.photos.push(photo);
    } catch {
      this._terminal.toast(this._words.text("order.photo_failed"), "bad"); // no picture the browser can read
    }
    this.build();
    this._onChange();
  }

  _remove(photo) {
    URL.revokeObjectURL(photo.preview);
    this.photos = this.photos.filter((other) => other !== photo);
    this.build();
    this._onChange();
  }
}
