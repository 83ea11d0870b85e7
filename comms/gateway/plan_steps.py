"""What the steps of a plan record when they are carried out: a picture and positions in, events out, nothing sent."""

import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import assert_never

import msgspec

from comms.domain.ad_hoc import AreaTarget
from comms.domain.case import CaseStep
from comms.domain.case_clock import ClockWork
from comms.domain.case_notice import handlers
from comms.domain.events import Event, IncidentLinked, OrderIssued, TalkgroupFormed
from comms.domain.ids import CommandId, DepartmentId, ItemId, OrderId, PlanRunId, TalkgroupId, UnitId
from comms.domain.incident import IncidentState
from comms.domain.jurisdiction import contains
from comms.domain.order import CircleTarget, Order, OrderTarget, TalkgroupTarget, UnitsTarget
from comms.domain.picture import Picture
from comms.domain.plan import (
    CamerasStep,
    CheckStep,
    LayersStep,
    Nearest,
    NotifyStep,
    OrderStep,
    Plan,
    PlanLevel,
    PlanStep,
    Standing,
    StepId,
    TalkgroupStep,
    Within,
    Words,
    said,
)
from comms.domain.plan_events import PlanStepTaken, StepOutcome
from comms.domain.talkgroup import Talkgroup
from comms.gateway.ad_hoc import PRIORITY
from comms.gateway.case_steps import decide
from comms.gateway.context import Session
from comms.gateway.order_rules import is_own_unit, list_fault, listed_deadline
from comms.gateway.plan_units import PlanUnits
from comms.protocol.case_commands import CaseMove
from comms.protocol.errors import RefusalCode


@dataclass(slots=True)
class Undertaking:
    """The steps of one command. Whom one order asks, the next does not."""

    picture: Picture
    units: PlanUnits
    work: ClockWork
    session: Session
    run_id: PlanRunId
    plan: Plan
    level: PlanLevel
    incident: IncidentState
    now: float
    choices: Mapping[StepId, tuple[UnitId, ...]]
    asked: set[UnitId] = field(default_factory=set)
    """Of this plan, also by its orders of before."""
    ordered: set[UnitId] = field(default_factory=set)
    """By this command: they are in its talkgroups, too."""
    formed: list[TalkgroupId] = field(default_factory=list)
    """Ad-hoc talkgroups to be brought up once this is recorded."""

    def events(self, steps: Iterable[PlanStep]) -> list[Event]:
        """Orders are decided first: whoever got one is in the talkgroup, too."""
        chosen = list(steps)
        decided = {step.id: list(self._order(step)) for step in chosen if isinstance(step, OrderStep)}
        return [event for step in chosen for event in (decided.get(step.id) or self._other(step))]

    def _other(self, step: PlanStep) -> Iterator[Event]:
        match step:
            case TalkgroupStep():
                yield from self._talkgroup(step)
            case NotifyStep():
                yield from self._notify(step)
            case OrderStep() | CamerasStep() | LayersStep() | CheckStep():
                return  # orders are decided before; the others wait for a desk or an officer
            case _:
                assert_never(step)

    # --- talkgroups ---------------------------------------------------------------------------------------

    def _talkgroup(self, step: TalkgroupStep) -> Iterator[Event]:
        if isinstance(step.who, Standing):
            standing = self._standing(step.who)
            if standing is None:
                yield self._refused(step, RefusalCode.NOT_FOUND)
            else:
                yield self._taken(step, talkgroup_id=standing)
            return
        around = self._members(step, step.who)
        if not around:
            yield self._refused(step, RefusalCode.NO_UNITS)
            return
        area: AreaTarget = self._circle(step.who) if isinstance(step.who, Within) else UnitsTarget(around)
        group = Talkgroup(
            id=TalkgroupId(f"{self.run_id}.{step.id}"),
            name=self._words(step.name)[:60],
            jurisdiction_id=self.session.jurisdiction_id,
            priority=PRIORITY,
            is_ad_hoc=True,
        )
        self.formed.append(group.id)
        yield TalkgroupFormed(talkgroup=group, area=area, unit_ids=around)
        yield self._taken(step, talkgroup_id=group.id, unit_ids=around)

    def _members(self, step: TalkgroupStep, who: Nearest | Within) -> tuple[UnitId, ...]:
        """Online ones only: a talkgroup is for talking now."""
        found = self.units.to_talk(who, self.incident.incident, first=self.choices.get(step.id, ()))
        online = self.picture.units
        ordered = (unit_id for unit_id in sorted(self.ordered) if online[unit_id].is_online)
        return tuple(dict.fromkeys((*found, *ordered)))

    def _standing(self, who: Standing) -> TalkgroupId | None:
        own = self.session.jurisdiction_id
        for state in self.picture.talkgroups.values():
            group = state.talkgroup
            if who.talkgroup in (group.id, group.name) and contains(own, group.jurisdiction_id):
                return group.id
        return None

    # --- orders -------------------------------------------------------------------------------------------

    def _order(self, step: OrderStep) -> Iterator[Event]:
        target, unit_ids = self._ordered(step)
        if not unit_ids:
            yield self._refused(step, RefusalCode.NO_UNITS)
            return
        item_id = _item(self.picture, step.items, unit_ids, now=self.now)
        if list_fault(item_id, self.picture, unit_ids, now=self.now) is not None:
            yield self._refused(step, RefusalCode.NOT_ON_LIST)
            return
        self.asked.update(unit_ids)
        self.ordered.update(unit_ids)
        what = self.incident.incident
        limit_at = self.now + step.limit_min * 60 if step.limit_min is not None else None
        order = Order(
            id=OrderId(f"{self.run_id}.{step.id}"),
            title=self._words(step.title)[:200],
            text=self._words(step.text),
            priority=step.priority or what.priority,
            place=what.place,
            issued_at=self.now,
            deadline_at=limit_at or listed_deadline(item_id, self.picture, self.work, now=self.now),
            target=target,
            unit_ids=unit_ids,
            attachments=what.photos,
            incident_id=what.id,
            item_id=item_id,
        )
        yield OrderIssued(order=order)
        yield IncidentLinked(incident_id=what.id, order_id=order.id)
        yield self._taken(step, order_id=order.id, unit_ids=unit_ids)

    def _ordered(self, step: OrderStep) -> tuple[OrderTarget, tuple[UnitId, ...]]:
        if isinstance(step.who, Standing):
            talkgroup_id = self._standing(step.who) or TalkgroupId("")
            own = self.session.jurisdiction_id
            known = self.picture.units.items()
            found = tuple(
                unit_id
                for unit_id, state in known
                if talkgroup_id in state.affiliated and is_own_unit(self.picture, unit_id, own)
            )
            return TalkgroupTarget(talkgroup_id), found
        first = self.choices.get(step.id, ())
        found = self.units.to_send(step.who, self.incident.incident, first=first, besides=self.asked)
        return (self._circle(step.who) if isinstance(step.who, Within) else UnitsTarget(found)), found

    def _circle(self, who: Within) -> CircleTarget:
        place = self.incident.incident.place
        return CircleTarget(lat=place.lat, lon=place.lon, radius_m=who.radius_m)

    # --- departments --------------------------------------------------------------------------------------

    def _notify(self, step: NotifyStep) -> Iterator[Event]:
        """A case that nobody has registered stays so: a registered one ends by its procedure only, which is the
        acceptor's to decide."""
        department_id = _department(self.picture, step.departments, self.incident)
        if department_id is None or self.session.officer_id is None:
            yield self._by_hand(step, RefusalCode.NOT_FOUND)
            return
        case = copy.deepcopy(self.picture.cases.of(self.incident))
        command = CaseMove(
            id=CommandId(self.run_id),
            incident_id=self.incident.incident.id,
            step=CaseStep.DISPATCH,
            department_id=department_id,
            opinion=self._words(step.text),
        )
        officer = self.picture.officers[self.session.officer_id]
        decided = decide(command, case, self.picture, officer=officer, work=self.work, now=self.now)
        if isinstance(decided, RefusalCode):
            yield self._by_hand(step, decided)
            return
        case.department_id = department_id
        yield msgspec.structs.replace(decided, to=handlers(self.picture, case))
        yield self._taken(step, words=self.picture.departments[department_id].name)

    # --- words --------------------------------------------------------------------------------------------

    def _words(self, words: Words) -> str:
        what = self.incident.incident
        place = what.place.text or f"{what.place.lat:.5f}, {what.place.lon:.5f}"
        locale = self.session.locale.value
        return said(words, locale, place=place, kind=what.kind, text=what.text, level=self.level.value)

    def _taken(
        self,
        step: PlanStep,
        *,
        words: str = "",
        talkgroup_id: TalkgroupId | None = None,
        order_id: OrderId | None = None,
        unit_ids: tuple[UnitId, ...] = (),
    ) -> PlanStepTaken:
        return PlanStepTaken(
            run_id=self.run_id,
            step_id=step.id,
            outcome=StepOutcome.DONE,
            words=words,
            talkgroup_id=talkgroup_id,
            order_id=order_id,
            unit_ids=unit_ids,
        )

    def _refused(self, step: PlanStep, code: RefusalCode) -> PlanStepTaken:
        return PlanStepTaken(run_id=self.run_id, step_id=step.id, outcome=StepOutcome.REFUSED, code=code.value)

    def _by_hand(self, step: PlanStep, code: RefusalCode) -> PlanStepTaken:
        return PlanStepTaken(run_id=self.run_id, step_id=step.id, outcome=StepOutcome.BY_HAND, code=code.value)


def _item(picture: Picture, wanted: Iterable[str], unit_ids: Iterable[UnitId], *, now: float) -> ItemId | None:
    """The first of the plan's that is in force where these units are; None leaves it to the list's own refusal."""
    where = {picture.units[unit_id].unit.jurisdiction_id for unit_id in unit_ids}
    in_force = picture.items.in_force(now)
    for name in wanted:
        for item in in_force:
            is_meant = name in (item.id, item.name)
            if is_meant and all(contains(item.jurisdiction_id, node) for node in where):
                return item.id
    return None


def _department(picture: Picture, wanted: Iterable[str], incident: IncidentState) -> DepartmentId | None:
    where = incident.incident.jurisdiction_id
    own = [one for one in picture.departments.values() if contains(one.jurisdiction_id, where)]
    for word in wanted:
        for department in own:
            if word == department.id or word in department.name:
                return department.id
    return None
