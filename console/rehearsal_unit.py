"""A worker of the rehearsal: a real terminal session with voice and camera, whose hands the script moves.

It counts what it really receives, on the same clock as the desk's press, so that "the listener heard it" is a
measurement and not a belief. Lives on the comms thread.
"""

import asyncio
import secrets
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import numpy as np

from comms.domain.ids import CallId, OrderId, TalkgroupId, UnitId, VideoId
from comms.domain.order import AssignmentState
from comms.domain.position import Fix
from comms.link.client import Link
from comms.link.clock import Clock
from comms.link.state import LinkPhase, LinkState
from comms.media.client import MediaClient, MediaFailedError
from comms.media.opus import Pcm
from comms.media.rtp import AUDIO_RATE_HZ, RtpPacket
from comms.media.video import film_card
from comms.media.voice import VoiceSender
from comms.protocol import commands as cmd
from comms.protocol import pushes
from comms.protocol.commands import Command
from comms.protocol.pushes import Push
from comms.protocol.version import PROTOCOL_VERSION
from console.actions.requester import NewId

P = TypeVar("P", bound=Push)
_FRAME_MS = 20
DEVICE_NAME = "rehearsal"
WALK: tuple[AssignmentState, ...] = (
    AssignmentState.READ,
    AssignmentState.ACCEPTED,
    AssignmentState.EN_ROUTE,
    AssignmentState.ON_SCENE,
    AssignmentState.COMPLETED,
)
"""What a diligent worker does with an order, after `delivered`."""


class FieldUnit:
    def __init__(self, url: str, unit_id: UnitId, code: str, *, clock: Clock, new_id: NewId) -> None:
        self.unit_id = unit_id
        self._new_id = new_id
        self._clock = clock
        self._code, self._device_key = code, secrets.token_urlsafe(32)
        self._device_token: str | None = None
        self._pushes: list[Push] = []
        self._moved = asyncio.Event()
        self._media = MediaClient(clock=clock.monotonic)
        self._media.on_audio = self._hear
        self._tasks: set[asyncio.Task[None]] = set()
        self._link = Link(
            url,
            sign_in=self._sign_in,
            on_push=self._on_push,
            on_positions=lambda frame: None,
            on_state=self._on_state,
            clock=clock,
        )
        self.is_online = False
        self.heard_packets = 0
        self.first_heard_at: float | None = None
        """Of what was heard since `listen_anew`; monotonic seconds."""

    # --- life -----------------------------------------------------------------------------------------

    async def start(self, *, timeout_s: float) -> None:
        """Signed in, with voice and camera up."""
        self._spawn(self._link.run())
        async with asyncio.timeout(timeout_s):
            await self._until(lambda: self.is_online)
            answer = await self._link.request(cmd.MediaOffer(id=self._new_id(), sdp=self._media.offer()))
            if not isinstance(answer, pushes.MediaAnswer):
                raise ConnectionError(f"no media for {self.unit_id}: {answer!r}")
            self._media.accept(answer.sdp)
            await self._media.connected()

    async def stop(self) -> None:
        await self._link.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._media.close()

    def _sign_in(self) -> Command:
        if self._device_token is None:
            return cmd.TerminalEnrol(
                id=self._new_id(),
                protocol=PROTOCOL_VERSION,
                code=self._code,
                device_key=self._device_key,
                device_name=DEVICE_NAME,
            )
        return cmd.TerminalSignIn(id=self._new_id(), protocol=PROTOCOL_VERSION, device_token=self._device_token)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- what it does -----------------------------------------------------------------------------------

    async def request(self, command: Command) -> Push:
        return await self._link.request(command)

    async def stand_at(self, lat: float, lon: float) -> None:
        fix = Fix(at=self._clock.now(), lat=lat, lon=lon, accuracy_m=5.0, speed_mps=0.0, battery_pct=88)
        await self.request(cmd.PositionReport(id=self._new_id(), fixes=(fix,)))

    async def affiliate(self, talkgroup_id: TalkgroupId) -> None:
        await self.request(cmd.AffiliationSet(id=self._new_id(), talkgroup_ids=(talkgroup_id,)))

    def listen_anew(self) -> None:
        self.heard_packets, self.first_heard_at = 0, None

    async def heard(self, packets: int, *, timeout_s: float) -> None:
        """Until so many voice packets were received since `listen_anew`."""
        async with asyncio.timeout(timeout_s):
            await self._until(lambda: self.heard_packets >= packets)

    async def talk(self, talkgroup_id: TalkgroupId, seconds: float, *, timeout_s: float) -> None:
        """Ask for the floor, talk, let go."""
        mark = len(self._pushes)
        await self.request(cmd.FloorRequest(id=self._new_id(), talkgroup_id=talkgroup_id))
        async with asyncio.timeout(timeout_s):
            await self.until_push(pushes.FloorGranted, after=mark)
        last = await self.say(seconds)
        release = cmd.FloorRelease(id=self._new_id(), talkgroup_id=talkgroup_id, last_sequence=last)
        await self.request(release)

    async def say(self, seconds: float) -> int | None:
        """Voice into whatever route is open, in real time. Returns the last sequence number."""
        sender = VoiceSender(frame_ms=_FRAME_MS)
        sequence: int | None = None
        started_at = self._clock.monotonic()
        for index, packet in enumerate(sender.feed(_voice(seconds))):
            await asyncio.sleep(max(0.0, started_at + index * _FRAME_MS / 1000 - self._clock.monotonic()))
            sequence = self._media.send_audio(packet.payload, packet.samples, is_marked=index == 0)
        return sequence

    async def answer(self, *, after: int = 0, timeout_s: float) -> CallId:
        """Take the call that rings."""
        async with asyncio.timeout(timeout_s):
            ringing = await self.until_push(pushes.CallRinging, after=after)
        await self.request(cmd.CallAnswer(id=self._new_id(), call_id=ringing.call.id))
        return ringing.call.id

    async def call_desk(self) -> None:
        """Call the duty officer."""
        answer = await self.request(cmd.CallPlace(id=self._new_id()))
        if isinstance(answer, pushes.Refused):
            raise ConnectionError(f"{self.unit_id} cannot call: {answer.text}")

    async def offer_video(self) -> VideoId:
        """视频回传: begin to send, and go on until `stop`."""
        answer = await self.request(cmd.VideoOffer(id=self._new_id()))
        if not isinstance(answer, pushes.Done) or answer.subject is None:
            raise ConnectionError(f"the video of {self.unit_id} was refused: {answer!r}")
        self._spawn(self._film())
        return VideoId(answer.subject)

    async def consent_to_video(self, *, after: int = 0, timeout_s: float) -> None:
        async with asyncio.timeout(timeout_s):
            asked = await self.until_push(pushes.VideoAskedPush, after=after)
        await self.request(cmd.VideoConsentGive(id=self._new_id(), video_id=asked.video.id, is_given=True))
        self._spawn(self._film())

    async def stop_video(self, video_id: VideoId) -> None:
        await self.request(cmd.VideoStop(id=self._new_id(), video_id=video_id))

    async def carry_out(self, order_id: OrderId, *, timeout_s: float) -> None:
        """Take an order and walk it to completion."""
        async with asyncio.timeout(timeout_s):
            await self._until(lambda: any(_is_order(push, order_id) for push in self._pushes))
            for state in (AssignmentState.DELIVERED, *WALK):
                step = cmd.OrderAdvance(
                    id=self._new_id(), order_id=order_id, state=state, occurred_at=self._clock.now()
                )
                answer = await self._link.request_durable(step)
                if isinstance(answer, pushes.Refused):
                    raise ConnectionError(f"{self.unit_id} may not go to {state.value}: {answer.text}")

    # --- what comes in ------------------------------------------------------------------------------------

    @property
    def mark(self) -> int:
        """Give it to a later wait, so that only what comes from now on counts."""
        return len(self._pushes)

    async def until_push(self, kind: type[P], *, after: int = 0) -> P:
        """The first push of that kind after a mark."""
        await self._until(lambda: any(isinstance(push, kind) for push in self._pushes[after:]))
        return next(push for push in self._pushes[after:] if isinstance(push, kind))

    async def _until(self, claim: Callable[[], bool]) -> None:
        while not claim():
            self._moved.clear()
            await self._moved.wait()

    def _on_push(self, push: Push) -> None:
        if isinstance(push, pushes.Enrolled):
            self._device_token = push.device_token
        self._pushes.append(push)
        self._moved.set()

    def _on_state(self, state: LinkState) -> None:
        self.is_online = state.phase is LinkPhase.ONLINE
        self._moved.set()

    def _hear(self, mid: str, packet: RtpPacket) -> None:
        self.heard_packets += 1
        if self.first_heard_at is None:
            self.first_heard_at = self._clock.monotonic()
        self._moved.set()

    async def _film(self) -> None:
        """A test card at its rate, from its first picture again when a key frame is asked for."""
        film = film_card(self._media.video_codec or "h264", width=320, height=180)
        is_asked = asyncio.Event()
        self._media.on_key_frame_request = is_asked.set
        index = 0
        while self.is_online:
            if is_asked.is_set():
                is_asked.clear()
                index = 0
            try:
                self._media.send_video(film.pictures[index % len(film.pictures)].payloads)
            except MediaFailedError:
                return  # the path is gone, and the video with it
            index += 1
            await asyncio.sleep(1 / film.rate_hz)


def _is_order(push: Push, order_id: OrderId) -> bool:
    return isinstance(push, pushes.OrderPush) and push.order.id == order_id


def _voice(seconds: float) -> Pcm:
    """Something with the loudness of speech: 180 Hz and its harmonics, in syllables."""
    at_s = np.arange(round(seconds * AUDIO_RATE_HZ)) / AUDIO_RATE_HZ
    wave = sum(np.sin(2 * np.pi * 180 * order * at_s) / order for order in range(1, 6))
    syllables = 0.6 + 0.4 * np.sin(2 * np.pi * 4 * at_s)
    pcm: Pcm = (wave * syllables * 6000).astype(np.int16)
    return pcm
