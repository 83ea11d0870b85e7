"""Masks: whoever is named or numbered in a record is nobody in the scenario that is made of it."""

import string
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comms.domain import events as ev
from comms.domain.hub_events import IncidentAcknowledged
from comms.domain.ids import (
    GATEWAY,
    BlobId,
    IncidentId,
    JurisdictionId,
    OfficerId,
    OrderId,
    SourceId,
    UnitId,
    officer_party,
    unit_party,
)
from comms.domain.incident import Incident, IncidentOutcome, Origin
from comms.domain.jurisdiction import Jurisdiction, Level
from comms.domain.order import AssignmentState, Order, Place
from comms.domain.picture import Picture
from comms.domain.scenario_check import faults_of
from comms.domain.unit import Unit
from comms.drill.from_incident import Recording, masker_of, scenario_of
from comms.journal.masking import Masker, is_name
from comms.scenario.scenario_file import read_scenario, write_scenario

TOWN, U1, U2 = JurisdictionId("t"), UnitId("u1"), UnitId("u2")
DESK = officer_party(OfficerId("duty"))
MAIN = Origin(source=SourceId("s"), source_id="9")
START = 1_781_764_260.0

surnames = st.sampled_from("王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗")
given_names = st.text(st.sampled_from("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英"), min_size=1, max_size=2)
names = st.builds(str.__add__, surnames, given_names)
digits = st.text(string.digits, min_size=8, max_size=8)
mobiles = st.builds(lambda head, rest: f"13{head}{rest}", st.sampled_from(string.digits), digits)
identities = st.builds(
    lambda rest, end: f"44190019{rest}1{end}",
    st.text(string.digits, min_size=8, max_size=8),
    st.sampled_from("0123456789X"),
)
plates = st.builds(lambda rest: f"粤S{rest}", st.text(string.ascii_uppercase + string.digits, min_size=5, max_size=5))
houses = st.integers(1, 999)


@st.composite
def people(draw: st.DrawFn) -> dict[str, Any]:
    known = draw(st.lists(names, min_size=4, max_size=4, unique=True))
    return {
        "officer": known[0],
        "worker": known[1],
        "other": known[2],
        "caller": known[3],
        "mobile": draw(mobiles),
        "identity": draw(identities),
        "plate": draw(plates),
        "house": draw(houses),
    }


def recording(who: dict[str, Any]) -> tuple[Recording, IncidentId]:
    told = (
        f"我叫{who['caller']}，电话{who['mobile'][:3]}-{who['mobile'][3:7]} {who['mobile'][7:]}，"
        f"身份证{who['identity']}，"
        f"{who['worker']}也在，莲塘路{who['house']}号三栋冒烟，车{who['plate']}堵路。"
    )
    place = Place(lat=23.0, lon=113.7, text=f"莲塘路{who['house']}号{who['caller']}家")
    main = Incident(
        id=MAIN.incident_id, kind="火情", place=place, jurisdiction_id=TOWN, text=told, source="12345 热线", origin=MAIN
    )
    photo = Incident(
        id=IncidentId("p"), kind="火情", place=place, jurisdiction_id=TOWN, photos=(BlobId("a" * 64),),
        text=f"{who['other']}拍的，{who['caller']}先生{who['mobile']}",
    )  # fmt: skip
    order = Order(
        id=OrderId("o"), title="去看", place=place, issued_at=START + 40, unit_ids=(U1, U2), incident_id=main.id
    )
    lines: list[tuple[float, Any, ev.Event]] = [
        (0, GATEWAY, ev.JurisdictionDefined(jurisdiction=Jurisdiction(id=TOWN, name="town", level=Level.TOWN))),
        (
            0,
            GATEWAY,
            ev.UnitDefined(unit=Unit(id=U1, no=1, name=who["worker"], jurisdiction_id=TOWN, phone=who["mobile"])),
        ),
        (0, GATEWAY, ev.UnitDefined(unit=Unit(id=U2, no=2, name=who["other"], jurisdiction_id=TOWN, skills=("消防",)))),
        (0, GATEWAY, ev.OfficerDefined(officer_id=OfficerId("duty"), name=who["officer"], jurisdiction_id=TOWN)),
        (10, GATEWAY, ev.IncidentReported(incident=main)),
        (20, unit_party(U2), ev.IncidentReported(incident=photo)),
        (30, DESK, IncidentAcknowledged(incident_id=main.id)),
        (40, DESK, ev.OrderIssued(order=order)),
        *(
            (40 + 10 * at, unit_party(U1), ev.OrderAdvanced(order_id=order.id, unit_id=U1, state=state))
            for at, state in enumerate(
                (AssignmentState.READ, AssignmentState.ACCEPTED, AssignmentState.EN_ROUTE), start=1
            )
        ),
        (
            60,
            unit_party(U2),
            ev.OrderAdvanced(order_id=order.id, unit_id=U2, state=AssignmentState.REFUSED, reason=who["caller"]),
        ),
        (70, unit_party(U1), ev.TerminalDisconnected(unit_id=U1)),
        (95, unit_party(U1), ev.TerminalConnected(unit_id=U1)),
        (
            200,
            DESK,
            ev.IncidentClosed(incident_id=main.id, outcome=IncidentOutcome.HANDLED, note=f"{who['officer']}已核实"),
        ),
    ]
    picture, events = Picture(), []
    for seq, (after_s, actor, event) in enumerate(lines, start=1):
        events.append(ev.Recorded(seq=seq, at=START + after_s, actor=actor, event=event))
        picture.apply(events[-1])
    return Recording(from_at=START, to_at=START + 480, picture=picture, events=tuple(events)), main.id


@settings(max_examples=40, deadline=None)
@given(who=people())
def test_nobody_of_the_record_is_in_the_scenario(who: dict[str, Any]) -> None:
    found, incident_id = recording(who)
    scenario = scenario_of(found, incident_id, masker_of(found, None), town_path="town.json")
    text = write_scenario(scenario).decode()
    for key in ("officer", "worker", "other", "caller", "mobile", "identity", "plate"):
        assert who[key] not in text, (key, text)
    assert f"{who['house']}号" not in text
    assert "a" * 64 not in text, "and no photo"
    assert faults_of(scenario) == ()
    assert read_scenario(text.encode()) == scenario


def test_a_scenario_has_what_came_what_was_done_and_who_took_part() -> None:
    who = {"officer": "王伟", "worker": "李娜", "other": "张敏", "caller": "陈强", "mobile": "13800138000",
           "identity": "441900199001011234", "plate": "粤S12345", "house": 12}  # fmt: skip
    found, incident_id = recording(who)
    scenario = scenario_of(found, incident_id, masker_of(found, None), town_path="town.json")
    plain = msgspec.to_builtins(scenario)
    assert [(inject["when"]["s"], inject["what"]["do"]) for inject in plain["injects"]] == [
        (10, "work_order"),
        (20, "picture"),
        (70, "unit_trouble"),
    ]
    assert plain["injects"][1]["what"]["scene"] == "fire"
    assert plain["injects"][2]["what"]["for_s"] == 25
    assert [each["what"]["see"] for each in plain["expectations"]] == ["acknowledged", "order", "right_unit", "closed"]
    assert {each["since"] for each in plain["expectations"]} == {plain["injects"][0]["id"]}
    behaviours = {actor["id"]: actor["behaviour"] for actor in plain["cast"]}
    assert [behaviour.get("accept_chance") for behaviour in behaviours.values()] == [0.0, None]
    kept = scenario_of(found, incident_id, Masker.keeping(), town_path="town.json")
    assert "陈强" in write_scenario(kept).decode()


def test_the_same_one_is_the_same_everywhere() -> None:
    masker = Masker({"王伟": "人员甲"})
    masker.learn(["我叫李小娜。", "联系人：赵刚"])
    assert masker.text("王伟和李小娜") == "人员甲和" + masker.text("李小娜")
    assert masker.text("13800138000") == masker.text("138 0013 8000") == masker.text("１３８００１３８０００")
    assert masker.text("13800138000") != masker.text("13800138001")
    assert masker.text("莲塘路12号和12号") == masker.text("莲塘路12号") + "和" + masker.text("12号")
    assert "赵刚" in masker.names


@pytest.mark.parametrize(
    "words",
    [
        "12345 热线",
        "110 报警",
        "2 号令",
        "水深 15 厘米",
        "火情",
        "2026-06-18 14:30 起 3 小时",
        "8 级大风",
    ],
)
def test_what_names_nobody_stays_readable(words: str) -> None:
    assert Masker({}).text(words) == words


@pytest.mark.parametrize(
    ("words", "is_one"), [("值班员", False), ("网格员12", False), ("王伟", True), ("u00001", False), ("陈", False)]
)
def test_a_seat_is_no_name(words: str, is_one: bool) -> None:
    assert is_name(words) is is_one


@given(st.text(max_size=80))
def test_whatever_is_said_can_be_masked_and_is_masked_once(words: str) -> None:
    masker = Masker({})
    masker.learn([words])
    once = masker.text(words)
    assert isinstance(once, str)
