"""Behaviours, faults, tokens and duties as data: readable, seeded, and refused when they are none."""

import json
import random
import stat
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comms.domain.ids import TalkgroupId, UnitId
from comms.domain.position import Fix, FixFault, fix_fault
from comms.fleet.behaviour import PRESETS, Behaviour, Person, UnknownBehaviourError, behaviour
from comms.fleet.duty import DutyError, Talk, parse_talk
from comms.fleet.faults import Fault, FaultPlan, UnknownFaultError, afflict, parse_faults
from comms.fleet.tokens import CodeEntry, TokenFile, read_codes

FIX = Fix(at=1000.0, lat=23.0, lon=113.7, accuracy_m=5.0, battery_pct=80)


def test_behaviours_by_name_and_as_json() -> None:
    assert behaviour("slow") is PRESETS["slow"]
    assert behaviour('{"accept_chance":0.5}') == Behaviour(accept_chance=0.5)
    for words in ("lazy", '{"accept_chance":2}', '{"no_such":1}'):
        with pytest.raises(UnknownBehaviourError):
            behaviour(words)


def test_a_person_keeps_to_the_behaviour() -> None:
    person = Person(Behaviour(), random.Random(1))
    assert all(1.0 <= person.takes((1.0, 3.0)) <= 3.0 for _ in range(100))
    assert not any(person.agrees(0.0) for _ in range(100))
    assert all(person.agrees(1.0) for _ in range(100))
    assert person.reason() in person.behaviour.refusal_reasons


def test_faults_are_parsed_and_refused() -> None:
    assert parse_faults(["half_open=0.5", "null_island=1"]) == {Fault.HALF_OPEN: 0.5, Fault.NULL_ISLAND: 1.0}
    for word in ("nonsense=1", "half_open", "half_open=many", "half_open=1.5"):
        with pytest.raises(UnknownFaultError):
            parse_faults([word])


@settings(deadline=None)
@given(st.integers(0, 1000), st.floats(0, 1))
def test_the_same_units_suffer_in_every_run(seed: int, rate: float) -> None:
    units = [UnitId(f"u{number}") for number in range(50)]
    plan = FaultPlan({Fault.HALF_OPEN: rate, Fault.GARBAGE: 1.0}, seed)
    first = [plan.of(unit) for unit in units]
    assert first == [plan.of(unit) for unit in units]
    assert all(Fault.GARBAGE in faults for faults in first)
    fewer = FaultPlan({Fault.HALF_OPEN: rate / 2}, seed)
    assert all(Fault.HALF_OPEN in plan.of(unit) for unit in units if Fault.HALF_OPEN in fewer.of(unit))


def test_afflicted_readings_are_what_the_gateway_must_refuse() -> None:
    assert afflict(FIX, []) == FIX
    assert fix_fault(afflict(FIX, [Fault.NULL_ISLAND]), now=1000.0) is FixFault.NULL_ISLAND
    assert fix_fault(afflict(FIX, [Fault.CLOCK_AHEAD]), now=1000.0) is FixFault.IN_THE_FUTURE
    assert afflict(FIX, [Fault.BATTERY_LOW, Fault.SAY_TWICE]).battery_pct == 3


def test_tokens_are_kept_for_their_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    store = TokenFile(path)
    store.save()
    assert not path.exists(), "nothing to keep"
    store.put(UnitId("u1"), "secret")
    store.save()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert TokenFile(path).tokens == {"u1": "secret"}
    codes = (CodeEntry(UnitId("u1"), "A"), CodeEntry(UnitId("u2"), "B"))
    held = TokenFile(path).credentials(codes)
    assert [(each.unit_id, each.code, each.device_token) for each in held] == [("u1", "A", "secret"), ("u2", "B", None)]
    memory = TokenFile(None)
    memory.put(UnitId("u1"), "x")
    memory.save()
    assert list(tmp_path.iterdir()) == [path]


def test_codes_are_read_strictly(tmp_path: Path) -> None:
    path = tmp_path / "codes.json"
    path.write_text(json.dumps([{"unit_id": "u1", "code": "A"}]))
    assert read_codes(path) == (CodeEntry(UnitId("u1"), "A"),)
    path.write_text('[{"unit_id": 1}]')
    with pytest.raises(msgspec.ValidationError):
        read_codes(path)


def test_talk_duties_are_parsed_and_refused() -> None:
    assert parse_talk("town:30:5") == Talk(TalkgroupId("town"), 30.0, 5.0)
    assert parse_talk("a:b:30:5").talkgroup_id == "a:b"
    for words in ("town", "town:30", "town:x:5", ":30:5", "town:0:5", "town:30:-1"):
        with pytest.raises(DutyError):
            parse_talk(words)
