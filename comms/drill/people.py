"""What the simulated people of a drill do when the story says so, with the keys of their own terminals."""

import logging
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, assert_never

import msgspec

from comms.domain import inject as ij
from comms.domain.drill_events import Made
from comms.domain.ids import BlobId, UnitId
from comms.domain.order import Place
from comms.domain.unit import UnitStatus
from comms.drill.cast import HOTLINE_UNITS, behaviour_of
from comms.drill.foreseen import Foreseen
from comms.drill.progress import NO_SIGNAL_S, Fired
from comms.drill.scenes import scene_photo
from comms.drill.site import DrillSite
from comms.drill.speaking import Speaking
from comms.fleet.faults import Fault
from comms.fleet.scenery import Scenery, label_of
from comms.fleet.terminal import SimulatedTerminal
from comms.link.line import LinkLostError
from comms.link.pause import pause
from comms.protocol.commands import BlobPut, StatusSet
from comms.protocol.incident_commands import IncidentReport
from comms.protocol.pushes import Done

_log = logging.getLogger(__name__)
PHOTO_KIND = "现场照片"
_GONE_S = 24 * 3600.0

Told = Callable[[tuple[Made, ...]], None]
"""Takes what came about only after the inject was fired."""


class People:
    """Whatever is begun here ends with the fleet."""

    def __init__(self, site: DrillSite, foreseen: Foreseen) -> None:
        self._site = site
        self._foreseen = foreseen
        self.speaking = Speaking(site, foreseen)

    def start(self) -> None:
        """Lines that citizens call in on are nobody to be sent anywhere."""
        self.speaking.start()
        for terminal in self._site.fleet.terminals:
            street = Scenery(
                ij.Scene.STREET,
                label=self._label(terminal),
                seed=self._site.wanted.seed + terminal.row,
                began_at=self._site.clock.now(),
            )
            terminal.filming.view = street.picture
        for unit_id in HOTLINE_UNITS:
            asking = self._site.fleet.terminal(unit_id).link.asking
            asking.request_durable(StatusSet(id=asking.new_id(), status=UnitStatus.OUT_OF_SERVICE))

    def call(self, what: ij.Call, told: Told) -> None:
        unit_id = self._foreseen.cast.first(what.actor) or self._free_line()
        self._begin(self._place_call(self._site.fleet.terminal(unit_id), what, told))

    def resume(self, fired: Fired, since_s: float) -> None:
        """What lasts, in a story that goes on. Who is off the air comes back by the fleet."""
        match fired.inject.what:
            case ij.Behave() as what:
                self.act(what, lambda made: None)
            case ij.Crowd() as what:
                self.gather(what.actors, self._foreseen.place(what.place))
            case ij.UnitTrouble(cause=ij.UnitCause.BATTERY_LOW) as what:
                left_s = None if what.for_s is None else what.for_s - since_s
                if left_s is None or left_s > 0:
                    for terminal in self._all(what.actor):
                        self._trouble(terminal, msgspec.structs.replace(what, for_s=left_s))
            case _:
                pass

    def gather(self, actors: Iterable[ij.ActorId], place: Place) -> None:
        for actor_id in actors:
            for unit_id in self._foreseen.units(actor_id):
                self._site.walking.send(self._site.rows[unit_id], lat=place.lat, lon=place.lon)

    def act(self, what: ij.SendPicture | ij.Say | ij.UnitTrouble | ij.Behave | ij.Cue, told: Told) -> None:
        match what:
            case ij.SendPicture():
                send = self._film if what.for_s is not None else self._photograph
                self._begin(send(self._first(what.actor), what, told))
            case ij.Say():
                self._begin(self._say(self._first(what.actor), what))
            case ij.UnitTrouble():
                for terminal in self._all(what.actor):
                    self._trouble(terminal, what)
            case ij.Behave():
                for terminal in self._all(what.actor):
                    terminal.person.behaviour = behaviour_of(what.behaviour)
            case ij.Cue():
                pass  # the trainer does it
            case _:
                assert_never(what)

    def _begin(self, deed: Coroutine[Any, Any, None]) -> None:
        self._site.fleet.spawn(_or_lost(deed))

    def _first(self, actor_id: ij.ActorId) -> SimulatedTerminal:
        return self._all(actor_id)[0]

    def _all(self, actor_id: ij.ActorId) -> list[SimulatedTerminal]:
        return [self._site.fleet.terminal(unit_id) for unit_id in self._foreseen.units(actor_id)]

    def _free_line(self) -> UnitId:
        """One on which nobody calls; the last, when all are busy."""
        for unit_id in HOTLINE_UNITS:
            if self._site.fleet.terminal(unit_id).calling.call_id is None:
                return unit_id
        return HOTLINE_UNITS[-1]

    # --- deeds ------------------------------------------------------------------------------------------

    async def _place_call(self, terminal: SimulatedTerminal, what: ij.Call, told: Told) -> None:
        await self.speaking.before_call(terminal, self._foreseen.said(what.text), what.actor)
        answer = await terminal.calling.place()
        if isinstance(answer, Done) and answer.subject is not None:
            told((Made(noun="call", id=answer.subject),))

    async def _film(self, terminal: SimulatedTerminal, what: ij.SendPicture, told: Told) -> None:
        began_at, seed = self._site.clock.now(), self._site.wanted.seed + terminal.row
        scenery = Scenery(what.scene, label=self._label(terminal), seed=seed, began_at=began_at)
        terminal.filming.view = scenery.picture  # also when it is asked for later: it is still there
        answer = await terminal.filming.offer()
        if isinstance(answer, Done) and answer.subject is not None:
            told((Made(noun="video", id=answer.subject),))
            await pause(self._site.clock, what.for_s or 0.0)
            await terminal.filming.stop()

    async def _photograph(self, terminal: SimulatedTerminal, what: ij.SendPicture, told: Told) -> None:
        """Sent in as an incident of its own, as a worker's telephone does it."""
        asking, now = terminal.link.asking, self._site.clock.now()
        data = scene_photo(what.scene, now, label=self._label(terminal), seed=self._site.wanted.seed + terminal.row)
        kept = await asking.request_durable(BlobPut(id=asking.new_id(), media_type="image/png", data=data))
        if not isinstance(kept, Done) or kept.subject is None:
            return
        lat, lon = self._site.walking.at(terminal.row)
        report = IncidentReport(
            id=asking.new_id(),
            incident_kind=PHOTO_KIND,
            place=Place(lat=lat, lon=lon),
            text=self._foreseen.marked(self._foreseen.said(what.text)),
            photos=(BlobId(kept.subject),),
        )
        answer = await asking.request_durable(report)
        if isinstance(answer, Done) and answer.subject is not None:
            told((Made(noun="incident", id=answer.subject),))

    def _label(self, terminal: SimulatedTerminal) -> str:
        return label_of(self._site.gateway.picture.units[terminal.unit_id].unit.name, terminal.unit_id)

    async def _say(self, terminal: SimulatedTerminal, what: ij.Say) -> None:
        own = self._site.gateway.picture.units[terminal.unit_id].unit.talkgroup_ids
        if what.talkgroup is not None:
            talkgroup_id = self._foreseen.talkgroup(what.talkgroup)
        elif own:
            talkgroup_id = own[0]
        else:
            return
        words = self._foreseen.said(what.text)
        await self.speaking.on_radio(terminal, talkgroup_id, words, is_emergency=what.is_emergency)

    def _trouble(self, terminal: SimulatedTerminal, what: ij.UnitTrouble) -> None:
        match what.cause:
            case ij.UnitCause.DOWN:
                terminal.lose_network(what.for_s or _GONE_S)
            case ij.UnitCause.SIGNAL_LOST:
                terminal.lose_network(what.for_s or NO_SIGNAL_S)
            case ij.UnitCause.BATTERY_LOW:
                terminal.faults.add(Fault.BATTERY_LOW)
                if what.for_s is not None:
                    self._begin(self._recharge(terminal, what.for_s))
            case _:
                assert_never(what.cause)

    async def _recharge(self, terminal: SimulatedTerminal, after_s: float) -> None:
        await pause(self._site.clock, after_s)
        terminal.faults.discard(Fault.BATTERY_LOW)


async def _or_lost(deed: Coroutine[Any, Any, None]) -> None:
    """Somebody whose network is gone does nothing, as in life."""
    try:
        await deed
    except LinkLostError as error:
        _log.info("a part of the drill was not played: %s", error)
