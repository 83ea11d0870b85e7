// The camera for video, and photos made small enough for a bad network.

const WIDTH = 640;
const HEIGHT = 360;
const FRAMES = 15;
const PHOTO_EDGE = 1600;
const PHOTO_QUALITY = 0.8;

export class Camera {
  constructor({ devices = navigator.mediaDevices } = {}) {
    this._devices = devices;
    this.facing = "environment";
    this.stream = null;
  }

  get track() {
    return this.stream?.getVideoTracks()[0] ?? null;
  }

  /** Rejects when the user or the phone refuses. */
  async open() {
    if (this.track?.readyState === "live") return this.stream;
    this.stream = await this._devices.getUserMedia({
      video: { width: { ideal: WIDTH }, height: { ideal: HEIGHT }, frameRate: { max: FRAMES }, facingMode: this.facing },
    });
    return this.stream;
  }

  /** The other side of the phone. Phones allow one camera at a time, so the first is closed before. */
  async switchSide() {
    const before = this.facing;
    this.facing = before === "environment" ? "user" : "environment";
    this.close();
    try {
      return await this.open();
    } catch {
      this.facing = before;
      return this.open();
    }
  }

  close() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
  }
}

/** A picture file as {id, media_type, data, preview}: JPEG, longest edge 1600 px, id = SHA-256 of the bytes. */
export async function preparePhoto(file) {
  const image = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, PHOTO_EDGE / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(image.width * scale);
  canvas.height = Math.round(image.height * scale);
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", PHOTO_QUALITY));
  const bytes = new Uint8Array(await blob.arrayBuffer());
  return {
    id: await sha256(bytes),
    media_type: "image/jpeg",
    data: toBase64(bytes),
    preview: URL.createObjectURL(blob),
  };
}

async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function toBase64(bytes) {
  let text = "";
  const step = 0x8000; // String.fromCharCode takes no more arguments at once on some phones
  for (let at = 0; at < bytes.length; at += step) text += String.fromCharCode(...bytes.subarray(at, at + step));
  return btoa(text);
}
