"""Scenario files: YAML with what is wrong told by line, the published schema, and the scenarios that come along."""

import io
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

import msgspec
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comms.domain.expectation import Seen
from comms.domain.inject import InjectWhat, Scene, Spot, UnitCause, When, spot_of, words_of
from comms.domain.measure import MeasureKind
from comms.domain.plan_fit import longest_word
from comms.domain.scenario import RoleKind, Scenario, VoiceKind
from comms.domain.scenario_check import LOCALES, faults_of
from comms.drill import score_command
from comms.drill.__main__ import main
from comms.drill.scenario_town import Spots, town_faults
from comms.gateway.plan_file import load_plans
from comms.protocol.area import TownFile, encode_town
from comms.scenario import cexf, msel
from comms.scenario.exchange import ExchangeError
from comms.scenario.scenario_file import ScenarioFileError, problems_of, read_scenario, schema, write_scenario
from comms.scenario.yaml_text import YamlTextError, read_yaml, write_yaml
from tests.support.drill import RAW, raw, scenario
from tests.support.town import sample_town

SHIPPED = Path(str(files("resources"))) / "scenarios"
NAMES = ("chemical_leak", "market_crowd", "missing_child", "rental_gas", "residential_fire", "typhoon_flood")


@cache
def shipped(name: str) -> Scenario:
    return read_scenario((SHIPPED / f"{name}.yaml").read_bytes(), locales=LOCALES)


@cache
def town() -> TownFile:
    return sample_town(units=150)


def yaml_of(**changed: Any) -> bytes:
    return write_yaml(raw(**changed)).encode()


# --- YAML ---------------------------------------------------------------------------------------------------


def test_words_are_words_and_not_what_an_older_yaml_makes_of_them() -> None:
    found, lines = read_yaml(
        b"a: {b: no, c: 22:30, d: on, e: 1e3, f: , g: 010, h: 2026-01-01, i: true, j: ~}\nk: [1, 2.5]"
    )
    assert found == {
        "a": {
            "b": "no",
            "c": "22:30",
            "d": "on",
            "e": 1000.0,
            "f": None,
            "g": "010",
            "h": "2026-01-01",
            "i": True,
            "j": None,
        },
        "k": [1, 2.5],
    }
    assert lines.of(("k", 1)) == 2
    assert lines.of(("k", 1, "deeper")) == 2
    assert lines.of(("nothing",)) == 1
    assert read_yaml(b"")[0] is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (b"a: [1", 1),
        (b"a: &x 1\nb: *x", 1),
        (b"a: 1\na: 2", 2),
        (b"x: 1\n? [a]\n: b", 2),
        (b"a: 1\nb: \xff", 2),
        (b"a: 1\nb: !!python/object:os.system x", 2),
        (b"a: \t- x", 1),
        (b"- 1\n---\n- 2", 2),
        (b"a: " + b"[" * 60 + b"]" * 60, 1),
        (b"a: " + b"[" * 1000 + b"]" * 1000, 1),
        (b"#" * 2_000_001, 1),
        (b"a: !!int word", 1),
    ],
)
def test_what_is_no_yaml_is_told_by_its_line(text: bytes, line: int) -> None:
    with pytest.raises(YamlTextError) as error:
        read_yaml(text)
    assert error.value.line == line
    assert error.value.what


WORDS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=30)
SCALARS = (
    WORDS | st.integers(-(10**9), 10**9) | st.booleans() | st.none() | st.floats(allow_nan=False, allow_infinity=False)
)
KEYS = st.text(st.characters(min_codepoint=97, max_codepoint=122), min_size=1, max_size=8)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3))


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=4))
def test_what_is_written_reads_the_same(value: dict[str, Any]) -> None:
    assert read_yaml(write_yaml(value).encode())[0] == value


# --- files --------------------------------------------------------------------------------------------------


def test_a_file_that_was_written_is_the_same_scenario() -> None:
    told = scenario(cast=[{"id": "crew", "name": "队", "unit": 1, "behaviour": {"read_s": [1.0, 2.5]}}])
    assert read_scenario(write_scenario(told), is_lenient=True) == told
    assert read_scenario(write_scenario(told), is_lenient=True).digest == told.digest


def test_everything_wrong_with_a_file_is_told_at_once_and_by_line() -> None:
    text = (
        yaml_of()
        .decode()
        .replace("sample", "moon")
        .replace("by: time", "by: tim")
        .replace("within_s: 60", "within_s: minute")
        .replace("officer: trainer", "officer: 7")
    )
    with pytest.raises(ScenarioFileError) as error:
        read_scenario(text.encode())
    lines = text.splitlines()
    told = [(lines[problem.line - 1].strip(), problem.where) for problem in error.value.problems]
    assert told == [
        ("area: {town: moon, units: 20}", "area.town"),
        ("officer: 7", "roles[2].officer"),
        ("when: {by: tim, s: 10}", "injects[1].when.by"),
        ("within_s: minute", "expectations[1].within_s"),
    ]
    assert "Line" in str(error.value)
    assert error.value.problems[0].words("zh_CN").startswith("第 ")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"id": "Not A Name"}, "form"),
        ({"length_min": 0}, "> 0"),
        ({"objectives": []}, ">= 1"),
        ({"colour": 1}, "colour is nothing"),
        ({"roles": [{"id": "a", "kind": "boss", "name": "b"}]}, "boss is not known"),
    ],
)
def test_a_fault_of_form_says_what_to_do(change: dict[str, Any], says: str) -> None:
    (problem,) = problems_of(yaml_of(**change))
    assert says in problem.words("en")
    assert "。" in problem.words("zh_CN")


GOOD = write_yaml(RAW)


@given(st.binary(max_size=200))
def test_whatever_a_file_holds_is_a_scenario_or_told(data: bytes) -> None:
    assert problems_of(data)


@given(st.integers(0, len(GOOD)), st.integers(0, 40), st.text(max_size=12))
@settings(max_examples=60)
def test_a_scenario_that_was_damaged_is_read_or_told(at: int, length: int, instead: str) -> None:
    text = GOOD[:at] + instead + GOOD[at + length :]
    for problem in problems_of(text.encode(errors="replace")):
        assert problem.line >= 1
        assert problem.words("zh_CN")


@given(st.binary(max_size=200))
def test_whatever_a_sheet_or_an_exercise_holds_is_read_or_told(data: bytes) -> None:
    for read in (msel.read_msel, cexf.read_cexf):
        with pytest.raises(ExchangeError):
            read(data, scenario())


@pytest.mark.parametrize("text", [b"", b"[]", b"format: 1", b"injects: 5\nformat: 1", b"a: [1"])
def test_what_is_no_scenario_at_all_is_told(text: bytes) -> None:
    assert problems_of(text)


def test_faults_of_sense_are_told_by_line_and_may_be_put_off() -> None:
    text = yaml_of(doctrine=[{"source": ""}]).decode().replace("since: first", "since: firs")
    problems = problems_of(text.encode())
    lines = text.splitlines()
    assert [lines[problem.line - 1].split(":")[0].strip() for problem in problems] == ["since", "doctrine"]
    assert read_scenario(text.encode(), is_lenient=True).expectations[0].since == "firs"


def test_the_published_schema_is_that_of_the_product() -> None:
    assert (SHIPPED / "scenario.schema.json").read_bytes() == schema()


# --- what comes along ---------------------------------------------------------------------------------------


def test_six_scenarios_come_along() -> None:
    assert sorted(path.stem for path in SHIPPED.glob("*.yaml")) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_scenario_is_whole_in_both_languages(name: str) -> None:
    told = shipped(name)
    assert told.id == name
    assert 20 <= told.length_min <= 40
    assert 12 <= len(told.injects) <= 25
    assert sum(inject.is_contingency for inject in told.injects) >= 2
    assert 8 <= len(told.expectations) <= 15
    assert len(told.doctrine) >= 2
    said = [told.title, told.summary, *(each.words for each in told.objectives)]
    said += [each.words for each in told.expectations]
    said += [words for inject in told.injects for words in (inject.title, words_of(inject.what)) if words]
    said += [spot.text for inject in told.injects if (spot := spot_of(inject.what)) is not None and spot.text]
    assert all(isinstance(words, dict) and set(LOCALES) <= words.keys() for words in said)


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_scenario_lies_in_its_town_and_asks_what_the_town_has(name: str) -> None:
    told, plans = shipped(name), load_plans(None)
    assert town_faults(told, town(), plans=plans) == ()
    items = {item.name for item in town().items}
    for inject in told.injects:
        kind = getattr(inject.what, "kind", None)
        if isinstance(kind, str) and inject.what.__struct_config__.tag in ("work_order", "caller"):
            assert kind in items or any(longest_word(plan, kind) for plan in plans)


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_scenario_goes_to_other_formats_and_back(name: str) -> None:
    told = shipped(name)
    for data in (msel.csv_of(told), msel.xlsx_of(told)):
        again, losses = msel.read_msel(data, told)
        assert losses == ()
        assert sorted(again.injects, key=lambda each: each.id) == sorted(told.injects, key=lambda each: each.id)
        assert sorted(again.expectations, key=lambda e: e.id) == sorted(told.expectations, key=lambda e: e.id)
        assert faults_of(again) == ()
    data, losses = cexf.cexf_of(told)
    assert cexf.read_cexf(data, scenario()) == (told, ())
    assert any("contingencies" in each.words("en") for each in losses)


# --- in a town ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spot", "text"),
    [
        (Spot(lat=23.0, lon=113.7, text={"zh_CN": "这里"}), "这里"),
        (Spot(named="样例镇医院"), "样例镇医院"),
        (Spot(street="建宁路"), "建宁路"),
        (Spot(street="建宁路", crossing="康源路"), "建宁路 × 康源路"),
        (Spot(grid="900000/s01/v01/g001"), ""),
    ],
)
def test_places_are_found_in_the_town(spot: Spot, text: str) -> None:
    spots = Spots(town().area)
    place = spots.place(spot)
    assert place is not None
    assert spots.is_inside(place)
    assert place.text == text


def test_a_crossing_lies_on_both_streets() -> None:
    spots = Spots(town().area)
    here, there = (
        spots.place(Spot(street=one, crossing=two)) for one, two in (("建宁路", "康源路"), ("康源路", "建宁路"))
    )
    assert here is not None
    assert there is not None
    assert (here.lat, here.lon) == pytest.approx((there.lat, there.lon), abs=0.001)


@pytest.mark.parametrize(
    "spot", [Spot(named="没有"), Spot(street="没有"), Spot(street="建宁路", crossing="没有"), Spot(grid="x"), Spot()]
)
def test_what_the_town_does_not_have_is_nowhere(spot: Spot) -> None:
    assert Spots(town().area).place(spot) is None


def test_what_a_scenario_names_in_vain_is_told_at_once() -> None:
    def inject(name: str, what: dict[str, Any]) -> dict[str, Any]:
        return {"id": name, "title": "题", "when": {"by": "time", "s": 1}, "what": what}

    first = raw()["expectations"][0]
    cast = [
        {"id": "a", "name": "a", "unit": 9999, "skills": ["飞行"], "behaviour": "rude"},
        {"id": "b", "name": "b", "near": {"named": "没有"}, "behaviour": {"read_s": "soon"}},
    ]
    told = scenario(
        cast=cast,
        injects=[
            raw()["injects"][0] | {"what": raw()["injects"][0]["what"] | {"place": {"lat": 10.0, "lon": 10.0}}},
            inject("say", {"do": "say", "actor": "a", "text": "喂", "talkgroup": "没有组"}),
            inject("radio", {"do": "radio_failure", "talkgroup": "没有组", "for_s": 5}),
            inject("rain", {"do": "weather", "kind": "gale", "level": "red", "text": "风", "jurisdiction": "x"}),
            inject("act", {"do": "behave", "actor": "a", "behaviour": "rude"}),
        ],
        expectations=[
            first | {"what": {"see": "order", "items": ["没有项"]}},
            first | {"id": "e1", "what": {"see": "right_unit", "skills": ["飞行"]}},
            first | {"id": "e2", "what": {"see": "talkgroup", "talkgroup": "没有组"}},
            first | {"id": "e3", "what": {"see": "plan", "plan": "没有案"}},
            first | {"id": "e4", "what": {"see": "plan"}},
        ],
    )
    wheres = [fault.where for fault in town_faults(told, town(), plans=load_plans(None))]
    assert wheres == [
        "injects.first.what.place",
        "cast.b.near",
        "cast.a",
        "cast.a",
        "cast.a",
        "cast.b",
        "injects.say.what",
        "injects.radio.what",
        "injects.rain.what",
        "injects.act.what",
        "expectations.ordered.what",
        "expectations.e1.what",
        "expectations.e2.what",
        "expectations.e3.what",
    ]
    assert "expectations.e3.what" not in [fault.where for fault in town_faults(told, town())]


# --- MSEL and CEXF of others --------------------------------------------------------------------------------

FOREIGN = """Inject No.,Scenario time,Event synopsis,Method,Message,Expected response,Objective,Notes
1,T+00:05,Power fails,phone,The substation is dark,Call the utility,Continuity,Stay calm
2,09:20,Flooded cellar,radio,Water rises,,,
3,soon,Rumour,,,Answer the press,,
"""


def test_a_sheet_of_somebody_else_is_played_by_hand() -> None:
    told, losses = msel.read_msel(FOREIGN.encode(), scenario(starts_at="2026-06-18 09:00", length_min=30))
    assert [(each.id, each.when, each.what.__struct_config__.tag) for each in told.injects] == [
        ("inject_2", told.injects[0].when, "cue"),
        ("inject_3", told.injects[1].when, "cue"),
        ("inject_4", told.injects[2].when, "cue"),
    ]
    assert [msgspec.to_builtins(each.when)["s"] for each in told.injects] == [300.0, 1200.0, 0.0]
    assert words_of(told.injects[2].what) == {"en": "Rumour"}
    assert [line.text for line in told.checklist] == [{"en": "Call the utility"}, {"en": "Answer the press"}]
    said = [each.words("en") for each in losses]
    assert any("'soon' cannot be read" in words for words in said)
    assert all(each.words("zh_CN") for each in losses)
    assert told.expectations == ()


def test_objectives_may_be_said_in_words() -> None:
    head = "时间,事件,预期行动,目标,判定 Check\n"
    rows = '05:00,停电,派人,保持供电,"{""see"": ""order""}"\n06:00,再停,再派,派出力量,"{""see"": ""order""}"\n'
    told, _ = msel.read_msel((head + rows + '07:00,三停,三派,,"{""see"": ""order""}"\n').encode("gb18030"), scenario())
    assert [each.objective for each in told.expectations] == ["objective_2", "send", "send"]
    assert {each.id for each in told.objectives} == {"send", "objective_2"}


@pytest.mark.parametrize(
    "data", [b"", b"a,b\n1,2", b"PK\x03\x04broken", b"\xff\xfe\xff", b"time,event\n,\n1,", b"x" * 20_000_001]
)
def test_what_is_no_msel_is_told(data: bytes) -> None:
    with pytest.raises(ExchangeError) as error:
        msel.read_msel(data, scenario())
    assert error.value.sentences["zh_CN"]


def test_words_that_look_like_formulas_stay_words() -> None:
    what = {"do": "cue", "text": {"zh_CN": "=1+1", "en": "+cmd"}}
    told = scenario(injects=[raw()["injects"][0] | {"what": what}], expectations=[])
    sheet = openpyxl.load_workbook(io.BytesIO(msel.xlsx_of(told))).active
    values = [cell.value for cell in sheet[2]]
    assert "'=1+1" in values
    again, _ = msel.read_msel(msel.xlsx_of(told), told)
    assert again.injects == told.injects


def _cexf_of_another() -> dict[str, Any]:
    """In the form of the sample that comes with the format."""
    return {
        "exercise": {
            "name": "Phishing",
            "description": "A mail",
            "meta": {"level": "beginner"},
            "total_duration": "7200",
        },
        "inject_flow": [
            {
                "inject_uuid": "a",
                "requirements": {},
                "sequence": {"trigger": ["startex"]},
                "timing": {"triggered_at": None},
            },
            {
                "inject_uuid": "b",
                "description": "网络",
                "requirements": {"inject_uuid": "a"},
                "timing": {"triggered_at": "90"},
            },
        ],
        "inject_payloads": [
            {"uuid": "p", "type": "file", "parameters": {"content": "SGVsbG8=", "content-type": "base64"}},
            {"uuid": "q", "type": "file", "parameters": {"content": "###", "content-type": "base64"}},
        ],
        "injects": [
            {
                "uuid": "a",
                "name": "mail",
                "action": "email_to_participants",
                "action_payload_resource_uuid": "p",
                "inject_evaluation": [{"result": "event made", "score_range": [0, 10]}],
            },
            {"uuid": "b", "name": "flow", "action": "network_connection", "action_payload_resource_uuid": "q"},
        ],
    }


def test_an_exercise_of_somebody_else_is_played_by_hand() -> None:
    told, losses = cexf.read_cexf(msgspec.json.encode(_cexf_of_another()), scenario())
    assert (told.title, told.summary, told.length_min) == ("Phishing", "A mail", 120.0)
    assert [words_of(each.what) for each in told.injects] == ["Hello", "flow"]
    assert msgspec.to_builtins(told.injects[1].when) == {"by": "inject", "inject": "inject_1", "s": 90.0}
    assert [line.text for line in told.checklist] == ["event made"]
    assert len(losses) == 3
    assert faults_of(read_scenario(write_scenario(told), is_lenient=True)) != ()  # objectives without expectations


@pytest.mark.parametrize(
    "change",
    [
        {"exercise": None},
        {"injects": [5]},
        {"injects": [{}]},
        {"inject_payloads": {}, "injects": 3},
        {"exercise": {"meta": {cexf.META_KEY: "{}"}}},
        {"exercise": {"meta": {cexf.META_KEY: "nothing"}}},
    ],
)
def test_what_is_no_cexf_is_told(change: dict[str, Any]) -> None:
    with pytest.raises(ExchangeError) as error:
        cexf.read_cexf(msgspec.json.encode(_cexf_of_another() | change), scenario())
    assert error.value.sentences["zh_CN"]
    for data in (b"", b"[]", b"[" * 100_000):
        with pytest.raises(ExchangeError):
            cexf.read_cexf(data, scenario())


def test_a_resolution_names_what_has_to_be_resolved() -> None:
    then = {
        "id": "then",
        "title": "后",
        "when": {"by": "met", "expectation": "ordered", "s": 5},
        "what": {"do": "cue", "text": "x"},
    }
    data, _ = cexf.cexf_of(scenario(injects=[*raw()["injects"], then]), locale="en")
    flow = msgspec.json.decode(data)["inject_flow"][-1]
    assert flow["sequence"]["trigger"] == ["inject-resolution"]
    assert flow["requirements"]["resolution_requirement"] == "Send two"


# --- the command line ---------------------------------------------------------------------------------------


def test_the_command_line_checks_scenarios(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad, away = (tmp_path / f"{name}.yaml" for name in ("good", "bad", "away"))
    town_path = tmp_path / "town.json"
    town_path.write_bytes(encode_town(town()))
    good.write_bytes(yaml_of(area={"town": "file", "path": "town.json"}))
    bad.write_bytes(yaml_of(length_min=1))
    away.write_bytes(yaml_of(area={"town": "file", "path": "none.json"}))
    assert main(["check", str(good)]) == 0
    assert "good.yaml: OK" in capsys.readouterr().out
    assert main(["check", str(bad), str(away), "--locale", "en"]) == score_command.EXIT_WRONG
    told = capsys.readouterr().out
    assert "bad.yaml: Line" in told
    assert "none.json" in told


def test_the_command_line_writes_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    assert capsys.readouterr().out.encode() == schema()


@pytest.mark.parametrize("suffix", ["xlsx", "csv", "json"])
def test_the_command_line_exports_and_imports(suffix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet, again = tmp_path / f"fire.{suffix}", tmp_path / "again.yaml"
    path = str(SHIPPED / "residential_fire.yaml")
    assert main(["export", path, "--out", str(sheet), "--locale", "en"]) == 0
    assert "cast: " in capsys.readouterr().out
    assert main(["import", str(sheet), "--base", path, "--out", str(again)]) == 0
    assert capsys.readouterr().out == f"{again}\n"
    told, before = read_scenario(again.read_bytes()), shipped("residential_fire")
    assert {each.id: each for each in told.injects} == {each.id: each for each in before.injects}


def test_the_command_line_says_why_it_cannot(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad, good, out = tmp_path / "bad.yaml", str(SHIPPED / "residential_fire.yaml"), str(tmp_path / "x.yaml")
    bad.write_text("format: 1", encoding="utf-8")
    none = str(tmp_path / "none.csv")
    for arguments in (
        ["export", good, "--out", str(tmp_path / "x.doc")],
        ["export", str(bad), "--out", str(tmp_path / "x.csv")],
        ["export", none, "--out", str(tmp_path / "x.csv")],
        ["import", str(bad), "--base", good, "--out", out],
        ["import", good, "--base", str(bad), "--out", out],
        ["import", none, "--base", good, "--out", out],
    ):
        assert main(arguments) == 2
        assert capsys.readouterr().err


def test_a_sheet_that_leaves_something_open_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet = tmp_path / "foreign.csv"
    sheet.write_text(FOREIGN, encoding="utf-8")
    base = tmp_path / "base.yaml"
    base.write_bytes(yaml_of())
    arguments = ["import", str(sheet), "--base", str(base), "--out", str(tmp_path / "x.yaml"), "--locale", "en"]
    assert main(arguments) == 0
    told = capsys.readouterr().out
    assert "objectives.send has no expectation" in told
    assert "ticks it off" in told


@pytest.mark.parametrize("name", ["scenarios.md", "scenarios.zh-CN.md"])
def test_the_guide_names_all_that_a_scenario_can_say(name: str) -> None:
    text = (Path(str(files("resources"))) / "help" / name).read_text(encoding="utf-8")
    assert [kind for kind in get_args(When) if f"{{by: {kind.__struct_config__.tag}," not in text] == []
    unions = (InjectWhat, Seen)
    words = [str(kind.__struct_config__.tag) for union in unions for kind in get_args(union)]
    words += [*MeasureKind, *UnitCause, *Scene, *VoiceKind, *RoleKind]
    words += [*Scenario.__struct_fields__, *Spot.__struct_fields__]
    assert [word for word in words if f"`{word}`" not in text] == []
