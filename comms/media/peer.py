"""The desk's end of the media path, on aiortc 1.16.0: its ICE, DTLS and sending, but our own receiving.

Two private places of aiortc are used, and tests/integration/test_media_peer.py fails should they go: a receiver's
`_handle_rtp_packet` is replaced, so that nothing meets aiortc's jitter buffers; and the transport's `_send_rtp` is
watched, to know the sequence number of the last voice packet, and used for our own feedback.
"""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from functools import partial
from typing import Any

from aiortc import (
    InvalidStateError,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCIceServer,
    RTCPeerConnection,
    RTCRtpReceiver,
    RTCSessionDescription,
)

from comms.media import rtp, sdp
from comms.media.opus import Pcm
from comms.media.pcm import Mixer, PcmSink, PcmSource
from comms.media.picture import VideoPicture
from comms.media.sdp import Description
from comms.media.tiles import VideoTile, to_packet
from comms.media.voice import LevelMeter, VoiceReceiver
from comms.media.voice_track import VoiceTrack

AUDIO_SLOTS = ("0", "1", "2", "3")
VIDEO_SLOTS = ("4", "5", "6", "7", "8", "9")


class PeerState(StrEnum):
    NEW = "new"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    LOST = "lost"
    """Make a new peer and a new offer."""
    CLOSED = "closed"


_STATES = {
    "connecting": PeerState.CONNECTING,
    "connected": PeerState.CONNECTED,
    "failed": PeerState.LOST,
    "closed": PeerState.LOST,
}


class DeskPeer:
    """One session of one desk. Belongs to the loop it was made on; `close` it in any case."""

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        source: PcmSource,
        sink: PcmSink,
        ice_servers: Iterable[RTCIceServer] = (),
        on_video_frame: Callable[[str, VideoPicture], None] | None = None,
        on_state: Callable[[PeerState], None] | None = None,
    ) -> None:
        """`on_video_frame` takes the slot's mid; only the newest picture is ever given. Callbacks come on the loop."""
        self.state = PeerState.NEW
        self.on_video_frame = on_video_frame
        self.on_state = on_state
        self.mixer = Mixer()
        self.voices: dict[str, VoiceReceiver] = {mid: VoiceReceiver(clock=clock) for mid in AUDIO_SLOTS}
        """By mid: their meters and statistics."""
        self.microphone = LevelMeter()
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._source, self._sink = source, sink
        self._track = VoiceTrack(clock=clock)
        self._tiles: list[VideoTile] = []
        self._decoding = ThreadPoolExecutor(max_workers=1, thread_name_prefix="video-decoding")
        self._last_sent: int | None = None
        self._sent = 0
        self._voice_ssrc = -1
        # An empty list matters: aiortc's default asks a public STUN server.
        configuration = RTCConfiguration(iceServers=list(ice_servers), bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        self._connection: Any = RTCPeerConnection(configuration)
        self._connecting: Connecting | None = None
        self._connection.on("connectionstatechange", self._on_connection_state)
        self._connected: asyncio.Future[None] = self._loop.create_future()
        for mid, voice in self.voices.items():
            self.mixer.add(mid, voice.pull)

    async def offer(self) -> str:
        """The one offer of this session."""
        self._connection.addTransceiver(self._track, direction="sendrecv")
        for _ in AUDIO_SLOTS[1:]:
            self._connection.addTransceiver("audio", direction="recvonly")
        for _ in VIDEO_SLOTS:
            transceiver = self._connection.addTransceiver("video", direction="recvonly")
            # Before the offer is made, or aiortc packs H.264 as VP8.
            transceiver.setCodecPreferences(_h264_first())
        include_loopback(self._connection)
        self._connecting = Connecting(self._connection, is_closed=lambda: self.state is PeerState.CLOSED)
        await self._connection.setLocalDescription(await self._connection.createOffer())
        text: str = self._connection.localDescription.sdp
        return text

    async def accept(self, answer_sdp: str) -> None:
        """Begin to connect. Raises ValueError for an answer that cannot be used."""
        answer = sdp.parse(answer_sdp)  # aiortc's own parser fails in many ways
        await self._connection.setRemoteDescription(RTCSessionDescription(answer_sdp, "answer"))
        self._take_over_receiving(answer)
        self._watch_sending(self._connection.getTransceivers()[0].sender)
        self._source.start(self._on_block)
        self._sink.start(self.mixer.pull)

    def _take_over_receiving(self, answer: Description) -> None:
        codecs = {section.mid: {codec.payload_type: codec.name for codec in section.codecs} for section in answer.media}
        for transceiver in self._connection.getTransceivers():
            receiver, mid = transceiver.receiver, transceiver.mid
            if mid in self.voices:
                receiver._handle_rtp_packet = partial(self._on_voice, self.voices[mid])
            else:
                tile = VideoTile(
                    codecs.get(mid, {}),
                    clock=self._clock,
                    executor=self._decoding,
                    on_picture=partial(self._on_picture, mid),
                    send_rtcp=partial(self._send_rtcp, receiver),
                )
                receiver._handle_rtp_packet = tile.on_packet
                self._tiles.append(tile)

    async def connected(self) -> None:
        """Returns when media flows. Raises ConnectionError when it will not."""
        await asyncio.shield(self._connected)

    def start_talking(self, frame_ms: int = 20) -> None:
        """From now on the microphone is sent. Call it when the floor is granted, not before."""
        self._track.begin(frame_ms)

    def stop_talking(self) -> int | None:
        """Send what has been said to its last sample, then nothing. Returns the RTP sequence number of the last voice
        packet, also while that is still on its way out; None when none was ever sent."""
        self._track.end()
        if self._last_sent is None:
            return None
        return (self._last_sent + self._track.made - self._sent) & 0xFFFF

    @property
    def is_talking(self) -> bool:
        return self._track.is_talking

    async def close(self) -> None:
        if self.state is PeerState.CLOSED:
            return
        self._change(PeerState.CLOSED)
        self._source.stop()
        self._sink.stop()
        for tile in self._tiles:
            tile.close()
        self._track.stop()
        await self._connection.close()
        if self._connecting is not None:
            await self._connecting.ended()
        self._decoding.shutdown(cancel_futures=True)

    async def _on_voice(self, voice: VoiceReceiver, packet: Any, arrival_time_ms: int) -> None:
        """In place of RTCRtpReceiver._handle_rtp_packet."""
        voice.put(to_packet(packet))

    async def _send_rtcp(self, receiver: Any, packet: bytes) -> None:
        try:
            await receiver.transport._send_rtp(packet)
        except ConnectionError:
            pass  # the state says so

    def _on_picture(self, mid: str, picture: VideoPicture) -> None:
        if self.on_video_frame is not None and self.state is not PeerState.CLOSED:
            self.on_video_frame(mid, picture)

    def _on_block(self, pcm: Pcm) -> None:
        """On the source's thread."""
        try:
            self._loop.call_soon_threadsafe(self._take_block, pcm)
        except RuntimeError:
            pass  # the loop has gone; the device is just being told

    def _take_block(self, pcm: Pcm) -> None:
        self.microphone.feed(pcm)
        self._track.feed(pcm)

    def _watch_sending(self, sender: Any) -> None:
        self._voice_ssrc = sender._ssrc
        transport = sender.transport
        send = transport._send_rtp

        async def send_and_note(data: bytes) -> None:
            await send(data)
            packet = rtp.parse(data)
            if packet is not None and packet.ssrc == self._voice_ssrc and not rtp.is_rtcp(data):
                self._last_sent = packet.sequence
                self._sent += 1

        transport._send_rtp = send_and_note

    def _on_connection_state(self) -> None:
        state = _STATES.get(self._connection.connectionState)
        if state is not None and self.state is not PeerState.CLOSED:
            self._change(state)

    def _change(self, state: PeerState) -> None:
        if state is self.state:
            return
        self.state = state
        if not self._connected.done():
            if state is PeerState.CONNECTED:
                self._connected.set_result(None)
            elif state in (PeerState.LOST, PeerState.CLOSED):
                self._connected.set_exception(ConnectionError("the media path did not come up"))
                self._connected.exception()  # nobody may be waiting
        if self.on_state is not None:
            self.on_state(state)


def _h264_first() -> list[Any]:
    capabilities: Any = RTCRtpReceiver.getCapabilities("video")
    codecs = capabilities.codecs
    h264 = [codec for codec in codecs if codec.mimeType.lower() == "video/h264"]
    vp8 = [codec for codec in codecs if codec.mimeType.lower() == "video/vp8"]
    return [*h264, *vp8]


def include_loopback(connection: Any) -> None:
    """Let ICE use 127.0.0.1 on a machine that has no other address: aioice leaves it out, and a desk that carries its
    gateway within itself must work without any network."""
    gatherer = connection.getTransceivers()[0].sender.transport.transport.iceGatherer
    gather = gatherer._connection.get_component_candidates

    async def gather_here(component: int, addresses: list[str], timeout: int = 5) -> list[Any]:
        candidates: list[Any] = await gather(component, addresses or ["127.0.0.1"], timeout)
        return candidates

    gatherer._connection.get_component_candidates = gather_here


class Connecting:
    """aiortc 1.16 and aioice 0.10 go on connecting when they are closed meanwhile. They would then check consent, send
    and receive for ever, and leave an exception that nobody asked for."""

    def __init__(self, connection: Any, *, is_closed: Callable[[], bool]) -> None:
        self._connection = connection
        self._is_closed = is_closed
        self._tasks: set[asyncio.Task[Any]] = set()
        self._ice = connection.getTransceivers()[0].sender.transport.transport.iceGatherer._connection
        self._connect_ice, self._ice.connect = self._ice.connect, self._connect_ice_unless_closed
        self._connect_all = connection._RTCPeerConnection__connect
        connection._RTCPeerConnection__connect = self._connect_all_unless_closed

    async def ended(self) -> None:
        """Once the connection is closed: until nothing of it runs."""
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _connect_ice_unless_closed(self) -> None:
        await self._connect_ice()
        if self._is_closed():
            await self._ice.close()

    async def _connect_all_unless_closed(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            await self._connect_all()
        except InvalidStateError:
            if not self._is_closed():
                raise
        if self._is_closed():
            for transceiver in self._connection.getTransceivers():
                await transceiver.stop()
