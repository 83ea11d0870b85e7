"""A simulated terminal's voice and video path: set up once a connection, then only counted, talked and filmed on."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from comms.fleet.speech import Words
from comms.fleet.synthesis import Utterance
from comms.fleet.terminal_link import TerminalLink
from comms.link.line import LinkLostError
from comms.media.client import MediaClient, MediaFailedError
from comms.media.client_transport import ClientState
from comms.media.dtls import Certificate
from comms.media.rtp import AUDIO_RATE_HZ, RtpPacket
from comms.media.sdp import SdpError
from comms.media.voice import VoicePacket
from comms.protocol.commands import MediaOffer
from comms.protocol.pushes import MediaAnswer, Push


@dataclass(slots=True)
class Heard:
    """Voice that came in, since the terminal was made. Times are monotonic seconds."""

    packets: int = 0
    bytes: int = 0
    first_at: float | None = None
    last_at: float | None = None
    last_sequence: int | None = None


class MediaPath:
    """`open` after every sign-in, `close` with the connection. `on_up` and `on_down` tell when media flows.

    `on_packet`, when set, gets every received voice packet with its slot."""

    def __init__(
        self,
        link: TerminalLink,
        *,
        certificate: Certificate,
        monotonic: Callable[[], float],
        on_up: Callable[[], None],
        on_down: Callable[[], None],
        on_key_frame_request: Callable[[], None],
    ) -> None:
        self.heard = Heard()
        self.on_packet: Callable[[str, RtpPacket], None] | None = None
        self._link = link
        self._certificate = certificate
        self._monotonic = monotonic
        self._on_up, self._on_down = on_up, on_down
        self._on_key_frame_request = on_key_frame_request
        self._client: MediaClient | None = None
        self._is_up = False

    @property
    def is_up(self) -> bool:
        return self._is_up

    @property
    def video_codec(self) -> str | None:
        return self._client.video_codec if self._client is not None else None

    def open(self) -> None:
        self.close()
        client = MediaClient(clock=self._monotonic, host=self._link.local_host, certificate=self._certificate)
        client.on_audio = self._take_voice
        client.on_key_frame_request = self._on_key_frame_request
        client.on_state = lambda state: self._state_changed(client, state)
        self._client = client
        asking = self._link.asking
        answer = asking.request(MediaOffer(id=asking.new_id(), sdp=client.offer()))
        answer.add_done_callback(lambda future: self._answered(client, future))

    def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()
        self._go_down()

    def send_voice(self, packet: VoicePacket, *, is_first: bool) -> int | None:
        """The RTP sequence number, or None when there is no path."""
        if self._client is None:
            return None
        try:
            return self._client.send_audio(packet.payload, packet.samples, is_marked=is_first)
        except MediaFailedError:
            return None

    def send_picture(self, payloads: Iterable[bytes]) -> None:
        """Lost without a path, as pictures are."""
        if self._client is not None and self._is_up:
            self._client.send_video(payloads)

    def _answered(self, client: MediaClient, future: "asyncio.Future[Push]") -> None:
        if client is not self._client or future.cancelled():
            return
        error = future.exception()
        if isinstance(error, LinkLostError):
            return  # link_down closes this path
        answer = future.result()
        if not isinstance(answer, MediaAnswer):
            self.close()  # refused: the terminal goes on without a voice
            return
        try:
            client.accept(answer.sdp)
        except SdpError:
            self.close()

    def _state_changed(self, client: MediaClient, state: ClientState) -> None:
        if client is not self._client:
            return
        if state is ClientState.CONNECTED:
            self._is_up = True
            self._on_up()
        elif state is ClientState.FAILED:  # also one that never came up
            self._is_up = False
            self._on_down()

    def _go_down(self) -> None:
        if self._is_up:
            self._is_up = False
            self._on_down()

    def _take_voice(self, mid: str, packet: RtpPacket) -> None:
        heard = self.heard
        now = self._monotonic()
        if heard.first_at is None:
            heard.first_at = now
        heard.last_at, heard.last_sequence = now, packet.sequence
        heard.packets += 1
        heard.bytes += len(packet.payload)
        if self.on_packet is not None:
            self.on_packet(mid, packet)


class Mouth:
    """Sends speech in real time while it is open, whatever clock a drill keeps: voice is never faster than life."""

    def __init__(self, media: MediaPath, words: Callable[[int], Words]) -> None:
        """`words(frame_ms)` is what is said, over and over, by who has nothing else to say."""
        self.sent = 0
        self.is_quiet = False
        """Who has nothing else to say is silent."""
        self._media = media
        self._words_at = words
        self._utterance: Utterance | None = None
        self._is_lent = False
        self._said = asyncio.Event()
        self._timer: asyncio.Handle | None = None
        self._is_open = False
        self._due = 0.0
        self._words: Words | None = None
        self._at = 0
        self._last_sequence: int | None = None

    @property
    def is_open(self) -> bool:
        return self._is_open

    def prepare(self, utterance: Utterance | None) -> None:
        """What is said when it opens next, once, and silence after it. None: what it always says."""
        self._utterance = utterance

    def lend(self, *, is_lent: bool) -> None:
        """Somebody else speaks with it: only what is handed to `pass_on` goes out."""
        self._is_lent = is_lent
        if is_lent:
            self._stop()
        elif self._is_open:
            self._said.set()

    def pass_on(self, packet: VoicePacket) -> None:
        """A packet of whoever speaks with this mouth; lost while it is closed."""
        if self._is_open and self._is_lent:
            self._send(packet)

    async def said(self) -> None:
        """Returns when what was prepared has been said, or the mouth was closed."""
        await self._said.wait()

    def open(self, frame_ms: int) -> None:
        if self._is_open:
            return
        self._is_open = True
        self._at, self._last_sequence = 0, None
        self._said.clear()
        if self._is_lent:
            return
        is_idle = self._utterance is None and not self.is_quiet
        self._words = self._words_at(frame_ms) if is_idle else None
        loop = asyncio.get_running_loop()
        self._due = loop.time()
        self._timer = loop.call_soon(self._say)

    def close(self) -> int | None:
        """The RTP sequence number of the last packet of this burst, if any was sent."""
        self._is_open, self._utterance = False, None
        self._said.set()
        self._stop()
        return self._last_sequence

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _say(self) -> None:
        packet = self._next()
        if packet is None:
            self._timer = None
            self._said.set()
            return
        self._send(packet)
        loop = asyncio.get_running_loop()
        frame_s = packet.samples / AUDIO_RATE_HZ
        self._due = max(self._due + frame_s, loop.time() - 5 * frame_s)
        self._timer = loop.call_at(self._due, self._say)

    def _next(self) -> VoicePacket | None:
        if self._words is not None:
            return self._words.packet(self._at)
        return self._utterance.packet(self._at) if self._utterance is not None else None

    def _send(self, packet: VoicePacket) -> None:
        sequence = self._media.send_voice(packet, is_first=self._at == 0)
        if sequence is not None:
            self._last_sequence = sequence
            self.sent += 1
        self._at += 1
