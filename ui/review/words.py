"""Words that several pages of the review share."""

from datetime import datetime

from comms.domain.inject import Words
from comms.domain.plan import said
from comms.domain.score_line import ScoreLine, Verdict
from comms.domain.score_words import number
from console.drill.run import Run
from ui.drill.aar import CHINA, clock_of
from ui.text import Texts

TONES = {Verdict.FULL: "ok", Verdict.HALF: "warn", Verdict.NONE: "danger", Verdict.NOT_COUNTED: "text_faint"}
ICONS = {Verdict.FULL: "check", Verdict.HALF: "clock", Verdict.NONE: "close", Verdict.NOT_COUNTED: "info"}


def said_here(words: Words, text: Texts) -> str:
    return said(words, text.locale.value)


def figure_words(value: float | None, line: ScoreLine) -> str:
    if value is None:
        return "—"
    return f"{number(value)} {line.unit}".strip()


def points_words(line: ScoreLine) -> str:
    return "—" if line.verdict is Verdict.NOT_COUNTED else f"{number(line.points)} / {number(line.of)}"


def share_words(share: float | None) -> str:
    return "—" if share is None else f"{100 * share:.0f} %"


def second_words(at_s: float, starts_at: float, text: Texts) -> str:
    """Of the drill, and what its clock showed."""
    shown = datetime.fromtimestamp(starts_at + at_s, CHINA)
    return text("review.second", second=clock_of(at_s), clock=f"{shown:%H:%M:%S}")


def drill_words(run: Run, text: Texts) -> str:
    """When, how long, with which seed, who, and how it ended."""
    score = run.review.score
    clock = datetime.fromtimestamp(score.began_at, CHINA)
    held = text("review.held_unknown") if run.held_at is None else _moment(run.held_at)
    team = text("review.and").join(person.name for person in score.people) or text("review.nobody")
    end = "running" if not score.is_over else "early" if score.is_early else "over"
    return text(
        "review.facts",
        held=held,
        clock=f"{clock:%Y-%m-%d %H:%M}",
        minutes=f"{score.length_s / 60:.0f}",
        seed=score.seed,
        team=team,
        end=text(f"review.end.{end}"),
    )


def run_words(run: Run) -> str:
    """A short name among several runs, with the moment it was held at."""
    return run.name if run.held_at is None else f"{run.name}  {_moment(run.held_at)}"


def _moment(at: float) -> str:
    return f"{datetime.fromtimestamp(at, CHINA):%Y-%m-%d %H:%M}"
