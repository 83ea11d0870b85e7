"""For the matrix of authority: a town with officers of every role in every relation to one place, one thing of every
noun there, and commands made from their own definitions with the ids of those things, or with forged ones."""

import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

import msgspec

from comms.domain import events as ev
from comms.domain.alarm import Alarm, AlarmKind, AlarmPriority
from comms.domain.alarm_event import AlarmRaised
from comms.domain.case import CaseStep
from comms.domain.duty import DutyPost, Shift, Swap
from comms.domain.duty_events import HandoverMade, PostDefined, RosterSet, SwapAsked
from comms.domain.fence import Fence, FenceRule, FenceTrigger
from comms.domain.handover import sheet_digest
from comms.domain.handover_sheet import sheet_of
from comms.domain.ids import BlobId, DepartmentId, OfficerId, officer_party, unit_party
from comms.domain.incident import Incident, Origin
from comms.domain.item import Item, ItemClass, ItemKind, ItemTerms
from comms.domain.item_events import ItemApplied
from comms.domain.jurisdiction import Jurisdiction, Level
from comms.domain.mark import Mark, MarkKind
from comms.domain.officer import Department, OfficerRole
from comms.domain.order import AssignmentState, CircleTarget, JurisdictionTarget, Order, Place, UnitsTarget
from comms.domain.patrol import AnswerKind, PatrolPlace, PatrolPlan, Question, Visit
from comms.domain.patrol_events import PatrolPlanSet, PatrolQuestionSet, VisitBegun
from comms.domain.patrol_places import PlaceTable
from comms.domain.plan import PlanLevel
from comms.domain.plan_events import PlanStarted
from comms.domain.policy import Found, Noun, Of, Rule
from comms.domain.source import SourceDefined
from comms.domain.talkgroup import Talkgroup
from comms.domain.weather import WeatherAlert, WeatherIssued, WeatherKind, WeatherLevel
from comms.domain.work_order import Fault, FaultCode, WorkOrder, WorkOrderQuarantined
from comms.gateway.gateway import Gateway
from comms.journal.blobs import PHOTO_TYPES
from comms.protocol.area import OfficerAccount, TownFile
from comms.protocol.commands import Command
from tests.support.gateway import CITY, NORTH, NORTH_GRID, NORTH_GROUP, PASSWORD, S1, SOUTH, U1, U2
from tests.support.gateway import tiny_town as _tiny_town
from tests.support.hub import HOTLINE, source
from tests.support.terminal import new_id

ROADS = DepartmentId("roads")
HERE = Place(lat=23.0, lon=113.7)
WHERE = {"own": NORTH, "above": CITY, "below": NORTH_GRID, "sibling": SOUTH}
"""How the officer's jurisdiction lies to the things, which are all in NORTH."""
ROLES: dict[str, tuple[OfficerRole, ...]] = {"none": (), **{role.value: (role,) for role in OfficerRole}}
TERMINALS = {"own": U2, "below": U1, "sibling": S1}
"""U2 is the unit that all is about."""
FORGED = ("no-such-thing", "", "900000/s01/../s02", "u2\0", "网" * 3000)
"""Ids that nothing has: one that might be, and some that nobody honest sends."""


def officer_id(role: str, where: str) -> OfficerId:
    return OfficerId(f"{role}-{where}")


def town() -> TownFile:
    made = tuple(
        OfficerAccount(
            officer_id=officer_id(role, where),
            name=f"{role} {where}",
            jurisdiction_id=node,
            password=PASSWORD,
            roles=roles,
            department_id=ROADS if OfficerRole.HANDLER in roles else None,
        )
        for role, roles in ROLES.items()
        for where, node in WHERE.items()
    )
    tiny = _tiny_town()
    village = Jurisdiction(id=type(NORTH)("900000/s01/v01"), name="北一村", level=Level.VILLAGE)
    return msgspec.structs.replace(
        tiny,
        jurisdictions=(*tiny.jurisdictions, village),
        departments=(Department(id=ROADS, name="市政", jurisdiction_id=CITY),),
        officers=made,
    )


@dataclass(frozen=True, slots=True)
class Thing:
    """An id, where the thing lies, and whose very own it is."""

    id: str
    found: Found
    owners: frozenset[str] = frozenset()

    def seen_by(self, party: str) -> Found:
        return Found(self.found.nodes, is_own=party in self.owners)


async def things(gateway: Gateway) -> dict[Noun, Thing]:
    """One of every noun of the policy, in NORTH. Recorded as what would have made it."""
    me, unit, now = OfficerId("none-own"), unit_party(U2), gateway.clock.now()
    north = Found((NORTH,))
    blob_id = await gateway.blobs.put(b"\xff\xd8 photo", next(iter(PHOTO_TYPES)))
    incident = Incident(id=_id("incident"), kind="火情", place=HERE, jurisdiction_id=NORTH)
    order = Order(
        id=_id("order"), title="x", issued_at=now, target=UnitsTarget((U2,)), unit_ids=(U2,), attachments=(blob_id,)
    )
    item_class = ItemClass(kind=ItemKind.EVENT, major="大", minor="小")
    item = Item(id=_id("item"), jurisdiction_id=NORTH, item_class=item_class, terms=ItemTerms())
    alarm = Alarm(kind=AlarmKind.FENCE_ENTERED, source=f"unit:{U2}", priority=AlarmPriority.LOW, jurisdiction_id=NORTH)
    rule = FenceRule(trigger=next(iter(FenceTrigger)))
    fence = Fence(
        id=_id("fence"), name="x", jurisdiction_id=NORTH, subject=JurisdictionTarget(NORTH), rules=(rule,), is_on=False
    )
    mark = Mark(id=_id("mark"), kind=MarkKind.POINT, points=((23.0, 113.7),), label="x", jurisdiction_id=NORTH)
    weather = WeatherAlert(
        id=_id("weather"), kind=WeatherKind.RAINSTORM, level=WeatherLevel.BLUE, jurisdiction_id=NORTH,
        area=JurisdictionTarget(NORTH), rings=(), from_at=now, until_at=now + 3600,
    )  # fmt: skip
    group = Talkgroup(id=_id("ad-hoc"), name="圈呼", jurisdiction_id=NORTH, is_ad_hoc=True)
    area = CircleTarget(lat=23.0, lon=113.7, radius_m=100)
    question = Question(
        id=_id("question"), words="?", kind=AnswerKind.YES_NO, item_id=item.id, jurisdiction_id=NORTH,
        departments=(ROADS,),
    )  # fmt: skip
    plan = PatrolPlan(id=_id("plan"), name="x", jurisdiction_id=NORTH, question_ids=(question.id,))
    place = PatrolPlace(id=_id("place"), name="x", category="x", lat=23.0, lon=113.7, jurisdiction_id=NORTH)
    visit = Visit(
        id=_id("visit"), place_id=place.id, place_name="x", unit_id=U2, jurisdiction_id=NORTH, due=(),
        question_ids=(), begun_at=now, place=HERE,
    )  # fmt: skip
    gateway.patrols.table = PlaceTable([place])
    post = DutyPost(id=_id("post"), name="x", jurisdiction_id=NORTH)
    shift = Shift(id=_id("shift"), post_id=post.id, name="x", officer_id=me, start_at=now + 60, end_at=now + 3600)
    swap = Swap(id=_id("swap"), shift_id=shift.id, asked_by=me, to=officer_id("checker", "own"))
    held = WorkOrder(origin=Origin(source=HOTLINE, source_id="1"))
    faults = (Fault(FaultCode.NO_KIND),)
    plan_id = next(iter(gateway.picture.plans.plans))
    officer = officer_party(me)
    await gateway.record(officer, [
        ev.IncidentReported(incident=incident), ev.OrderIssued(order=order), ItemApplied(item=item),
        AlarmRaised(alarm=alarm), ev.FenceDrawn(fence=fence), ev.MarkDrawn(mark=mark), WeatherIssued(alert=weather),
        ev.TalkgroupFormed(talkgroup=group, area=area, unit_ids=(U2,)),
        PatrolQuestionSet(question=question), PatrolPlanSet(plan=plan), VisitBegun(visit=visit),
        PostDefined(post=post), RosterSet(post_id=post.id, shifts=(shift,)), SwapAsked(swap=swap),
        SourceDefined(source=source(jurisdiction_id=NORTH)),
        WorkOrderQuarantined(order=held, faults=faults, digest="d", blob_id=BlobId("0" * 64)),
        PlanStarted(run_id=_id("run"), plan_id=plan_id, incident_id=incident.id, level=PlanLevel.IV,
                    jurisdiction_id=NORTH),
    ])  # fmt: skip
    sheet = sheet_of(gateway.picture, post, gateway.picture.duty.shifts[shift.id], now=now)
    await gateway.record(officer, [HandoverMade(handover_id=_id("handover"), sheet=sheet, digest=sheet_digest(sheet))])
    call_id, video_id = _live(gateway)
    desks = frozenset(officer_party(officer_id(role, where)) for role in ROLES for where in WHERE)
    on_duty = frozenset(each for each in desks if not each.split(":")[1].startswith(("system", "security", "audit")))
    own = frozenset({unit})
    return {
        Noun.UNIT: Thing(U2, north, own),
        Noun.MEMBERS: Thing(NORTH_GROUP, Found((NORTH_GRID, NORTH))),
        Noun.TRACK: Thing(U2, north, own),
        Noun.GRID: Thing(NORTH, north),
        Noun.OFFICER: Thing(me, north, frozenset({officer})),
        Noun.TALKGROUP: Thing(NORTH_GROUP, north, frozenset({unit, unit_party(U1)})),
        Noun.AD_HOC: Thing(group.id, north),
        Noun.CALL: Thing(call_id, north, own),
        Noun.VIDEO: Thing(video_id, north, own),
        Noun.ORDER: Thing(order.id, north, own),
        Noun.AT_WORK: Thing(order.id, north),
        Noun.INCIDENT: Thing(incident.id, north),
        Noun.QUARANTINED: Thing(next(iter(gateway.picture.work_orders.quarantine)), north),
        Noun.ITEM: Thing(item.id, north),
        Noun.POST: Thing(post.id, north),
        Noun.SHIFT: Thing(shift.id, north),
        Noun.SWAP: Thing(swap.id, Found(), frozenset({officer, officer_party(swap.to)})),
        Noun.HANDOVER: Thing(_id("handover"), north),
        Noun.QUESTION: Thing(question.id, north),
        Noun.PATROL_PLAN: Thing(plan.id, north),
        Noun.PATROL_PLACE: Thing(place.id, north),
        Noun.VISIT: Thing(visit.id, Found(), own),
        Noun.MARK: Thing(mark.id, north),
        Noun.FENCE: Thing(fence.id, north),
        Noun.WEATHER: Thing(weather.id, north),
        Noun.PLAN_RUN: Thing(_id("run"), north),
        Noun.ALARM: Thing(alarm.id, north),
        Noun.BLOB: Thing(blob_id, Found(), on_duty | own),
    }


def _id(name: str) -> Any:
    return f"{name}-1"


def _live(gateway: Gateway) -> tuple[str, str]:
    """A call that U2 makes, and its camera: both live only in the gateway."""
    worker, desk = gateway.sessions.get(unit_party(U2)), gateway.sessions.get(officer_party(officer_id("none", "own")))
    assert worker is not None
    assert desk is not None
    worker.has_media = desk.has_media = True
    call_id, video_id = gateway.voice.calls.place(worker, None), gateway.videos.ask(desk, U2)
    assert isinstance(call_id, str), call_id
    assert isinstance(video_id, str), video_id
    return call_id, video_id


# --- commands ---------------------------------------------------------------------------------------------------

_GIVEN: dict[tuple[str, str], Any] = {
    ("order.advance", "state"): AssignmentState.CANCELLED,
    ("order.advance", "reason"): "r",
    ("case.move", "step"): CaseStep.REGISTER,
    ("blob.put", "media_type"): next(iter(PHOTO_TYPES)),
    ("issuer.begin", "challenge"): "x" * 43,
    ("desk.sign_in_by_issuer", "verifier"): "x" * 43,
    ("account.unlock_by_issuer", "verifier"): "x" * 43,
}
"""Where the first value that fits would not be one of the state that the scene is in, or not of its pattern."""


@cache
def _hints(kind: type[msgspec.Struct]) -> dict[str, Any]:
    return typing.get_type_hints(kind, include_extras=True)


@cache
def _fields(kind: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(kind)


def sample(kind: type[msgspec.Struct], ids: dict[str, Any]) -> Command:
    """A command of this kind: its id is new, the paths in `ids` are so, what is needed besides is made up."""
    return typing.cast(Command, _struct(kind, ids | {"id": new_id()}, str(kind.__struct_config__.tag)))


def _struct(kind: type[msgspec.Struct], ids: dict[str, Any], of: str) -> Any:
    hints = _hints(kind)
    values = {}
    for field in _fields(kind):
        inner = {path.partition(".")[2]: each for path, each in ids.items() if path.split(".")[0] == field.name}
        if (of, field.name) in _GIVEN:
            values[field.name] = _GIVEN[of, field.name]
        elif inner or field.required:
            values[field.name] = _value(hints[field.name], inner, of)
    return kind(**values)


def _value(hint: Any, ids: dict[str, Any], of: str) -> Any:
    """`ids` says what the value is ("" is itself), or what its fields are."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return _value(arguments[0], ids, of)
    if origin in (typing.Union, types.UnionType):
        return _value(next(each for each in arguments if _fits(each, ids)), ids, of)
    if origin is tuple:
        members = arguments[:1] if arguments[-1] is Ellipsis else arguments
        return tuple(_value(each, ids, of) for each in members)
    if "" in ids:
        return ids[""]
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return _struct(hint, ids, of)
    return _plain(hint)


def _fits(hint: Any, ids: dict[str, Any]) -> bool:
    if hint is types.NoneType:
        return not ids
    if not isinstance(hint, type) or not issubclass(hint, msgspec.Struct):
        return True
    return {path.split(".")[0] for path in ids} <= set(hint.__struct_fields__)


def _plain(hint: Any) -> Any:
    base = getattr(hint, "__supertype__", hint)
    if isinstance(base, type) and issubclass(base, str):
        return next(iter(base)) if issubclass(base, StrEnum) else "x"
    return {int: 1, float: 1.0, bool: True, bytes: b"x", dict: {}}[typing.get_origin(base) or base]


def named_ids(kind: type[msgspec.Struct]) -> Iterator[tuple[str, str]]:
    """Every path of a command at which an id of the domain stands, and the name of its type."""
    for name, hint in _hints(kind).items():
        if name != "id":
            yield from ((".".join(path), of) for path, of in _ids_in(hint, (name,), 0))


def _ids_in(hint: Any, path: tuple[str, ...], depth: int) -> Iterator[tuple[tuple[str, ...], str]]:
    if getattr(hint, "__supertype__", None) is str:
        yield path, hint.__name__
    elif isinstance(hint, type) and issubclass(hint, msgspec.Struct) and depth < 3:
        for name, inner in _hints(hint).items():
            yield from _ids_in(inner, (*path, name), depth + 1)
    else:
        for inner in typing.get_args(hint):
            yield from _ids_in(inner, path, depth)


def right_ids(rule: Rule, known: dict[Noun, Thing], *, about: Of | None = None) -> dict[str, Any]:
    """The things of the scene at every path of a rule; of several ways to say the same field, that of `about`."""
    order = ([about] if about is not None else []) + [each for each in rule.of if each is not about]
    chosen: dict[str, Any] = {}
    for each in order:
        if all(_go_together(each.path, path) for path in chosen):
            chosen[each.path] = known[each.noun].id
    return chosen


def _go_together(one: str, other: str) -> bool:
    """The fields of a target are ways to say it; those of a fence, a plan or a question stand beside each other."""
    return not (one.startswith("target.") and other.startswith("target."))
