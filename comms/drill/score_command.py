"""`python -m comms.drill score`: a drill's score from its data directory, line by line; `check` looks at a scenario
file and its town, `schema` writes the published schema."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from comms.domain.decoding import UNREADABLE
from comms.domain.events import Recorded, UnitDefined
from comms.domain.plan import said
from comms.domain.scenario import SampleTown, Scenario
from comms.domain.score import Compared, NoDrillError, Score, compared, score_of
from comms.domain.score_line import ScoreLine, Verdict
from comms.domain.score_words import number
from comms.drill import exchange_command
from comms.drill.nearest_tracks import NearestByTracks, nearest_of
from comms.drill.scenario_town import town_faults
from comms.gateway.plan_file import load_plans
from comms.journal.errors import JournalDamagedError
from comms.journal.reading import read_events
from comms.protocol.area import TownFile, decode_town
from comms.scenario.scenario_file import ScenarioFileError, problems_of, read_scenario, schema

LOCALES = ("zh_CN", "en")
EXIT_WRONG = 2


def add_commands(commands: "argparse._SubParsersAction[Any]") -> None:
    """Each sets `run`, which takes the options and returns the exit code."""
    score = commands.add_parser("score", help="score a drill from its data directory alone")
    score.add_argument("--data", type=Path, nargs="+", required=True, help="data directories of runs, the oldest first")
    score.add_argument("--scenario", type=Path, required=True, help="the scenario file it was played from")
    score.add_argument("--locale", choices=LOCALES, default="zh_CN")
    score.add_argument("--json", action="store_true", help="for other programs")
    score.set_defaults(run=_score)
    check = commands.add_parser("check", help="say everything that is wrong with scenario files")
    check.add_argument("scenarios", type=Path, nargs="+")
    check.add_argument("--locale", choices=LOCALES, default="zh_CN")
    check.set_defaults(run=_check)
    published = commands.add_parser("schema", help="write the JSON Schema of a scenario file")
    published.set_defaults(run=_schema)
    exchange_command.add_commands(commands)


def load_scenario(path: Path) -> Scenario:
    """Raises ScenarioFileError or OSError."""
    return read_scenario(path.read_bytes())


def town_of(scenario: Scenario, base: Path) -> TownFile:
    """Its town; a file of one's own is looked for beside the scenario. Raises OSError or one of `UNREADABLE`."""
    if isinstance(scenario.area, SampleTown):
        from comms.fleet.town import sample_town

        return sample_town(units=scenario.area.units, seed=scenario.area.seed)
    return decode_town((base / scenario.area.path).read_bytes())


# --- score --------------------------------------------------------------------------------------------------


def _score(options: argparse.Namespace) -> int:
    try:
        scenario = load_scenario(options.scenario)
        scores = [_score_of(scenario, data) for data in options.data]
    except ScenarioFileError as error:
        return _wrong("\n".join(problem.words(options.locale) for problem in error.problems))
    except (OSError, JournalDamagedError, NoDrillError) as error:
        return _wrong(str(error))
    if options.json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(scores), indent=2).decode() + "\n")
        return 0
    sys.stdout.write("\n".join(_told(scores[-1], options.locale)) + "\n")
    if len(scores) > 1:
        sys.stdout.write("\n".join(_runs(compared(scores), options.locale)) + "\n")
    return 0


def _score_of(scenario: Scenario, data: Path) -> Score:
    records = list(read_events(data))
    return score_of(scenario, records, nearest=nearest_in(data, records))


def nearest_in(data: Path, records: Sequence[Recorded]) -> NearestByTracks | None:
    """Who was nearest, from the tracks beside a journal, as far as there are any."""
    units = [recorded.event.unit.id for recorded in records if isinstance(recorded.event, UnitDefined)]
    if not units:
        return None
    return nearest_of(data, units, from_at=records[0].at, to_at=records[-1].at)


def _wrong(why: str) -> int:
    sys.stderr.write(f"{why}\n")
    return EXIT_WRONG


_HEADS = {
    "zh_CN": ("演练", "总分", "目标", "数据评定", "评估员", "第 {number} 次"),
    "en": ("Drill", "Total", "Objective", "figures say", "observers", "run {number}"),
}


def _told(score: Score, locale: str) -> list[str]:
    drill, total, objective, figures, observers, _ = _HEADS[locale]
    share = "—" if score.share is None else f"{100 * score.share:.0f} %"
    lines = [f"{drill}: {said(score.title, locale)} ({score.drill_id})"]
    lines.append(f"{total}: {number(score.points)} / {number(score.of)} = {share}")
    lines += [_line(line, locale) for line in score.lines]
    for each in score.objectives:
        rated = " ".join(given.rating.value for given in each.ratings) or "—"
        says = each.figures_say.value if each.figures_say is not None else "—"
        lines.append(f"{objective} {said(each.words, locale)}: {figures} {says}, {observers} {rated}")
    return lines


def _line(line: ScoreLine, locale: str) -> str:
    got = "   —   " if line.verdict is Verdict.NOT_COUNTED else f"{line.points:g}/{line.of:g}".center(7)
    seqs = " ".join(f"#{seq}" for seq in line.evidence[:8])
    return f"[{got}] {said(line.title, locale)}: {said(line.sentences, locale)}" + (f" [{seqs}]" if seqs else "")


def _runs(lines: tuple[Compared, ...], locale: str) -> list[str]:
    run = _HEADS[locale][-1]
    told = []
    for line in lines:
        cells = ("—" if points is None else number(points) for points in line.points)
        best = "" if line.best is None else f"  ★ {run.format(number=line.best + 1)}"
        told.append(f"{said(line.title, locale)}: {' | '.join(cells)}{best}")
    return told


# --- check, schema ------------------------------------------------------------------------------------------


def _check(options: argparse.Namespace) -> int:
    is_good = True
    for path in options.scenarios:
        try:
            found = _faults(path, options.locale)
        except (OSError, *UNREADABLE) as error:
            found = [str(error)]
        is_good = is_good and not found
        sys.stdout.write("".join(f"{path.name}: {words}\n" for words in found or ("OK",)))
    return 0 if is_good else EXIT_WRONG


def _faults(path: Path, locale: str) -> list[str]:
    data = path.read_bytes()
    problems = problems_of(data)
    if problems:
        return [problem.words(locale) for problem in problems]
    scenario = read_scenario(data)
    return [
        fault.words(locale) for fault in town_faults(scenario, town_of(scenario, path.parent), plans=load_plans(None))
    ]


def _schema(options: argparse.Namespace) -> int:
    sys.stdout.write(schema().decode())
    return 0
