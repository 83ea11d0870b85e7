"""The review report of a drill (AAR) as a document: facts, score with its evidence, findings, time line, improvement
actions; `ui.report` makes a PDF or an HTML file of it. May be put together on any thread."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, timezone

from comms.domain.drill_book import Improvement
from comms.domain.drill_events import Rating
from comms.domain.inject import Words
from comms.domain.plan import said
from comms.domain.score import Compared, Score
from comms.domain.score_line import ScoreLine, Verdict
from comms.domain.score_words import number
from console.drill.entry import Entry, EntryKind
from console.drill.review import Finding, FindingKind, Review, suggested
from console.drill.versus import best_runs
from ui.bulletin.draw import Bar, Drawing, Trend
from ui.report.document import Block, Heading, NewPage, Paragraph, Picture, Report, Signatures, Table
from ui.text import Texts
from ui.theme import LIGHT

CHINA = timezone(timedelta(hours=8))
_TIME_TO_IMPROVE = timedelta(days=30)
_SHOWN_TRENDS = (EntryKind.INJECT, EntryKind.ACTION, EntryKind.TALK)
_FAMILIES = ("Noto Sans CJK SC", "Noto Sans CJK JP", "Source Han Sans SC")
_MOST_SEQS = 8
"""Of the evidence, named in a table."""


def aar_of(
    review: Review,
    text: Texts,
    *,
    charts: Sequence[bytes] = (),
    frames: Sequence[tuple[float, bytes]] = (),
    runs: Sequence[Compared] = (),
    held_at: float | None = None,
) -> Report:
    """`charts` are pictures to go with the score, `frames` of the map with their Unix seconds; `runs` compares it with
    earlier ones. `held_at` is when it was really held, whatever its own clock showed."""
    score = review.score
    blocks: list[Block] = [
        *_facts(review, text),
        *_objectives(review, text),
        *(Picture(chart, width_pct=80) for chart in charts),
        *_findings(review, text),
        *_score(score, text),
        *_people(score, text),
        *_runs(runs, text),
        *_notes(review, text),
        *_improvements(review, text),
        *_frames(review, frames, text),
        NewPage(),
        *_time_line(review, text),
        *_transcript(review, text),
        Signatures((text("aar.signed.trainer"), text("aar.signed.trainee"), text("aar.signed.observer"))),
    ]
    title = text("aar.title", title=_said(review.scenario.title, text))
    return Report(title, tuple(blocks), _subtitle(score, held_at, text), text("aar.foot", drill=score.drill_id))


def charts_wish(review: Review, text: Texts, *, size: tuple[int, int] = (1500, 560), dpi: int = 192) -> Drawing:
    """What `ui.bulletin.draw` draws: points of each objective, and what happened when."""
    objectives = [(at, one) for at, one in enumerate(review.score.objectives, 1) if one.share is not None]
    every = max(1, len(review.bins) // 10)
    return Drawing(
        bars=tuple(Bar(f"{at}. {_said(one.words, text)}", round(100 * (one.share or 0.0))) for at, one in objectives),
        bars_title=text("aar.chart.objectives"),
        bars_unit=" %",
        trends=tuple(
            Trend(text(f"aar.kind.{kind.value}"), tuple(float(one.counts.get(kind.value, 0)) for one in review.bins))
            for kind in _SHOWN_TRENDS
        ),
        trends_title=text("aar.chart.density"),
        ticks=tuple(clock_of(one.from_s) if at % every == 0 else "" for at, one in enumerate(review.bins)),
        ground="#ffffff",
        ink=LIGHT.text,
        dim=LIGHT.text_faint,
        colours=(LIGHT.accent, LIGHT.ok, LIGHT.danger),
        families=_FAMILIES,
        width=size[0],
        height=size[1],
        dpi=dpi,
    )


def _said(words: Words, text: Texts) -> str:
    return said(words, text.locale.value)


def clock_of(seconds: float) -> str:
    sign = "-" if seconds < 0 else ""
    minutes, rest = divmod(round(abs(seconds)), 60)
    return f"{sign}{minutes:02d}:{rest:02d}"


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, CHINA).strftime("%Y-%m-%d %H:%M")


def _share(share: float | None) -> str:
    return "—" if share is None else f"{100 * share:.0f} %"


def _subtitle(score: Score, held_at: float | None, text: Texts) -> str:
    held = "" if held_at is None else text("aar.held", held=_moment(held_at)) + " · "
    words = held + text("aar.subtitle", began=_moment(score.began_at), minutes=f"{score.length_s / 60:.0f}")
    return f"{text('aar.drill')} · {words}"


def _facts(review: Review, text: Texts) -> list[Block]:
    score, scenario = review.score, review.scenario
    blocks: list[Block] = [
        Paragraph(_said(scenario.summary, text)),
        Paragraph(
            text("aar.total", points=number(score.points), of=number(score.of), share=_share(score.share)),
        ),
    ]
    warnings = [
        ("aar.not_over", not score.is_over),
        ("aar.early", score.is_early),
        ("aar.other_version", score.is_other_version),
    ]
    blocks += [Paragraph(text(key), is_dim=True) for key, holds in warnings if holds]
    if scenario.doctrine:
        rows = tuple((_said(each.source, text), _said(each.says, text)) for each in scenario.doctrine)
        head = (text("aar.head.source"), text("aar.head.says"))
        blocks += [Heading(text("aar.doctrine")), Table(head, rows, shares=(45, 55))]
    return blocks


def _objectives(review: Review, text: Texts) -> list[Block]:
    rows = []
    for at, each in enumerate(review.score.objectives, 1):
        observed = " ".join(f"{given.rating.value}" for given in each.ratings) or "—"
        words = "\n".join(given.words for given in each.ratings if given.words)
        rows.append(
            (f"{at}. {_said(each.words, text)}", _share(each.share), _rating(each.figures_say), observed, words)
        )
    head = tuple(text(f"aar.head.{key}") for key in ("objective", "points", "figures_say", "observed", "words"))
    return [
        Heading(text("aar.objectives")),
        Table(head, tuple(rows), numbers=frozenset({1}), shares=(44, 10, 12, 12, 22)),
        Paragraph(text("aar.ratings"), is_dim=True),
    ]


def _rating(rating: Rating | None) -> str:
    return "—" if rating is None else rating.value


def _findings(review: Review, text: Texts) -> list[Block]:
    blocks: list[Block] = [Heading(text("aar.findings"))]
    for kind in FindingKind:
        told = [finding for finding in review.findings if finding.kind is kind]
        if told:
            blocks.append(Heading(text(f"aar.finding.{kind.value}"), level=3))
            blocks += [Paragraph(f"{at}. {_finding(one, text)}") for at, one in enumerate(told, 1)]
    if len(blocks) == 1:
        blocks.append(Paragraph(text("aar.no_findings")))
    return blocks


def _finding(finding: Finding, text: Texts) -> str:
    line = finding.line
    return f"{_said(line.title, text)}: {_said(line.sentences, text)}{_evidence(line, text)}"


def _evidence(line: ScoreLine, text: Texts) -> str:
    if not line.evidence:
        return ""
    named = ", ".join(f"#{seq}" for seq in line.evidence[:_MOST_SEQS])
    more = f" +{len(line.evidence) - _MOST_SEQS}" if len(line.evidence) > _MOST_SEQS else ""
    return text("aar.evidence", seqs=named + more)


def _score(score: Score, text: Texts) -> list[Block]:
    rows = tuple(_score_row(line, text) for line in score.lines)
    head = tuple(text(f"aar.head.{key}") for key in ("line", "figure", "limit", "got", "why"))
    table = Table(head, rows, numbers=frozenset({1, 2, 3}), shares=(24, 10, 10, 10, 46))
    return [Heading(text("aar.score")), table]


def _score_row(line: ScoreLine, text: Texts) -> tuple[str, ...]:
    unit = f" {line.unit}" if line.unit else ""
    figure = "—" if line.figure is None else number(line.figure) + unit
    limit = "—" if line.limit is None else number(line.limit) + unit
    got = "—" if line.verdict is Verdict.NOT_COUNTED else f"{number(line.points)} / {number(line.of)}"
    return (_said(line.title, text), figure, limit, got, _said(line.sentences, text) + _evidence(line, text))


def _people(score: Score, text: Texts) -> list[Block]:
    if not score.people:
        return []
    keys = (
        "name",
        "own_points",
        "noted",
        "orders",
        "alarms",
        "answered",
        "missed",
        "notes",
        "bursts",
        "talk",
        "longest",
    )
    rows = tuple(
        (
            person.name,
            number(person.points),
            str(person.incidents_noted),
            str(person.orders),
            str(person.alarms_acknowledged),
            str(person.calls_answered),
            str(person.calls_missed),
            str(person.notes),
            str(person.bursts),
            f"{person.talk_s:.0f} s",
            f"{person.longest_burst_s:.0f} s",
        )
        for person in score.people
    )
    head = tuple(text(f"aar.head.{key}") for key in keys)
    return [Heading(text("aar.people")), Table(head, rows, numbers=frozenset(range(1, len(keys))))]


def _runs(runs: Sequence[Compared], text: Texts) -> list[Block]:
    if not runs or len(runs[0].points) < 2:
        return []
    count = len(runs[0].points)
    head = (text("aar.head.line"), *(text("aar.head.run", number=at) for at in range(1, count + 1)))
    rows = tuple((_said(each.title, text), *(_run_cell(each, at) for at in range(count))) for each in runs)
    return [Heading(text("aar.runs")), Table(head, rows, numbers=frozenset(range(1, count + 1)))]


def _run_cell(line: Compared, run: int) -> str:
    points, figure = line.points[run], line.figures[run]
    if points is None:
        return "—"
    unit = f" {line.unit}" if line.unit else ""
    best = "★ " if run in best_runs(line) else ""
    return f"{best}{number(points)}" + ("" if figure is None else f" ({number(figure)}{unit})")


def _notes(review: Review, text: Texts) -> list[Block]:
    if not review.notes:
        return []
    begins = review.score.began_at
    rows = tuple(
        (clock_of(note.about_at - begins), review.names.get(note.by, note.by), note.text) for note in review.notes
    )
    head = tuple(text(f"aar.head.{key}") for key in ("time", "by", "words"))
    return [Heading(text("aar.notes")), Table(head, rows, shares=(10, 18, 72))]


def _improvements(review: Review, text: Texts) -> list[Block]:
    blocks: list[Block] = [Heading(text("aar.improvements"))]
    for key, improvements in (("own", review.own), ("carried", review.carried)):
        if improvements:
            blocks += [Heading(text(f"aar.improvement.{key}"), level=3), _improvement_table(improvements, text)]
    if not review.own:
        blocks += [Paragraph(text("aar.no_improvements")), *_suggestions(review, text)]
    return blocks


def _suggestions(review: Review, text: Texts) -> list[Block]:
    """What the findings speak for, to be agreed on."""
    day = datetime.fromtimestamp(review.score.ended_at, CHINA) + _TIME_TO_IMPROVE
    found = suggested(review, by_day=day.strftime("%Y-%m-%d"), locale=text.locale.value)
    if not found:
        return []
    rows = tuple((text("aar.suggestion", what=each.text), each.owner, each.due) for each in found)
    head = tuple(text(f"aar.head.{key}") for key in ("action", "owner", "due"))
    return [Heading(text("aar.suggestions"), level=3), Table(head, rows, shares=(60, 22, 18))]


def _improvement_table(improvements: Iterable[Improvement], text: Texts) -> Table:
    rows = tuple(
        (
            each.raised.text,
            each.raised.owner,
            each.raised.due,
            text("aar.improvement.open" if each.is_open else "aar.improvement.settled"),
            each.words,
        )
        for each in improvements
    )
    head = tuple(text(f"aar.head.{key}") for key in ("action", "owner", "due", "state", "words"))
    return Table(head, rows, shares=(40, 16, 13, 11, 20))


def _frames(review: Review, frames: Sequence[tuple[float, bytes]], text: Texts) -> list[Block]:
    blocks: list[Block] = []
    for at, picture in frames:
        count = sum(each.at <= at for each in review.happenings)
        caption = text("aar.frame", time=clock_of(at - review.score.began_at), count=count)
        blocks.append(Picture(picture, width_pct=90, caption=caption))
    return [NewPage(), Heading(text("aar.frames")), *blocks] if blocks else []


def _time_line(review: Review, text: Texts) -> list[Block]:
    rows = tuple(
        (clock_of(each.at_s), text(f"aar.kind.{each.kind.value}"), each.by, entry_words(each, text), f"#{each.seq}")
        for each in review.entries
    )
    head = tuple(text(f"aar.head.{key}") for key in ("time", "what", "by", "words", "event"))
    blocks: list[Block] = [Heading(text("aar.time_line"))]
    if review.left_out:
        blocks.append(Paragraph(text("aar.left_out", count=review.left_out), is_dim=True))
    return [*blocks, Table(head, rows, shares=(8, 11, 15, 57, 9))]


def _transcript(review: Review, text: Texts) -> list[Block]:
    """What was said, where somebody or something wrote it down."""
    if not review.spoken:
        return []
    rows = tuple((clock_of(each.at - review.starts_at), each.by, each.words) for each in review.spoken)
    head = tuple(text(f"aar.head.{key}") for key in ("time", "by", "words"))
    return [Heading(text("aar.transcript")), Table(head, rows, shares=(10, 18, 72))]


def entry_words(entry: Entry, text: Texts) -> str:
    """A line of the time line in words."""
    words = _said(entry.words, text) if entry.words else ""
    if not entry.key:
        return words
    values = {
        name: (text.has(f"alarm.kind.{value}") and text(f"alarm.kind.{value}")) or value
        for name, value in entry.values.items()
    }
    told = text(f"review.entry.{entry.key}", **values)
    return f"{told} {words}" if words else told
