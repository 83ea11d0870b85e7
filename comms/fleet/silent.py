"""A simulated terminal's voice path without sound, for a headless drill: everything is signalled, nothing is sent."""

import asyncio
from collections.abc import Callable, Iterable

from comms.fleet.media_path import Heard, MediaPath, Mouth
from comms.fleet.synthesis import Utterance
from comms.fleet.terminal_link import TerminalLink
from comms.media.silence import TERMINAL_OFFER
from comms.media.voice import VoicePacket
from comms.protocol.commands import MediaOffer
from comms.protocol.pushes import MediaAnswer, Push


class SilentPath(MediaPath):
    def __init__(self, link: TerminalLink, *, on_up: Callable[[], None], on_down: Callable[[], None]) -> None:
        self.heard = Heard()
        self._link = link
        self._on_up, self._on_down = on_up, on_down
        self._is_up = False
        self._asked: asyncio.Future[Push] | None = None

    @property
    def video_codec(self) -> str | None:
        return None

    def open(self) -> None:
        asking = self._link.asking
        self._asked = answer = asking.request(MediaOffer(id=asking.new_id(), sdp=TERMINAL_OFFER))
        answer.add_done_callback(self._take_answer)

    def close(self) -> None:
        self._asked = None
        self._go_down()

    def send_voice(self, packet: VoicePacket, *, is_first: bool) -> int | None:
        return None

    def send_picture(self, payloads: Iterable[bytes]) -> None:
        pass

    def _take_answer(self, future: "asyncio.Future[Push]") -> None:
        if future is self._asked and not future.cancelled() and future.exception() is None:
            self._is_up = isinstance(future.result(), MediaAnswer)
            if self._is_up:
                self._on_up()


class SilentMouth(Mouth):
    def __init__(self) -> None:
        self.sent = 0
        self.is_quiet = True
        self._closed = asyncio.Event()
        self._is_open = False

    def prepare(self, utterance: Utterance | None) -> None:
        pass

    def lend(self, *, is_lent: bool) -> None:
        pass

    def pass_on(self, packet: VoicePacket) -> None:
        pass

    async def said(self) -> None:
        await self._closed.wait()

    def open(self, frame_ms: int) -> None:
        self._is_open = True
        self._closed.clear()

    def close(self) -> int | None:
        self._closed.set()
        self._is_open = False
        return None
