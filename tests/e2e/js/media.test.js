import { Media } from "/terminal/js/device/media.js";
import { equal, test } from "./check.js";

/** Have `media` closed when `owner[name]` has done its part the first time; gives back how to undo that. */
function closeAfter(owner, name, media) {
  const plainly = owner[name];
  owner[name] = async function (...args) {
    const result = await plainly.apply(this, args);
    media.close();
    return result;
  };
  return () => (owner[name] = plainly);
}

for (const [owner, name] of [
  [RTCPeerConnection.prototype, "createOffer"],
  [RTCPeerConnection.prototype, "setLocalDescription"],
  [RTCRtpSender.prototype, "setParameters"],
]) {
  test(`media that is closed during ${name} asks for nothing and does not complain`, async () => {
    const states = [];
    const media = new Media({ player: new Audio(), onState: (state) => states.push(state) });
    let asked = 0;
    const undo = closeAfter(owner, name, media);
    try {
      await media.connect({ iceServers: [], exchange: async () => (asked += 1) });
    } finally {
      undo();
    }
    equal([asked, media.state, states.at(-1)], [0, "off", "off"]);
  });
}
