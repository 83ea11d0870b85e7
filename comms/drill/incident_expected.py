"""What was done about an incident, as what is expected of whoever plays it: within the limits of the book."""

from collections.abc import Iterable, Iterator
from math import ceil

from comms.domain import events as ev
from comms.domain import expectation as ex
from comms.domain.case import CaseMoved
from comms.domain.events import Recorded
from comms.domain.expectation import Expectation
from comms.domain.hub_events import IncidentAcknowledged, IncidentMerged
from comms.domain.ids import UnitId, party_officer, party_unit
from comms.domain.incident import IncidentState
from comms.domain.inject import Words
from comms.domain.order import Order
from comms.domain.picture import Picture
from comms.domain.plan_events import PlanStarted
from comms.drill.incident_injects import Coming

SPREAD = 0.25
"""A time that somebody took is played as this much shorter or longer."""
ACK_S, ORDER_S, CALL_S, ALARM_S = 60.0, 90.0, 15.0, 60.0
"""Limits of the book: taken note of within a minute, ordered half a minute later, calls answered within 15 s (NENA),
alarms within a minute."""
_ACK: Words = {"zh_CN": "确认来件", "en": "Take note"}
_ORDER: Words = {"zh_CN": "派出力量", "en": "Order units"}
_RIGHT: Words = {"zh_CN": "派出有相应技能的力量", "en": "Send somebody with the skills"}
_CALL: Words = {"zh_CN": "接听来电", "en": "Answer the call"}
_ALARM: Words = {"zh_CN": "确认告警", "en": "Acknowledge the alarm"}
_PLAN: Words = {"zh_CN": "启动预案", "en": "Begin the plan"}
_MERGED: Words = {"zh_CN": "合并重复来件", "en": "Merge what tells of the same"}
_AD_HOC: Words = {"zh_CN": "就地组呼", "en": "Call those around"}
_CALLED: Words = {"zh_CN": "点呼现场力量", "en": "Call the unit on scene"}
_VIDEO: Words = {"zh_CN": "调看现场视频", "en": "Watch the video from the scene"}
_CLOSED: Words = {"zh_CN": "结案", "en": "Close it"}

Wanted = tuple[str, str, float | None, ex.Seen, Words]
"""Name, objective, limit (None: none in the book), what is looked for, in words."""


class Expected:
    """`coming` has taken the events of the stretch."""

    def __init__(self, picture: Picture, state: IncidentState, coming: Coming) -> None:
        self._picture, self._state, self._coming = picture, state, coming
        self._ids = {state.incident.id, *state.merged_ids}

    def expectations(self, events: Iterable[Recorded], *, since: str, injects: set[str]) -> Iterator[Expectation]:
        """Each once. Counted from `since`; those of calls and alarms from what brought them, as far as it is kept."""
        seen: set[str] = set()
        for recorded in events:
            if party_officer(recorded.actor) is None:
                continue
            for name, objective, within_s, what, words in (*self._work(recorded), *self._talk(recorded)):
                if name not in seen:
                    seen.add(name)
                    limit_s = self._limit(recorded.at, within_s)
                    yield _expected(f"done_{len(seen)}", objective, since, limit_s, what, words)
        if "acknowledged" not in seen:
            yield _expected("noted_in_time", "take_note", since, ACK_S, ex.Acknowledged(), _ACK)
        for at, inject in enumerate((each for each in self._coming.calls if each in injects), start=1):
            yield _expected(f"call_taken_{at}", "lead", inject, CALL_S, ex.CallAnswered(), _CALL)
        for at, inject in enumerate((each for each in self._coming.alarms if each in injects), start=1):
            yield _expected(f"alarm_seen_{at}", "take_note", inject, ALARM_S, ex.AlarmSeen(), _ALARM)

    def _limit(self, at: float, book_s: float | None) -> float:
        """Of the book; where it has none, as long as it took and a quarter more."""
        if book_s is not None:
            return book_s
        return max(60.0, ceil((at - self._state.reported_at) * (1 + SPREAD) / 30) * 30.0)

    def _work(self, recorded: Recorded) -> Iterator[Wanted]:
        match recorded.event:
            case IncidentAcknowledged(incident_id=key) if key in self._ids:
                yield "acknowledged", "take_note", ACK_S, ex.Acknowledged(), _ACK
            case ev.OrderIssued(order=order) if order.incident_id in self._ids:
                yield from self._order(order)
            case CaseMoved(incident_id=key, step=step) if key in self._ids:
                words: Words = {"zh_CN": f"案件环节：{step}", "en": f"Case step: {step}"}
                yield f"case_{step}", "finish", None, ex.CaseStepped(step=step), words
            case PlanStarted(incident_id=key, plan_id=plan) if key in self._ids:
                yield "plan", "lead", None, ex.PlanBegun(plan=str(plan)), _PLAN
            case IncidentMerged(into=into) if into in self._ids:
                yield "merged", "take_note", None, ex.Merged(), _MERGED
            case ev.IncidentClosed(incident_id=key) if key in self._ids:
                yield "closed", "finish", None, ex.Closed(), _CLOSED
            case _:
                pass

    def _order(self, order: Order) -> Iterator[Wanted]:
        state = self._picture.orders.get(order.id)
        units = len(state.assignments) if state is not None else len(order.unit_ids)
        yield "order", "send", ORDER_S, ex.OrderSent(units=max(1, min(units, 100))), _ORDER
        known = [self._picture.units[unit_id].unit for unit_id in order.unit_ids if unit_id in self._picture.units]
        skills = tuple(sorted({skill for unit in known for skill in unit.skills}))
        if skills:
            yield "right", "send", ORDER_S * 2, ex.RightUnit(skills=skills), _RIGHT

    def _talk(self, recorded: Recorded) -> Iterator[Wanted]:
        match recorded.event:
            case ev.TalkgroupFormed():
                yield "ad_hoc", "lead", None, ex.TalkgroupCalled(is_ad_hoc=True), _AD_HOC
            case ev.CallStarted(call=call) if call.callee is not None:
                unit_id = party_unit(call.callee)
                if unit_id is not None and unit_id in self._coming.unit_ids:
                    actor = self._coming.actor(UnitId(unit_id))
                    yield f"called_{actor}", "lead", None, ex.UnitCalled(actor=actor), _CALLED
            case ev.VideoWatched():
                yield "video", "lead", None, ex.VideoOpened(), _VIDEO
            case _:
                pass


def _expected(name: str, objective: str, since: str, within_s: float, what: ex.Seen, words: Words) -> Expectation:
    return Expectation(id=name, objective=objective, since=since, within_s=within_s, what=what, words=words)
