"""What an inject will make, named before it is fired: so nothing can be answered before it was."""

from typing import assert_never

from comms.domain import inject as ij
from comms.domain.alarm import Alarm, AlarmKind
from comms.domain.drill_events import Made
from comms.domain.ids import JurisdictionId, MarkId, SourceId, TalkgroupId, UnitId
from comms.domain.incident import Origin
from comms.domain.order import Place
from comms.domain.plan import said
from comms.domain.realm import DRILL_SOURCE, Realm, marked
from comms.domain.scenario import Scenario
from comms.drill.cast import Cast
from comms.drill.preparing import HOTLINE, root_of, sources_of
from comms.drill.scenario_town import Spots
from comms.protocol.area import TownFile


class UnknownNameError(LookupError):
    """The town has nothing of that name: the scenario was not checked against it."""


_SENTENCE_LOCALES = ("zh_CN", "en")


class Foreseen:
    """`run` tells one drill on a journal from the next. The same inject fired again (`number`) makes new things."""

    def __init__(self, scenario: Scenario, town: TownFile, cast: Cast, *, run: str, locale: str) -> None:
        self.cast = cast
        self._spots = Spots(town.area)
        self.root = root_of(town)
        self.sources = sources_of(scenario, self.root)
        self._town = town
        self._run = run
        self.locale = locale

    def made(self, inject: ij.Inject, number: int) -> tuple[Made, ...]:
        what = inject.what
        match what:
            case ij.SendWorkOrder():
                return (Made(noun="incident", id=self.order_origin(inject, what, number).incident_id),)
            case ij.Call() if what.kind is not None:
                return (Made(noun="incident", id=self.hotline_origin(inject, number).incident_id),)
            case ij.RaiseAlarm():
                return (Made(noun="alarm", id=self.alarm(inject, what).id),)
            case ij.IssueWeather():
                return (Made(noun="weather", id=self.hotline_origin(inject, number).incident_id),)
            case ij.RoadClosed() | ij.Crowd():
                return (Made(noun="mark", id=self.mark_id(inject, number)),)
            case ij.UnitTrouble() | ij.Behave():
                return tuple(Made(noun="unit", id=unit_id) for unit_id in self.units(what.actor))
            case ij.RadioFailure(talkgroup=str(name)):
                return (Made(noun="talkgroup", id=self.talkgroup(name)),)
            case ij.RadioFailure() | ij.Say() | ij.SendPicture() | ij.Call() | ij.Cue():
                return ()
            case _:
                assert_never(what)

    def order_origin(self, inject: ij.Inject, what: ij.SendWorkOrder, number: int) -> Origin:
        return self._origin(self.sources[what.source].id, inject, number)

    def hotline_origin(self, inject: ij.Inject, number: int) -> Origin:
        return self._origin(HOTLINE, inject, number)

    def _origin(self, source: SourceId, inject: ij.Inject, number: int) -> Origin:
        again = f"-{number}" if number > 1 else ""
        return Origin(source=source, source_id=f"{self._run}-{inject.id}{again}")

    def alarm(self, inject: ij.Inject, what: ij.RaiseAlarm) -> Alarm:
        unit_id = self.cast.first(what.actor) if what.actor is not None else None
        words = {locale: self.marked(said(what.text, locale)) for locale in _SENTENCE_LOCALES}
        return Alarm(
            kind=what.kind,
            source=f"{DRILL_SOURCE}{self._run}-{inject.id}",
            priority=what.priority,
            jurisdiction_id=self.root,
            place=self.place(what.place) if what.place is not None else None,
            unit_id=unit_id,
            name=self.said(what.text),
            sentences=words if what.kind is AlarmKind.WARNING else {},
        )

    def place(self, spot: ij.Spot) -> Place:
        """Raises UnknownNameError."""
        place = self._spots.place(spot, locale=self.locale)
        if place is None:
            raise UnknownNameError(f"the town has no such place: {spot}")
        return place

    def mark_id(self, inject: ij.Inject, number: int) -> MarkId:
        return MarkId(f"{self._run}-{inject.id}-{number}")

    def units(self, actor_id: ij.ActorId) -> tuple[UnitId, ...]:
        return self.cast.units.get(actor_id, ())

    def talkgroup(self, name: str) -> TalkgroupId:
        """By its id or its name. Raises UnknownNameError."""
        for group in self._town.talkgroups:
            if name in (group.id, group.name):
                return group.id
        raise UnknownNameError(f"the town has no talkgroup {name}")

    def jurisdiction(self, name: str | None) -> JurisdictionId:
        return self.root if name is None else JurisdictionId(name)

    def said(self, words: ij.Words) -> str:
        return said(words, self.locale)

    def marked(self, text: str) -> str:
        return marked(text, Realm.DRILL)
