"""Drills without people: the same seed gives the same journal, and everything a story can do is done."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from comms.domain import drill_events as dr
from comms.domain import events as ev
from comms.domain.events import Recorded
from comms.domain.expectation_watch import Outcome
from comms.domain.plan import said
from comms.domain.realm import DRILL_NAME
from comms.domain.weather import WeatherIssued
from comms.drill.headless import Played, play
from comms.drill.preparing import starts_at
from comms.drill.trainee import Rules
from comms.gateway.running import StartError
from comms.journal import history
from comms.journal.database import Database
from comms.protocol.errors import Locale
from comms.scenario.scenario_file import read_scenario, write_scenario
from console.drill.review import review_of
from tests.support.drill_run import scenario_files, short, town
from ui.drill.aar import aar_of
from ui.report.html import html_of
from ui.text import Texts


def _records(data: Path) -> list[Recorded]:
    database = Database(data)
    try:
        return database.read_now(lambda connection: history.page(connection, None, 100_000))
    finally:
        database.close()


def _run(path: Path, data: Path, *more: str, **environment: str) -> dict[str, Any]:
    """As somebody at a shell does, in a process of its own."""
    words = ("-m", "comms.drill", "run", str(path), "--data", str(data), "--speed", "60", "--headless", *more)
    done = subprocess.run([sys.executable, *words], capture_output=True, env={**os.environ, **environment}, check=False)
    assert done.returncode == 0, done.stderr.decode()
    told: dict[str, Any] = msgspec.json.decode(done.stdout)
    return told


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Played, list[Recorded]]:
    data = tmp_path_factory.mktemp("drill") / "data"
    return play(short(), town(), data, seed=7), _records(data)


def test_the_same_seed_gives_the_same_journal_also_in_another_process(
    first: tuple[Played, list[Recorded]], tmp_path: Path
) -> None:
    """Another process hashes its words otherwise, so an order that hung on a set would differ."""
    path = tmp_path / "short.yaml"
    path.write_bytes(write_scenario(short()))
    assert _run(path, tmp_path / "data", PYTHONHASHSEED="4711")["digest"] == first[0].digest


def test_another_seed_gives_another_journal(first: tuple[Played, list[Recorded]], tmp_path: Path) -> None:
    assert play(short(length_min=3.0), town(), tmp_path / "data", seed=8).digest != first[0].digest


def test_every_inject_is_fired_skipped_or_left_to_the_trainer(first: tuple[Played, list[Recorded]]) -> None:
    _, records = first
    fired = {item.event.inject_id: item for item in records if isinstance(item.event, dr.InjectFired)}
    skipped = {item.event.inject_id for item in records if isinstance(item.event, dr.InjectSkipped)}
    assert set(fired) == {inject.id for inject in short().injects} - {"extra", "spared"}
    assert skipped == {"spared"}
    began = starts_at(short())
    assert {key: item.at - began for key, item in fired.items() if key in ("fire", "call", "deaf")} == {
        "fire": pytest.approx(10.0),
        "call": pytest.approx(30.0),
        "deaf": pytest.approx(150.0),
    }
    assert fired["cue"].at - fired["better"].at == pytest.approx(5.0)


def test_what_an_inject_names_beforehand_comes_to_be(first: tuple[Played, list[Recorded]]) -> None:
    _, records = first
    made = [
        thing for item in records if isinstance(item.event, dr.InjectFired | dr.InjectMade) for thing in item.event.made
    ]
    nouns = Counter(thing.noun for thing in made)
    assert nouns == {
        "incident": 3,
        "call": 2,
        "alarm": 1,
        "weather": 1,
        "video": 1,
        "mark": 2,
        "unit": 3,
        "talkgroup": 1,
    }
    known: dict[str, set[str]] = {
        "incident": {item.event.incident.id for item in records if isinstance(item.event, ev.IncidentReported)},
        "call": {item.event.call.id for item in records if isinstance(item.event, ev.CallStarted)},
        "mark": {item.event.mark.id for item in records if isinstance(item.event, ev.MarkDrawn)},
        "alarm": {item.event.alarm.id for item in records if isinstance(item.event, ev.AlarmRaised)},
        "video": {item.event.video.id for item in records if isinstance(item.event, ev.VideoStarted)},
    }
    for thing in made:
        assert thing.id in known.get(thing.noun, {thing.id}), thing


def test_who_has_no_radio_is_not_heard_and_others_are(first: tuple[Played, list[Recorded]]) -> None:
    _, records = first
    began = starts_at(short())
    group = town().talkgroups[0].id
    talks = [item for item in records if isinstance(item.event, ev.TalkStarted) and item.event.talkgroup_id == group]
    assert len(talks) == 1
    assert 80 <= talks[0].at - began < 85


def test_what_people_say_is_written_beside_their_voice(first: tuple[Played, list[Recorded]]) -> None:
    _, records = first
    written = [item.event for item in records if isinstance(item.event, dr.TalkWritten)]
    bursts = {item.event.burst_id: item.event for item in records if isinstance(item.event, ev.TalkStarted)}
    assert all(each.burst_id is None or bursts[each.burst_id].talker == each.talker for each in written)
    spoken = [each.words for each in written if each.burst_id is not None]
    assert any(words == "请求支援" for words in spoken)
    assert any("已到达现场" in words for words in spoken)
    assert any("处置完毕" in words for words in spoken)
    calls = {item.event.call_id for item in records if isinstance(item.event, ev.CallAnswered)}
    assert {each.call_id for each in written if each.burst_id is None} == calls
    assert len({each.burst_id for each in written if each.burst_id}) == len(spoken)


def test_the_trainee_acts_and_is_measured(first: tuple[Played, list[Recorded]]) -> None:
    played, records = first
    outcomes = {key: standing.outcome for key, standing in played.standings.items()}
    assert outcomes["ordered"] is Outcome.MET
    assert outcomes["answered"] is Outcome.MET
    assert outcomes["seen"] is Outcome.MET
    assert outcomes["cleared"] in (Outcome.MISSED, Outcome.LATE)
    assert played.answers["OrderIssue:Done"] >= 2
    done = [item.event for item in records if isinstance(item.event, ev.OrderAdvanced)]
    assert Counter(event.state.value for event in done)["completed"] >= 1


def test_everything_people_read_is_marked_as_a_drill(first: tuple[Played, list[Recorded]]) -> None:
    _, records = first
    titles = [item.event.order.title for item in records if isinstance(item.event, ev.OrderIssued)]
    texts = [item.event.incident.text for item in records if isinstance(item.event, ev.IncidentReported)]
    alerts = [item.event.alert.text for item in records if isinstance(item.event, WeatherIssued)]
    labels = [item.event.mark.label for item in records if isinstance(item.event, ev.MarkDrawn)]
    nodes = [item.event.jurisdiction for item in records if isinstance(item.event, ev.JurisdictionDefined)]
    for words in (*titles, *texts, *alerts, *labels, min(nodes, key=lambda node: len(node.id)).name):
        assert words.startswith(DRILL_NAME), words
    assert min(map(len, (titles, texts, alerts, labels))) >= 1


def test_the_alarm_of_a_story_holds_until_it_is_seen(first: tuple[Played, list[Recorded]]) -> None:
    _, records = first
    names = [type(item.event).__name__ for item in records if _alarm_of(item.event)]
    assert names == ["AlarmRaised", "AlarmAcknowledged", "AlarmCleared"]


def _alarm_of(event: object) -> bool:
    match event:
        case ev.AlarmRaised():
            return event.alarm.source.startswith("drill:")
        case ev.AlarmAcknowledged():
            return any("/drill:" in alarm_id for alarm_id in event.alarm_ids)
        case ev.AlarmCleared():
            return "/drill:" in event.alarm_id
        case _:
            return False


def test_a_played_directory_is_left_as_it_is(tmp_path: Path) -> None:
    play(short(length_min=0.2), town(), tmp_path / "data")
    with pytest.raises(StartError, match="take another directory"):
        play(short(length_min=0.2), town(), tmp_path / "data")


def test_a_past_that_is_taken_over_goes_on_from_its_last_second(tmp_path: Path) -> None:
    data = tmp_path / "data"
    play(short(length_min=1.0), town(), data)
    past = _records(data)
    unit = town().units[3]
    place = town().area.places[7]
    places = {unit.id: (place.lat, place.lon)}
    play(short(length_min=1.0), town(), data, begin_at=past[-1].at, places=places)
    records = _records(data)
    assert records[: len(past)] == past
    assert [item.at for item in records] == sorted(item.at for item in records)
    began = [item.event for item in records if isinstance(item.event, dr.DrillBegan)]
    assert len(began) == 2
    assert began[1].starts_at > past[-1].at
    fires = [
        item.event.made for item in records if isinstance(item.event, dr.InjectFired) and item.event.inject_id == "fire"
    ]
    assert len(set(fires)) == 2, "what the second makes is not what the first made"


@pytest.mark.no_cover  # six long stories of what the short one above goes through
@pytest.mark.parametrize("path", scenario_files(), ids=lambda path: path.stem)
def test_those_that_come_with_the_product_play_to_their_end(path: Path, tmp_path: Path) -> None:
    scenario = read_scenario(path.read_bytes())
    rules = tmp_path / "rules.json"
    rules.write_bytes(msgspec.json.encode(Rules(units=3)))
    told = _run(path, tmp_path / "data", "--rules", str(rules))
    records = _records(tmp_path / "data")
    ended = [item for item in records if isinstance(item.event, dr.DrillEnded)]
    assert len(ended) == 1
    assert ended[0].at - starts_at(scenario) == pytest.approx(scenario.length_s, abs=2.0)
    fired = {item.event.inject_id for item in records if isinstance(item.event, dr.InjectFired)}
    timed = {
        inject.id
        for inject in scenario.injects
        if inject.when.__class__.__name__ == "AtTime" and not inject.is_optional
    }
    assert timed <= fired
    assert Outcome.MET.value in told["outcomes"].values()
    review = review_of(scenario, records)
    assert review.score.of > review.score.points > 0
    for locale in Locale:
        report = html_of(aar_of(review, Texts(locale)), language=locale.value).decode()
        assert all(said(line.title, locale.value) in report for line in review.score.lines)
