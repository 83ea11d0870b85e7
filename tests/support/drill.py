"""A small scenario, and a drill of it played record by record without a gateway."""

from typing import Any

import msgspec

from comms.domain import drill_events as dr
from comms.domain import events as ev
from comms.domain.drill_book import DrillState
from comms.domain.expectation_watch import Nearest, Outcome, Standing, Watch
from comms.domain.ids import (
    GATEWAY,
    IncidentId,
    JurisdictionId,
    OfficerId,
    OrderId,
    PartyId,
    TalkgroupId,
    UnitId,
    officer_party,
)
from comms.domain.incident import Incident
from comms.domain.jurisdiction import Jurisdiction, Level
from comms.domain.order import Order, Place
from comms.domain.picture import Picture
from comms.domain.scenario import Scenario
from comms.domain.talkgroup import Talkgroup
from comms.domain.unit import Unit

TOWN, GROUP = JurisdictionId("t"), TalkgroupId("g")
U1, U2, U3 = UnitId("u1"), UnitId("u2"), UnitId("u3")
FIRE = IncidentId("fire")
DESK, TRAINER = officer_party(OfficerId("duty")), officer_party(OfficerId("trainer"))
HERE = Place(lat=23.0, lon=113.7, text="here")
BEGAN = 1_000_000.0
RAW: dict[str, Any] = {
    "format": 1,
    "id": "small_fire",
    "title": {"zh_CN": "小火", "en": "A small fire"},
    "summary": {"zh_CN": "一场小火。", "en": "A small fire."},
    "objectives": [{"id": "send", "words": {"zh_CN": "派出力量", "en": "Send units"}}],
    "starts_at": "2026-06-18 14:30",
    "length_min": 20,
    "area": {"town": "sample", "units": 20},
    "cast": [
        {"id": "crew", "name": {"zh_CN": "应急队", "en": "Crew"}, "unit": 1},
        {"id": "citizen", "name": {"zh_CN": "市民", "en": "Citizen"}, "is_citizen": True},
    ],
    "roles": [
        {"id": "duty", "kind": "trainee", "name": {"zh_CN": "值班员", "en": "Duty officer"}, "officer": "duty"},
        {"id": "lead", "kind": "trainer", "name": {"zh_CN": "导调", "en": "Trainer"}, "officer": "trainer"},
    ],
    "injects": [
        {
            "id": "first",
            "title": {"zh_CN": "火情", "en": "Fire"},
            "when": {"by": "time", "s": 10},
            "what": {
                "do": "work_order",
                "source": "12345",
                "kind": "火情",
                "text": {"zh_CN": "冒烟", "en": "Smoke"},
                "place": {"lat": 23.0, "lon": 113.7},
            },
        },
        {
            "id": "help",
            "title": {"zh_CN": "催促", "en": "Pressed"},
            "when": {"by": "missed", "expectation": "ordered", "s": 5},
            "what": {"do": "cue", "text": {"zh_CN": "来电催促", "en": "Call and press"}},
        },
    ],
    "expectations": [
        {
            "id": "ordered",
            "objective": "send",
            "since": "first",
            "within_s": 60,
            "what": {"see": "order", "units": 2},
            "words": {"zh_CN": "派出两人", "en": "Send two"},
        }
    ],
}


def raw(**changed: Any) -> dict[str, Any]:
    """The small scenario as a file would say it, with these parts said differently."""
    copy: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(RAW))
    return copy | changed


def scenario(**changed: Any) -> Scenario:
    return msgspec.convert(raw(**changed), Scenario)


def expecting(what: dict[str, Any], **changed: Any) -> Scenario:
    """The small scenario with this one expectation of its first inject."""
    ordered = raw()["expectations"][0] | {"what": what} | changed
    return scenario(expectations=[ordered])


class Play:
    """Records what happens, folds it and lets a watch see it. `at` is seconds of the drill."""

    def __init__(self, scenario: Scenario, *, nearest: Nearest | None = None) -> None:
        self.scenario = scenario
        self.picture = Picture()
        self.watch = Watch(scenario, nearest=nearest)
        self.records: list[ev.Recorded] = []
        self.settled: list[Standing] = []
        skills = {U1: ("消防",), U2: (), U3: ("急救",)}
        self.say(
            0,
            ev.JurisdictionDefined(jurisdiction=Jurisdiction(id=TOWN, name="town", level=Level.TOWN)),
            ev.TalkgroupDefined(talkgroup=Talkgroup(id=GROUP, name="全镇", jurisdiction_id=TOWN)),
            *(
                ev.UnitDefined(
                    unit=Unit(id=unit_id, no=no, name=unit_id, jurisdiction_id=TOWN, talkgroup_ids=(GROUP,), skills=has)
                )
                for no, (unit_id, has) in enumerate(skills.items(), start=1)
            ),
            ev.OfficerDefined(officer_id=OfficerId("duty"), name="值班员", jurisdiction_id=TOWN),
            ev.OfficerDefined(officer_id=OfficerId("trainer"), name="导调", jurisdiction_id=TOWN),
            by=GATEWAY,
        )

    def begin(self, **changed: Any) -> "Play":
        began = dr.DrillBegan(
            drill_id="d1",
            scenario_id=self.scenario.id,
            digest=self.scenario.digest,
            seed=7,
            starts_at=BEGAN,
            title=self.scenario.title,
            cast={"crew": (U1,)},
        )
        self.say(0, msgspec.structs.replace(began, **changed), by=TRAINER)
        self.say(0, dr.DrillJoined(officer_id=OfficerId("duty"), role="duty"), by=DESK)
        return self

    def fire(self, at: float = 10.0, inject: str = "first", *, made: tuple[dr.Made, ...] | None = None) -> "Play":
        """Fire an inject; the first makes an incident unless it is told what it made."""
        if made is not None:
            self.say(at, dr.InjectFired(inject_id=inject, made=made), by=TRAINER)
            return self
        self.say(at, dr.InjectFired(inject_id=inject, made=(dr.Made(noun="incident", id=FIRE),)), by=TRAINER)
        incident = Incident(id=FIRE, kind="火情", place=HERE, jurisdiction_id=TOWN)
        self.say(at, ev.IncidentReported(incident=incident), by=GATEWAY)
        return self

    def order(
        self,
        at: float,
        *unit_ids: UnitId,
        by: PartyId = DESK,
        incident_id: IncidentId | None = FIRE,
        **changed: Any,
    ) -> None:
        order = Order(
            id=OrderId(f"o{len(self.records)}"),
            title="去看",
            place=HERE,
            issued_at=BEGAN + at,
            unit_ids=unit_ids,
            incident_id=incident_id,
        )
        self.say(at, ev.OrderIssued(order=msgspec.structs.replace(order, **changed)), by=by)

    def say(self, at: float, *events: ev.Event, by: PartyId = DESK) -> None:
        for event in events:
            recorded = ev.Recorded(seq=len(self.records) + 1, at=BEGAN + at, actor=by, event=event)
            self.records.append(recorded)
            self.picture.apply(recorded)
            self.settled += self.watch.feed(recorded, self.picture)

    @property
    def only(self) -> Standing:
        """How the only expectation stands."""
        (standing,) = self.watch.standings.values()
        return standing

    def outcome(self) -> Outcome:
        return self.only.outcome

    @property
    def drill(self) -> DrillState:
        state = self.picture.drill.state
        assert state is not None
        return state
