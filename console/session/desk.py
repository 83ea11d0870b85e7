"""The desk's session with its gateway: what happens at every sign-in, and where each push goes. Comms thread only."""

import asyncio
import logging
import ssl as tls
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from comms.domain.events import MapPublished
from comms.domain.ids import CallId, PartyId, TalkgroupId
from comms.domain.pause import never
from comms.link.client import Link, LinkLostError, LinkTiming
from comms.link.clock import Clock
from comms.link.inbox import Inbox
from comms.link.state import LinkPhase, LinkState
from comms.media.picture import VideoPicture
from comms.protocol import pushes
from comms.protocol.address import ahead
from comms.protocol.commands import AffiliationSet, CallFromArea, CallPlace, Command, SignOut
from comms.protocol.pushes import Done, Push
from console.actions.issuer import IssuerProof
from console.actions.requester import NewId, UnsentError
from console.media.frames import FrameBoard
from console.media.gate import MicrophoneGate
from console.media.path import MediaPath
from console.media.ringer import Ringer
from console.media.sounds import Sounds
from console.media.talker import FloorTalker
from console.session.credentials import Credentials
from console.session.reader import PictureReader
from console.session.renewal import keep_renewed
from console.store.link import Affiliated
from console.store.store import Arrival

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class VoiceParts:
    """What is heard and said at this desk; longer-lived than any connection."""

    gate: MicrophoneGate
    path: MediaPath
    sounds: Sounds
    board: FrameBoard[VideoPicture]


class DeskSession:
    """Built and used on the comms thread. What arrives is put into the inbox, in order."""

    def __init__(
        self,
        url: str,
        *,
        credentials: Credentials,
        inbox: Inbox[Arrival],
        clock: Clock,
        new_id: NewId,
        voice: VoiceParts,
        ssl: tls.SSLContext | None = None,
        shows_certificate: bool = False,
        timing: LinkTiming | None = None,
        stand_back: Callable[[], None] = never,
    ) -> None:
        self._credentials = credentials
        self._inbox = inbox
        self._new_id = new_id
        self._voice = voice
        self.microphone = voice.gate
        self._reader = PictureReader(self, put=inbox.put, new_id=new_id, stand_back=stand_back)
        self._ringer = Ringer(play=voice.sounds.play, repeat=voice.sounds.repeat, in_call=voice.gate.set_call)
        self.talker = self._make_talker(clock)
        self._link = Link(
            ahead(url),
            sign_in=credentials.next_command,
            on_push=self._on_push,
            on_positions=inbox.put_positions,
            on_state=self._on_state,
            clock=clock,
            ssl=ssl,
            shows_certificate=shows_certificate,
            timing=timing,
        )
        self._tasks: set[asyncio.Task[None]] = set()
        self._party: PartyId | None = None
        """Signed in as, on this connection."""
        self._feed_owner: PartyId | None = None
        """Whose picture the feed follows."""
        self._affiliated: tuple[TalkgroupId, ...] | None = None

    def _make_talker(self, clock: Clock) -> FloorTalker:
        return FloorTalker(
            requester=self,
            microphone=self._voice.gate,
            play=self._voice.sounds.play,
            report=self._inbox.put,
            new_id=self._new_id,
            now=clock.now,
            loop=asyncio.get_running_loop(),
        )

    # --- life -----------------------------------------------------------------------------------------

    async def run(self) -> None:
        try:
            await self._link.run()
        finally:
            await self._end_tasks()

    async def close(self) -> None:
        """Give back what is held, then end the link."""
        await self.talker.close()
        await self._link.close()

    def sign_in(self, *typed: str, proof: IssuerProof | None = None) -> None:
        """The officer typed a name, a password and what else was asked for, or was at the identity service: try now."""
        if proof is not None:
            self._credentials.offer_proof(proof)
        else:
            self._credentials.offer(*typed)
        self._link.try_again()

    def try_again(self) -> None:
        self._link.try_again()

    # --- requests ---------------------------------------------------------------------------------------

    async def request(self, command: Command) -> Push:
        try:
            answer = await self._link.request(command)
        except LinkLostError as error:
            raise UnsentError from error
        self._learn(command, answer)
        return answer

    async def request_durable(self, command: Command) -> Push:
        try:
            return await self._link.request_durable(command)
        except LinkLostError as error:
            raise UnsentError from error

    def _learn(self, command: Command, answer: Push) -> None:
        """What this session must know of what the officer did."""
        if isinstance(answer, pushes.TokenGranted):  # with a new password
            self._credentials.granted(answer)
        if not isinstance(answer, Done):
            return
        match command:
            case AffiliationSet():
                self._affiliated = command.talkgroup_ids
            case CallFromArea():  # the gateway has affiliated this desk to it
                self._affiliated = (TalkgroupId(command.id), *(self._affiliated or ()))
            case CallPlace() if answer.subject is not None:
                self._ringer.placed(CallId(answer.subject))
            case SignOut():
                self._credentials.forget()
                self._affiliated = None
            case _:
                pass

    # --- what comes in ----------------------------------------------------------------------------------

    def _on_push(self, push: Push) -> None:
        match push:
            case pushes.Welcome():
                self._welcomed(push)
            case pushes.TokenGranted():
                self._credentials.granted(push)
            case pushes.EventPush():
                self._take_event(push)
            case _:
                if isinstance(push, pushes.MediaSlot):
                    self._voice.board.clear(push.mid)  # the last picture of the source before
                self._inbox.put(push)
                self.talker.on_push(push)
                self._ringer.on_push(push)

    def _take_event(self, push: pushes.EventPush) -> None:
        feed = self._reader.feed
        if not feed.take(push):
            _log.info("events are missing after %s; subscribing again", feed.last_seq)
            feed.begin()
            self._spawn(self._reader.subscribe())
        if isinstance(push.recorded.event, MapPublished):
            self._spawn(self._reader.follow(push))

    def _on_state(self, state: LinkState) -> None:
        if state.refused is not None:
            self._credentials.refused(state.refused)
        if state.phase is not LinkPhase.ONLINE and self._party is not None:
            self._party_gone()
        self._inbox.put(state)

    def _party_gone(self) -> None:
        """The connection ended: safe at once, and what only made sense on it is stopped."""
        self._party = None
        self.talker.link_lost()
        self._ringer.reset()
        self._cancel_tasks()

    def _welcomed(self, welcome: pushes.Welcome) -> None:
        self._credentials.welcomed(welcome)
        if welcome.party != self._feed_owner:
            self._reader.feed.forget()
            self._feed_owner = welcome.party
            self._affiliated = None
        self._party = welcome.party
        self._inbox.put(welcome)
        self.talker.begin_session(welcome.party)
        self._ringer.reset()
        self._reader.feed.begin()
        self._spawn(self._settle(welcome))
        self._spawn(self._voice.path.keep(self, welcome.ice_servers))
        self._spawn(keep_renewed(self._credentials, self, self._inbox.put))

    # --- at every sign-in ---------------------------------------------------------------------------------

    async def _settle(self, welcome: pushes.Welcome) -> None:
        await self._affiliate(welcome)
        await self._reader.read()

    async def _affiliate(self, welcome: pushes.Welcome) -> None:
        """Hear what was heard before and is there still; at the first sign-in, or when not allowed, the first."""
        for wanted in _wanted(welcome, self._affiliated):
            if wanted == welcome.affiliated:
                self._affiliated = wanted
                return
            answer = await self.request(AffiliationSet(id=self._new_id(), talkgroup_ids=wanted))
            if isinstance(answer, Done):
                self._inbox.put(Affiliated(talkgroup_ids=wanted))
                return

    # --- tasks ------------------------------------------------------------------------------------------

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(_until_unsent(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _cancel_tasks(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def _end_tasks(self) -> None:
        self._cancel_tasks()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._voice.path.settled()


def _wanted(welcome: pushes.Welcome, held: tuple[TalkgroupId, ...] | None) -> tuple[tuple[TalkgroupId, ...], ...]:
    """What to be affiliated to, the best first."""
    known = {group.id for group in welcome.talkgroups}
    first = tuple(group.id for group in welcome.talkgroups if not group.is_ad_hoc)[:1]
    before = () if held is None else (tuple(each for each in held if each in known),)
    return *before, welcome.affiliated or first, first


async def _until_unsent(work: Coroutine[Any, Any, None]) -> None:
    """A connection that ends takes its work with it; the next one begins anew."""
    try:
        await work
    except UnsentError:
        return
