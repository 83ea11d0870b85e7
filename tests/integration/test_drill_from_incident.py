"""Incident → scenario by the command, from what a gateway recorded; the scenario plays to its end."""

import json
from pathlib import Path

import pytest

from comms.domain.events import IncidentReported, UnitDefined
from comms.drill.__main__ import main
from comms.drill.headless import play
from comms.journal.reading import read_events
from comms.protocol.area import decode_town
from comms.scenario.scenario_file import read_scenario
from tests.support.drill_run import short, town


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("played") / "data"
    play(short(length_min=4.0), town(), data)
    return data


def test_what_was_recorded_is_played_by_somebody_else(
    played: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reported = [item.event.incident for item in read_events(played) if isinstance(item.event, IncidentReported)]
    out = tmp_path / "again.yaml"
    assert main(["from-incident", str(played), "--incident", reported[0].id, "--out", str(out)]) == 0
    assert "injects" in capsys.readouterr().out
    text = out.read_text(encoding="utf-8")
    people = [item.event.unit for item in read_events(played) if isinstance(item.event, UnitDefined)]
    assert not [unit.name for unit in people if unit.name in text]
    scenario = read_scenario(out.read_bytes())
    does = [inject.what.__class__.__name__ for inject in scenario.injects]
    assert {"SendWorkOrder", "Call", "RaiseAlarm", "IssueWeather", "SendPicture"} <= set(does)
    assert [each.since for each in scenario.expectations if each.id == "call_taken_1"] == ["call_1"]
    beside = decode_town((tmp_path / "again.town.json").read_bytes())
    assert not {unit.name for unit in beside.units} & {unit.name for unit in people}
    assert main(["check", str(out)]) == 0
    capsys.readouterr()
    assert main(["run", "--headless", str(out), "--data", str(tmp_path / "data"), "--speed", "60"]) == 0
    outcomes = json.loads(capsys.readouterr().out)["outcomes"]
    assert "met" in outcomes.values()


@pytest.mark.parametrize(("words", "told"), [("nobody", "has no incident nobody"), ("", "has no incident")])
def test_what_is_not_there_is_said_in_a_sentence(
    played: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: str, told: str
) -> None:
    out = tmp_path / "no.yaml"
    assert main(["from-incident", str(played), "--incident", words, "--out", str(out)]) == 2
    assert told in capsys.readouterr().err
    assert not out.exists()
