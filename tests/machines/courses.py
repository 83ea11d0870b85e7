"""Which machines are walked, and what their rules are given."""

import random
from collections.abc import Sequence
from typing import Any

from comms.domain.case import CaseStep
from comms.domain.ids import PartyId
from comms.domain.order import AssignmentState
from tests.machines.walk import Course, Draw
from tests.support.cases import WORKER
from tests.unit import test_domain_case_machine as case
from tests.unit import test_domain_order_machine as order
from tests.unit import test_floor_together as together
from tests.unit import test_gateway_calls_machine as call
from tests.unit import test_gateway_switchboard as switchboard
from tests.unit.test_floor_properties import FloorMachine

PARTIES = (*(PartyId(f"unit:{number}") for number in range(3)), PartyId("officer:a"), PartyId("officer:b"))
YES_OR_NO = (False, True)


def of(**among: Sequence[Any]) -> Draw:
    """One of each."""
    return lambda source: {name: source.choice(values) for name, values in among.items()}


def _some(source: random.Random, among: Sequence[Any]) -> list[Any]:
    return source.sample(list(among), source.randint(0, len(among)))


FLOOR = Course(
    "floor",
    FloorMachine,
    begin=of(cut_in=YES_OR_NO, size=range(4)),
    draws={
        "request": of(party=PARTIES, priority=range(8), is_emergency=(False, False, False, True)),
        "release": of(party=PARTIES, last=(None, 0, 65_535)),
        "leave": of(party=PARTIES),
        "join": of(party=PARTIES),
        "say": of(party=PARTIES, input_name=("media_received", "media_drained", "queue_position")),
        "ack": of(party=PARTIES, back=range(3)),
        "pass_time": of(step_s=(0.0, 0.05, 0.3, 1.0, 2.0, 3.0, 4.5, 31.0)),
        "wait_for_the_next_timer": of(),
    },
    weights={"request": 5, "say": 4, "pass_time": 3, "wait_for_the_next_timer": 3, "release": 2},
)
_TALKERS = (together.A, together.B, together.DESK)
TOGETHER = Course(
    "together",
    together.FloorTogether,
    begin=of(cut_in=YES_OR_NO, stays=YES_OR_NO),
    draws={
        "press": of(party=_TALKERS, is_emergency=YES_OR_NO),
        "let_go": of(party=_TALKERS),
        "carry_up": of(party=_TALKERS),
        "carry_down": of(party=_TALKERS),
        "lose_link": of(party=_TALKERS),
        "pass_time": of(step_s=(0.05, 0.3, 1.0, 2.0, 4.0)),
    },
    weights={"press": 3, "let_go": 2, "carry_up": 5, "carry_down": 6, "pass_time": 3},
    life=2000,  # its end takes some thousand steps of its own
)
CALL = Course(
    "call",
    call.PointCallMachine,
    begin=of(),
    draws={
        "come": of(name=call.NAMES),
        "go": of(name=call.NAMES),
        "lose_or_get_media": of(name=call.NAMES, has_media=(True, True, False)),
        "call_a_unit": of(desk=call.DESKS, unit=(*call.UNITS, "nobody")),
        "call_the_desks": of(unit=call.UNITS),
        **{name: of(name=call.NAMES, is_own=YES_OR_NO, which=range(4)) for name in ("answer", "reject", "hang_up")},
        "take_a_floor": of(name=call.NAMES, is_muted=YES_OR_NO),
        "time_passes": of(seconds=(0.5, 7.0, 30.0)),
        "media_fails_or_is_back": of(is_down=(False, False, False, True)),
    },
    weights={"come": 6, "call_a_unit": 6, "call_the_desks": 5, "answer": 8, "hang_up": 2, "lose_or_get_media": 2},
)
SWITCHBOARD = Course(
    "switchboard",
    switchboard.SwitchboardMachine,
    begin=of(),
    draws={
        "connect": of(name=("a", "b", "c", "desk", "chief")),
        "disconnect": of(name=("a", "b", "c", "desk", "chief")),
        "affiliate": lambda source: {
            "name": source.choice(("a", "b", "c", "desk", "chief")),
            "groups": _some(source, switchboard.GROUPS),
        },
        "open_talk": of(
            name=("a", "b", "c", "desk", "chief"),
            group=switchboard.GROUPS,
            is_emergency=YES_OR_NO,
            priority=range(4),
        ),
        "raise_talk": of(group=switchboard.GROUPS),
        "close_talk": of(group=switchboard.GROUPS),
        "start_call": of(one=("a", "b", "c", "desk", "chief"), other=("a", "b", "c", "desk", "chief")),
        "end_call": of(),
        "mute": of(is_first=YES_OR_NO, is_muted=YES_OR_NO),
    },
    weights={"connect": 3, "open_talk": 5, "start_call": 2, "affiliate": 2},
)
ORDER = Course(
    "order",
    order.OrderMachine,
    begin=of(),
    draws={
        "issue": of(order_id=order.ORDERS, count=(1, 2, 3), length_s=order.LENGTHS_S),
        "a_unit_moves": of(
            order_id=order.ORDERS,
            unit_id=order.UNITS,
            state=tuple(AssignmentState),
            reason=("", " ", "r", "r"),
            names=(None, None, None, *order.UNITS),
        ),
        "an_officer_moves": of(
            order_id=order.ORDERS,
            unit_id=(None, *order.UNITS),
            state=tuple(AssignmentState),
            reason=("", "r"),
            is_of_city=YES_OR_NO,
        ),
        "a_worker_chooses_his_status": of(unit_id=order.UNITS, status=order.STATUSES),
        "time_passes": of(seconds=(1, 150, 400, 4000)),
        "a_desk_joins_by_a_snapshot": of(),
    },
    weights={"issue": 12, "a_unit_moves": 60, "an_officer_moves": 20, "time_passes": 8},
)
_FINDERS = (WORKER, WORKER, "officer:anybody", "officer:handler0", "officer:checker0")
CASE = Course(
    "case",
    case.Procedure,
    begin=of(finder=_FINDERS, length=range(len(case.STRAIGHT) + 1)),
    draws={
        "somebody_tries": of(step=tuple(CaseStep), is_complete=YES_OR_NO),
        "somebody_does_what_he_may": of(),
        "time_passes": of(seconds=(60, 3600, 40_000, 200_000)),
        "the_collector_answers": of(),
        "a_desk_joins_by_a_snapshot": of(),
    },
    weights={"somebody_tries": 30, "somebody_does_what_he_may": 8, "time_passes": 12, "the_collector_answers": 6},
    life=60,
    drawing=frozenset({"somebody_tries", "somebody_does_what_he_may"}),
)
COURSES: dict[str, Course] = {each.name: each for each in (FLOOR, TOGETHER, CALL, SWITCHBOARD, ORDER, CASE)}
