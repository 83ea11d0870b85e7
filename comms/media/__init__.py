"""WebRTC: the forwarder, the client transport, voice, video, recording, devices."""
