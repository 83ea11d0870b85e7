"""The voice and video path of one connection after another: one offer at sign-in, kept until the link is lost."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Protocol

from comms.protocol.commands import MediaOffer
from comms.protocol.pushes import IceServer, MediaAnswer, Refused
from console.actions.requester import NewId, Requester, UnsentError
from console.media.gate import MicrophoneGate
from console.media.sound import SoundReport
from console.media.talker import Microphone

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
    def __call__(
        self,
        *,
        ice_servers: Iterable[IceServer],
        on_connected: Callable[[], None],
        on_lost: Callable[[], None],
    ) -> Peer: ...


class MediaPath:
    """Lives on the comms thread. `keep` runs once for each sign-in."""

    def __init__(
        self,
        *,
        make_peer: MakePeer,
        gate: MicrophoneGate,
        report: SoundReport,
        new_id: NewId,
    ) -> None:
        self._make_peer = make_peer
        self._gate = gate
        self._report = report
        self._new_id = new_id
        self._peer: Peer | None = None
        self._closing: set[asyncio.Future[None]] = set()
        self.is_up = False

    async def keep(self, requester: Requester, ice_servers: Iterable[IceServer] = ()) -> None:
        """Set the path up, and again whenever it breaks, until cancelled or the link is lost."""
        is_wanted = True
        while is_wanted:
            broke = asyncio.Event()
            peer = self._make_peer(ice_servers=ice_servers, on_connected=self._connected, on_lost=broke.set)
            self._peer = peer
            fault = ""
            try:
                is_wanted = await self._offer(peer, requester)
                if is_wanted:
                    await broke.wait()
                    fault = LOST
            except UnsentError:
                return
            finally:
                closing = asyncio.ensure_future(self._take_down(peer, fault))
                self._closing.add(closing)
                closing.add_done_callback(self._closing.discard)
                await asyncio.shield(closing)  # a peer cut off while it closes leaves its sockets behind
            if is_wanted:
                await asyncio.sleep(RETRY_S)

    async def settled(self) -> None:
        """Until every peer there was is closed."""
        while self._closing:
            await asyncio.wait(self._closing)

    async def _offer(self, peer: Peer, requester: Requester) -> bool:
        """False when the gateway will not have our media, whatever we try."""
        offer = asyncio.ensure_future(peer.offer())
        try:
            sdp = await asyncio.shield(offer)
        except asyncio.CancelledError:
            await asyncio.wait([offer])  # cut off midway it would leave its sockets open
            raise
        answer = await requester.request(MediaOffer(id=self._new_id(), sdp=sdp))
        if isinstance(answer, MediaAnswer):
            await peer.accept(answer.sdp)
            return True
        if isinstance(answer, Refused):
            _log.warning("the gateway refused the media offer: %s %s", answer.code.value, answer.text)
        self._report.path(is_up=False, fault=UNFIT)
        return False

    def _connected(self) -> None:
        self.is_up = True
        self._gate.set_peer(self._peer)
        self._report.path(is_up=True)

    async def _take_down(self, peer: Peer, fault: str) -> None:
        if self._peer is peer:
            self._peer = None
            self._gate.set_peer(None)
            if self.is_up or fault:
                self.is_up = False
                self._report.path(is_up=False, fault=fault)
        await peer.close()
