"""One simulated terminal: a real client of the protocol with real media, and a person's behaviour behind it."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from comms.domain.ids import PartyId, TalkgroupId, UnitId, unit_party
from comms.fleet.behaviour import Behaviour, Person
from comms.fleet.calling import Calling, CallPush
from comms.fleet.camera import CameraPool, time_text
from comms.fleet.dialler import Dialler
from comms.fleet.faults import DIES_AFTER_S, TALKS_ON_S, Fault
from comms.fleet.filming import Filming, VideoPush
from comms.fleet.floor_key import FloorAnswer, FloorKey, FloorPush
from comms.fleet.lettering import photo
from comms.fleet.media_path import Heard, MediaPath, Mouth
from comms.fleet.reporting import Reporting
from comms.fleet.silent import SilentMouth, SilentPath
from comms.fleet.speech import VOICES, Speech
from comms.fleet.terminal_link import Credentials, LinkPhase, TerminalLink
from comms.fleet.visiting import Doors, Visiting
from comms.fleet.whereabouts import Source
from comms.fleet.work import Work
from comms.fleet.worker import Worker
from comms.link.clock import Clock
from comms.media.dtls import Certificate
from comms.protocol import pushes
from comms.protocol.commands import AffiliationSet
from comms.protocol.patrol_pushes import VisitOpened
from comms.protocol.pushes import Push, Refused, Welcome


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all terminals of a fleet share. `certificate` None: a fleet without media."""

    clock: Clock
    dialler: Dialler
    source: Source
    cameras: CameraPool
    speech: Speech
    certificate: Certificate | None
    is_silent: bool
    """Media is signalled and nothing is sent."""
    doors: Doors
    """What the codes at doors say; a fleet that knows none makes no visits."""
    seed: int
    goes_on: bool
    """It was signed in before: its talkgroups stay, its media comes when it is given a voice."""
    run: str
    """What its terminals' ids have of this run; empty for a random word."""
    mark: str
    """Burnt into what its camera takes."""
    readings_a_report: int
    spawn: Callable[[Coroutine[Any, Any, None]], "asyncio.Task[None]"]
    on_enrolled: Callable[[UnitId, str], None]
    on_change: Callable[[], None]
    """A terminal came up, went down, or was refused."""


@dataclass(slots=True)
class Counts:
    """What a terminal did and was told, since it was made; `pushes` by type."""

    sign_ins: int = 0
    pushes: Counter[type[Push]] = field(default_factory=Counter)


class SimulatedTerminal:
    """Driven by its behaviour; tests and scripts press its keys through the methods."""

    def __init__(
        self,
        credentials: Credentials,
        *,
        row: int,
        behaviour: Behaviour,
        faults: frozenset[Fault],
        around: Surroundings,
    ) -> None:
        self.unit_id: UnitId = credentials.unit_id
        self.party: PartyId = unit_party(credentials.unit_id)
        self.row = row
        self.faults = set(faults)
        self.counts = Counts()
        self.welcome: Welcome | None = None
        self.refused: Refused | None = None
        self.called_into: dict[TalkgroupId, str] = {}  # ad-hoc talkgroups, by the names its screen shows
        self.on_push: Callable[[Push], None] | None = None
        """For tests and benches: sees every push before the terminal acts on it."""
        self._around = around
        self._has_voice = not around.goes_on
        self._label = f"{around.mark} {credentials.unit_id}".strip()
        dice = random.Random(f"{around.seed}/{credentials.unit_id}")  # not for secrecy: a run must be repeatable
        self.link = TerminalLink(
            self, credentials, dialler=around.dialler, clock=around.clock, jitter=dice, run=around.run,
            video_consent=behaviour.video_consent,
        )  # fmt: skip
        self.person = Person(behaviour, dice)
        worker = Worker(self.link.asking, self.person, around.clock, around.spawn)
        self.link.asking.says_twice = Fault.SAY_TWICE in faults
        self.media = self._make_media()
        self.mouth = _mouth_of(self.media, around, row)
        self.work = Work(worker, legs=around.source, row=row, take_photo=self._take_photo)
        self.calling, self.visiting = Calling(worker, mouth=self.mouth), Visiting(worker, self.work, around.doors)
        self.calling.is_deaf = Fault.DEAF_TO_CALLS in faults
        self.filming = Filming(worker, media=self.media, cameras=around.cameras, label=self._label)
        self.filming.refuses_camera = Fault.REFUSE_CAMERA in faults
        self.reporting = Reporting(self.link.asking, self.faults, at_least=around.readings_a_report)
        self._keys: dict[TalkgroupId, FloorKey] = {}

    def _make_media(self) -> MediaPath | None:
        wants_key_frame = lambda: self.filming.force_key_frame()  # noqa: E731 - there is no camera yet
        up, down = self._media_up, self._media_down
        return _media_of(self.link, self._around, on_up=up, on_down=down, on_key_frame_request=wants_key_frame)

    @property
    def is_ready(self) -> bool:
        """Signed in, and talking is possible where the fleet has media."""
        return self.link.is_up and (self.media is None or self.media.is_up)

    @property
    def is_refused(self) -> bool:
        return self.link.phase is LinkPhase.REFUSED

    @property
    def heard(self) -> Heard:
        """Voice received so far."""
        return self.media.heard if self.media is not None else Heard()

    @property
    def talks_too_long(self) -> bool:
        """Fault: a script must not let go of the key; the gateway will take the floor back."""
        return Fault.TALK_TOO_LONG in self.faults

    # --- what its user can do -----------------------------------------------------------------------------

    async def press(self, talkgroup_id: TalkgroupId, *, priority: int = 0, is_emergency: bool = False) -> FloorAnswer:
        """Ask for the floor and hold the key; speech goes out as soon as it is granted. Raises LinkLostError."""
        return await self._key(talkgroup_id).press(priority=priority, is_emergency=is_emergency)

    def release(self, talkgroup_id: TalkgroupId) -> int | None:
        """Let go. The RTP sequence number of the last packet said, if any was."""
        return self._key(talkgroup_id).let_go()

    def _key(self, talkgroup_id: TalkgroupId) -> FloorKey:
        if self.mouth is None:
            raise ValueError("a terminal without media has no press-to-talk key")
        if talkgroup_id not in self._keys:
            key = FloorKey(
                talkgroup_id,
                party=self.party,
                link=self.link,
                mouth=self.mouth,
                clock=self._around.clock,
                on_talking=self._began_to_talk,
            )
            key.talks_on_s = TALKS_ON_S if self.talks_too_long else 0.0
            self._keys[talkgroup_id] = key
        return self._keys[talkgroup_id]

    def _began_to_talk(self) -> None:
        if Fault.DIE_TALKING in self.faults:
            clock = self._around.clock
            clock.call_at(clock.monotonic() + DIES_AFTER_S, lambda: self.link.lose(10 * DIES_AFTER_S))

    # --- positions ----------------------------------------------------------------------------------------

    def report(self) -> None:
        """Take a reading; send it with those stored before, or store it while the network is away."""
        fix = self._around.source.fix(self.row, at=round(self._around.clock.now(), 3))
        if fix is None:
            return
        self.reporting.keep(fix)
        if self.link.is_up:
            self.reporting.send()

    # --- what the link tells -------------------------------------------------------------------------------

    def link_up(self, welcome: Welcome) -> None:
        self.welcome = welcome
        self.counts.sign_ins += 1
        self.called_into = {group.id: group.name for group in welcome.talkgroups if group.is_ad_hoc}
        wanted = tuple(talkgroup.id for talkgroup in welcome.talkgroups)
        keeps = self._around.goes_on and bool(welcome.affiliated)
        if not keeps and set(wanted) != set(welcome.affiliated):
            self.link.send(AffiliationSet(id=self.link.asking.new_id(), talkgroup_ids=wanted))
        if self.media is not None and self._has_voice:
            self.media.open()
        else:
            self.link.settled()
        self._around.on_change()

    def give_voice(self) -> None:
        """From now on it has media as soon as it is signed in."""
        if not self._has_voice:
            self._has_voice = True
            if self.media is not None and self.link.is_up:
                self.media.open()

    def link_down(self) -> None:
        for key in self._keys.values():
            key.link_lost()
        self.calling.link_lost()
        if self.media is not None:
            self.media.close()
        self.filming.put_away()
        self._around.on_change()

    def link_refused(self, refused: Refused) -> None:
        self.refused = refused
        self._around.on_change()

    def enrolled(self, device_token: str) -> None:
        self._around.on_enrolled(self.unit_id, device_token)

    def _media_up(self) -> None:
        self.link.settled()
        self._around.on_change()

    def _media_down(self) -> None:
        self.filming.put_away()
        if self.link.is_up:
            self.link.lose(0.0)  # media is set up once a session, so a lost path needs a new one
        self._around.on_change()

    def pushed(self, push: Push) -> None:
        self.counts.pushes[type(push)] += 1
        if self.on_push is not None:
            self.on_push(push)
        if isinstance(push, FloorPush):
            key = self._keys.get(push.talkgroup_id)
            if key is not None:
                key.take(push)
        elif isinstance(push, pushes.TalkgroupAdded):
            self.called_into[push.talkgroup.id] = push.talkgroup.name
        elif isinstance(push, pushes.TalkgroupRemoved):
            self._leave_call(push.talkgroup_id)
        elif isinstance(push, CallPush):
            self.calling.take(push)
        elif isinstance(push, VideoPush):
            self.filming.take(push)
        elif isinstance(push, pushes.OrderPush | pushes.OrderChanged):
            self.work.take(push)
        elif isinstance(push, VisitOpened):
            self.visiting.take(push)

    def _leave_call(self, talkgroup_id: TalkgroupId) -> None:
        self.called_into.pop(talkgroup_id, None)
        key = self._keys.pop(talkgroup_id, None)
        if key is not None:
            key.link_lost()

    def _take_photo(self) -> bytes:
        return photo(self._label, time_text(self._around.clock.now()), hue=self.row)

    # --- faults ---------------------------------------------------------------------------------------------

    def lose_network(self, for_s: float) -> None:
        self.link.lose(for_s)

    def go_half_open(self, for_s: float) -> None:
        """Nothing goes in or out, nobody is told; the terminal notices after so long."""
        self.link.go_half_open(for_s)

    def lose_media(self) -> None:
        """The UDP path is gone while the WebSocket stays."""
        if self.media is not None:
            self.media.close()


def _media_of(
    link: TerminalLink,
    around: Surroundings,
    *,
    on_up: Callable[[], None],
    on_down: Callable[[], None],
    on_key_frame_request: Callable[[], None],
) -> MediaPath | None:
    if around.is_silent:
        return SilentPath(link, on_up=on_up, on_down=on_down)
    if around.certificate is None:
        return None
    return MediaPath(
        link,
        certificate=around.certificate,
        monotonic=asyncio.get_running_loop().time,
        on_up=on_up,
        on_down=on_down,
        on_key_frame_request=on_key_frame_request,
    )


def _mouth_of(media: MediaPath | None, around: Surroundings, row: int) -> Mouth | None:
    if around.is_silent:
        return SilentMouth()
    return Mouth(media, partial(around.speech.words, row % VOICES)) if media is not None else None
