"""The far end of the forwarder without codecs, for the simulated fleet, tests and benches.

An idle aiortc peer costs 0.5 ms of CPU a second; one of these, its share of the forwarder included, 0.06 (measured)."""

import asyncio
import random
from collections.abc import Callable, Iterable

import msgspec

from comms.media import rtcp, rtp, sdp
from comms.media.client_stream import ClientStream
from comms.media.client_transport import ClientState, ClientTransport
from comms.media.dtls import Certificate
from comms.media.rtp import RtpPacket
from comms.media.sdp import CNAME, Codec, Direction, Line, MediaKind

_VIDEO_FEEDBACK = ("nack", "nack pli", "ccm fir")
OPUS = Codec(111, "opus", rtp.AUDIO_RATE_HZ, 2, "minptime=10;useinbandfec=1")
H264 = Codec(
    payload_type=102,
    name="h264",
    clock_rate_hz=rtp.VIDEO_RATE_HZ,
    format="level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
    feedback=_VIDEO_FEEDBACK,
)
VP8 = Codec(payload_type=96, name="vp8", clock_rate_hz=rtp.VIDEO_RATE_HZ, feedback=_VIDEO_FEEDBACK)


class MediaLine(msgspec.Struct, frozen=True):
    """One m-line of the offer."""

    mid: str
    kind: MediaKind
    direction: Direction
    codecs: tuple[Codec, ...]


TERMINAL_LINES = (
    MediaLine("0", MediaKind.AUDIO, Direction.SENDRECV, (OPUS,)),
    MediaLine("1", MediaKind.VIDEO, Direction.SENDONLY, (H264, VP8)),
)
DESK_LINES = (
    MediaLine("0", MediaKind.AUDIO, Direction.SENDRECV, (OPUS,)),
    *(MediaLine(str(mid), MediaKind.AUDIO, Direction.RECVONLY, (OPUS,)) for mid in range(1, 4)),
    *(MediaLine(str(mid), MediaKind.VIDEO, Direction.RECVONLY, (H264, VP8)) for mid in range(4, 10)),
)


class MediaFailedError(ConnectionError):
    """The media path did not come up, or is gone."""


class MediaClient:
    """One session. Belongs to the loop it was made on; callbacks come on it. `close` it, whatever happened."""

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        host: str = "127.0.0.1",
        lines: Iterable[MediaLine] = TERMINAL_LINES,
        certificate: Certificate | None = None,
    ) -> None:
        """`host` is the local address to bind. A certificate may serve all clients of one process."""
        self.on_audio: Callable[[str, RtpPacket], None] | None = None
        """Takes the mid of the slot and the packet, as it came: in any order, without those that were lost."""
        self.on_video: Callable[[str, RtpPacket], None] | None = None
        self.on_key_frame_request: Callable[[], None] | None = None
        self.on_state: Callable[[ClientState], None] | None = None
        self.reports: dict[MediaKind, rtcp.ReportBlock] = {}
        """What the gateway last said of the streams we send."""
        self._clock = clock
        self._lines = tuple(lines)
        self._certificate = certificate or Certificate()
        self._streams = {
            line.kind: ClientStream(line.kind, now=clock()) for line in self._lines if line.direction.sends
        }
        self._slots: dict[int, tuple[str, MediaKind]] = {}
        """By the SSRC the gateway sends on."""
        self._ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._transport = ClientTransport(
            host=host,
            certificate=self._certificate,
            clock=clock,
            on_rtp=self._on_rtp,
            on_rtcp=self._on_rtcp,
            on_state=self._on_transport_state,
            on_consent=self._send_reports,
        )

    @property
    def state(self) -> ClientState:
        return self._transport.state

    @property
    def video_codec(self) -> str | None:
        """What the gateway takes from us, after `accept`: `h264` or `vp8`."""
        stream = self._streams.get(MediaKind.VIDEO)
        return stream.codec if stream is not None else None

    def offer(self) -> str:
        host, port = self._transport.address
        transport = sdp.Transport(
            ice_ufrag=self._transport.ufrag,
            ice_pwd=self._transport.pwd,
            fingerprint=self._certificate.fingerprint,
            setup="actpass",
            host=host,
            port=port,
            is_ice_lite=False,
        )
        lines = [
            Line(
                mid=line.mid,
                kind=line.kind,
                direction=line.direction,
                codecs=line.codecs,
                ssrc=self._streams[line.kind].ssrc if line.direction.sends else None,
                has_rtcp_rsize=True,
            )
            for line in self._lines
        ]
        return sdp.write(transport, lines, session_id=random.getrandbits(62))

    def accept(self, answer_sdp: str) -> None:
        """Begin to connect. Raises SdpError for an answer that cannot be used."""
        answer = sdp.parse(answer_sdp)
        for section in answer.media:
            if section.is_rejected or not section.codecs:
                continue
            kind = MediaKind(section.kind)
            if section.direction.receives and kind in self._streams:
                stream = self._streams[kind]
                stream.payload_type, stream.codec = section.codecs[0].payload_type, section.codecs[0].name
            if section.direction.sends:
                self._slots.update((ssrc, (section.mid, kind)) for ssrc in section.ssrcs)
        try:
            self._transport.connect(answer)
        except ValueError as error:
            raise sdp.SdpError(str(error)) from error

    async def connected(self) -> None:
        """Returns when media flows. Raises MediaFailedError when it will not."""
        await asyncio.shield(self._ready)

    def check_now(self) -> None:
        """Tell the gateway our address, without waiting for the next check: after the network has changed."""
        self._transport.check_now()

    def close(self) -> None:
        self._transport.close()

    def send_audio(self, payload: bytes, samples: int, *, is_marked: bool = False) -> int:
        """One Opus packet of so many samples at 48 kHz; mark the first of a talk burst. Returns its RTP sequence
        number. Raises MediaFailedError when there is no path."""
        stream = self._stream(MediaKind.AUDIO)
        packet = stream.voice(payload, samples, is_marked=is_marked, now=self._clock())
        self._transport.send_rtp(rtp.build(packet))
        return packet.sequence

    def send_video(self, payloads: Iterable[bytes]) -> int | None:
        """The RTP payloads of one picture taken now. Returns the last sequence number. Raises MediaFailedError."""
        stream = self._stream(MediaKind.VIDEO)
        last: int | None = None
        for packet in stream.picture(payloads, now=self._clock()):
            protected = self._transport.send_rtp(rtp.build(packet))
            if protected is not None:
                stream.remember(packet.sequence, protected)
            last = packet.sequence
        return last

    def _stream(self, kind: MediaKind) -> ClientStream:
        stream = self._streams.get(kind)
        if stream is None or stream.codec is None or self.state is not ClientState.CONNECTED:
            raise MediaFailedError(f"no {kind} path to the gateway")
        return stream

    def request_key_frame(self, mid: str) -> None:
        """Ask for a fresh start of the picture on this slot."""
        for ssrc in self._ssrcs(mid):
            self._transport.send_rtcp(rtcp.key_frame_request(sender_ssrc=1, media_ssrc=ssrc))

    def request_repeat(self, mid: str, sequences: Iterable[int]) -> None:
        """Ask for lost packets of this slot again."""
        for ssrc in self._ssrcs(mid):
            self._transport.send_rtcp(rtcp.nack(sender_ssrc=1, media_ssrc=ssrc, sequences=sequences))

    def _ssrcs(self, mid: str) -> list[int]:
        return [ssrc for ssrc, slot in self._slots.items() if slot[0] == mid]

    def _on_rtp(self, plain: bytes) -> None:
        packet = rtp.parse(plain)
        slot = self._slots.get(packet.ssrc) if packet is not None else None
        if packet is None or slot is None:
            return
        mid, kind = slot
        callback = self.on_audio if kind is MediaKind.AUDIO else self.on_video
        if callback is not None:
            callback(mid, packet)

    def _on_rtcp(self, plain: bytes) -> None:
        for feedback in rtcp.parse(plain):
            match feedback:
                case rtcp.KeyFrameRequest():
                    if self.on_key_frame_request is not None:
                        self.on_key_frame_request()
                case rtcp.Nack():
                    self._repeat(feedback)
                case rtcp.ReceiverReport(_, blocks):
                    for kind, stream in self._streams.items():
                        self.reports.update((kind, block) for block in blocks if block.ssrc == stream.ssrc)
                case rtcp.SenderReport() | rtcp.Bye():
                    pass  # nothing here plays sound and picture together

    def _repeat(self, nack: rtcp.Nack) -> None:
        for stream in self._streams.values():
            if stream.ssrc == nack.media_ssrc:
                for protected in stream.repeats(nack.sequences):
                    self._transport.send_protected(protected)

    def _send_reports(self) -> None:
        now = self._clock()
        for stream in self._streams.values():
            report = stream.report(now=now, ntp_time=rtcp.ntp(now))
            if report is not None:
                self._transport.send_rtcp(rtcp.sender_report(report, cname=CNAME))

    def _on_transport_state(self, state: ClientState) -> None:
        if not self._ready.done():
            if state is ClientState.CONNECTED:
                self._ready.set_result(None)
            elif state in (ClientState.FAILED, ClientState.CLOSED):
                self._ready.set_exception(MediaFailedError("the media path did not come up"))
                self._ready.exception()  # nobody may be waiting
        if self.on_state is not None:
            self.on_state(state)
