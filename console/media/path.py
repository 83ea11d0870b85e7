"""The voice and video path of one connection after another: one offer at sign-in, kept until the link is lost."""

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from comms.protocol.commands import MediaOffer
from comms.protocol.pushes import MediaAnswer, Refused
from console.actions.requester import NewId, Requester, UnsentError
from console.media.gate import MicrophoneGate
from console.media.talker import Microphone
from console.store.link import MediaReport

_log = logging.getLogger(__name__)
UNFIT = "media_refused"
LOST = "no_media"
RETRY_S = 2.0
"""A path that broke while the link stands is offered again after this. Our own figure."""


class Peer(Microphone, Protocol):
    """The desk's WebRTC end, used for one offer."""

    async def offer(self) -> str: ...
    async def accept(self, sdp: str) -> None:
        """Returns when the answer is applied; `on_connected` tells when voice flows. Raises ValueError on bad SDP."""
        ...

    async def close(self) -> None: ...


class MakePeer(Protocol):
    def __call__(self, *, on_connected: Callable[[], None], on_lost: Callable[[], None]) -> Peer: ...


class MediaPath:
    """Lives on the comms thread. `begin` at each sign-in, `end` when the link is lost."""

    def __init__(
        self,
        *,
        make_peer: MakePeer,
        gate: MicrophoneGate,
        report: Callable[[MediaReport], None],
        new_id: NewId,
    ) -> None:
        self._make_peer = make_peer
        self._gate = gate
        self._report = report
        self._new_id = new_id
        self._peer: Peer | None = None
        self._broke = asyncio.Event()
        self.is_up = False

    async def keep(self, requester: Requester) -> None:
        """Set the path up, and again whenever it breaks, until cancelled or the link is lost."""
        try:
            while True:
                self._broke.clear()
                try:
                    is_worth_again = await self._set_up(requester)
                except UnsentError:
                    return
                if not is_worth_again:
                    return
                await self._broke.wait()
                await self._take_down(LOST)
                await asyncio.sleep(RETRY_S)
        finally:
            await asyncio.shield(self._take_down(""))

    async def _set_up(self, requester: Requester) -> bool:
        """False when the gateway will not have our media, whatever we try."""
        peer = self._make_peer(on_connected=self._connected, on_lost=self._broke.set)
        self._peer = peer
        answer = await requester.request(MediaOffer(id=self._new_id(), sdp=await peer.offer()))
        if isinstance(answer, MediaAnswer):
            await peer.accept(answer.sdp)
            return True
        if isinstance(answer, Refused):
            _log.warning("the gateway refused the media offer: %s %s", answer.code.value, answer.text)
        self._say(MediaReport(fault=UNFIT))
        return False

    def _connected(self) -> None:
        self.is_up = True
        self._gate.set_peer(self._peer)
        self._say(MediaReport(is_up=True))

    async def _take_down(self, fault: str) -> None:
        peer, self._peer = self._peer, None
        self._gate.set_peer(None)
        if self.is_up or fault:
            self.is_up = False
            self._say(MediaReport(fault=fault))
        if peer is not None:
            await peer.close()

    def _say(self, report: MediaReport) -> None:
        self._report(report)
