"""Desks and terminals with their voice path up: a peer on the WebSocket and a media client beside it."""

import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace

from comms.domain.ids import OfficerId, PartyId, TalkgroupId, UnitId, officer_party, unit_party
from comms.domain.unit import VideoConsent
from comms.gateway.context import Session
from comms.media.client import DESK_LINES, TERMINAL_LINES, MediaClient, MediaLine
from comms.media.dtls import Certificate
from comms.protocol.commands import AffiliationSet, FloorRelease, FloorRequest, MediaOffer
from comms.protocol.pushes import Done, FloorGranted, MediaAnswer
from tests.support.gateway import Site
from tests.support.media import Caller, until
from tests.support.terminal import Peer, desk, new_id, terminal

_certificate = Certificate()
OPUS_20_MS = 0x78
"""The first byte of a mono 20 ms Opus packet; what follows is ours to tell packets apart."""


def opus(text: str) -> bytes:
    return bytes((OPUS_20_MS,)) + text.encode()


class OnAir:
    """`peer` says, `caller` speaks and hears."""

    def __init__(self, site: Site, party: PartyId, peer: Peer, caller: Caller) -> None:
        self.site = site
        self.party = party
        self.peer = peer
        self.caller = caller

    @property
    def session(self) -> Session:
        assert self.site.gateway is not None
        session = self.site.gateway.sessions.get(self.party)
        assert session is not None
        return session

    async def connect_media(self) -> None:
        answer = await self.peer.ask_for(MediaOffer(id=new_id(), sdp=self.caller.client.offer()), MediaAnswer)
        self.caller.client.accept(answer.sdp)
        await self.caller.client.connected()
        await until(lambda: self.session.has_media)

    async def affiliate(self, *talkgroup_ids: TalkgroupId) -> None:
        await self.peer.ask_for(AffiliationSet(id=new_id(), talkgroup_ids=talkgroup_ids), Done)

    async def request(self, talkgroup_id: TalkgroupId, *, priority: int = 0, is_emergency: bool = False) -> None:
        command = FloorRequest(id=new_id(), talkgroup_id=talkgroup_id, priority=priority, is_emergency=is_emergency)
        await self.peer.ask_for(command, Done)

    async def take_floor(self, talkgroup_id: TalkgroupId, *, is_emergency: bool = False) -> FloorGranted:
        await self.request(talkgroup_id, is_emergency=is_emergency)
        return await self.peer.next(FloorGranted)

    async def release(self, talkgroup_id: TalkgroupId, last_sequence: int | None = None) -> None:
        command = FloorRelease(id=new_id(), talkgroup_id=talkgroup_id, last_sequence=last_sequence)
        await self.peer.ask_for(command, Done)

    def say(self, *texts: str) -> int:
        return self.caller.say(*(opus(text) for text in texts))

    def heard(self, mid: str = "0") -> list[str]:
        return [payload[1:].decode() for payload in self.caller.payloads(mid)]

    async def hears(self, text: str, mid: str = "0") -> None:
        await until(lambda: text in self.heard(mid))


@asynccontextmanager
async def media_beside(
    site: Site, party: PartyId, made: Peer, lines: Iterable[MediaLine], *, connects: bool = True
) -> AsyncIterator[OnAir]:
    client = MediaClient(clock=time.monotonic, lines=lines, certificate=_certificate)
    someone = OnAir(site, party, made, Caller(party, client))
    try:
        if connects:
            await someone.connect_media()
        yield someone
    finally:
        client.close()


@asynccontextmanager
async def unit_on_air(
    site: Site, unit_id: UnitId, *, consent: VideoConsent = VideoConsent.ASK, connects: bool = True
) -> AsyncIterator[OnAir]:
    """`connects` False: signed in, with its media still to come (`connect_media`)."""
    async with (
        terminal(site, unit_id, consent) as made,
        media_beside(site, unit_party(unit_id), made, TERMINAL_LINES, connects=connects) as someone,
    ):
        yield someone


@asynccontextmanager
async def desk_on_air(
    site: Site, officer_id: OfficerId, *talkgroup_ids: TalkgroupId, connects: bool = True
) -> AsyncIterator[OnAir]:
    """A subscribed desk, affiliated to these talkgroups."""
    async with (
        desk(site, officer_id) as made,
        media_beside(site, officer_party(officer_id), made, DESK_LINES, connects=connects) as someone,
    ):
        await made.subscribe()
        await someone.affiliate(*talkgroup_ids)
        yield someone


def set_timing(site: Site, **seconds: float) -> None:
    """Shorter times for calls and video, by the names of `Timing`."""
    assert site.gateway is not None
    exchange = site.gateway.voice.exchange
    exchange.timing = replace(exchange.timing, **seconds)
