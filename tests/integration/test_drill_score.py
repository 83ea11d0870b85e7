"""A drill that was really played is scored and reviewed from what it left behind, as it was judged while it ran."""

from base64 import b64decode
from pathlib import Path

import pytest

from comms.domain.drill_events import ImprovementRaised
from comms.domain.expectation import OrderSent
from comms.domain.score_line import Verdict
from comms.drill import follow_up
from comms.drill.headless import Played, play
from comms.drill.score_command import nearest_in
from comms.journal.reading import read_events
from comms.protocol.errors import Locale
from comms.scenario.scenario_file import write_scenario
from console import aar
from console.drill.entry import EntryKind
from console.drill.review import Review, review_of
from tests.support.drill_run import short, town
from ui.bulletin import draw
from ui.drill.aar import aar_of
from ui.report.html import html_of
from ui.text import Texts

PNG = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYGAAAAAEAAH2FzhVAAAAAElFTkSuQmCC")
"""One pixel."""
Left = tuple[Played, Path, Review]


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Left:
    data = tmp_path_factory.mktemp("drill") / "data"
    played = play(short(), town(), data, seed=7)
    records = list(read_events(data))
    return played, data, review_of(short(), records, nearest=nearest_in(data, records))


def test_the_record_is_judged_as_the_drill_was(left: Left) -> None:
    """A contingency is never fired for what the score then finds done."""
    played, _, review = left
    lines = {line.id.removeprefix("expectation:"): line for line in review.score.lines}
    told = {Verdict.FULL: "met", Verdict.HALF: "late", Verdict.NONE: "missed", Verdict.NOT_COUNTED: "off"}
    for expectation in short().expectations:
        if isinstance(expectation.what, OrderSent) and expectation.what.nearest is not None:
            continue  # who was nearest is known to a second live, and to a reading in the tracks
        assert told[lines[expectation.id].verdict] == played.standings[expectation.id].outcome.value


def test_its_score_rests_on_events_that_are_there(left: Left) -> None:
    _, data, review = left
    seqs = {recorded.seq for recorded in read_events(data)}
    evidence = [seq for line in review.score.lines for seq in line.evidence]
    assert evidence
    assert seqs.issuperset(evidence)
    assert review.score.is_over
    assert not review.score.is_other_version
    assert review.score.length_s == pytest.approx(short().length_s, abs=2.0)
    assert [person.officer_id for person in review.score.people] == ["duty"]


def test_its_review_tells_injects_and_answers(left: Left, qapp: object) -> None:
    review = left[2]
    kinds = {entry.kind for entry in review.entries}
    assert {EntryKind.INJECT, EntryKind.ACTION, EntryKind.REPORT, EntryKind.TALK} <= kinds
    for locale in Locale:
        html = html_of(aar_of(review, Texts(locale)), language="en").decode()
        assert f"#{review.entries[-1].seq}" in html


def test_the_report_comes_from_the_command_line(
    left: Left, tmp_path: Path, qapp: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its charts are tested where they are drawn; what draws them takes seconds to load."""
    monkeypatch.setattr(draw, "draw", lambda wish: draw.Charts(bars=PNG, trends=PNG, bar_boxes=()))
    scenario_path, out = tmp_path / "short.yaml", tmp_path / "report.pdf"
    scenario_path.write_bytes(write_scenario(short()))
    assert aar.main(["--data", str(left[1]), "--scenario", str(scenario_path), "--out", str(out)]) == 0
    assert out.read_bytes().startswith(b"%PDF")


def test_the_next_drill_shows_what_an_earlier_one_left_open(tmp_path: Path) -> None:
    raised = ImprovementRaised(improvement_id="a", text="增配耳麦", owner="值班长", due="2026-07-01", from_drill="d0")
    play(short(length_min=0.2), town(), tmp_path / "first", carried=[raised])
    left_open = follow_up.still_open(tmp_path / "first")
    assert left_open == (raised,)
    play(short(length_min=0.2), town(), tmp_path / "second", carried=left_open)
    review = review_of(short(length_min=0.2), read_events(tmp_path / "second"))
    assert [each.raised for each in review.carried] == [raised]
    assert all(each.is_open for each in review.carried)
