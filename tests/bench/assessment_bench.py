"""A year of a town's figures: a million events, of which the steps of 60,000 cases are counted, asked as a desk asks
(the month, the one before, the same a year ago, by department) and as a bulletin of the whole year. The baseline reads
the journal from end to end, as the figures were counted before there were rows of what cases were."""

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from sqlalchemy import insert
from sqlalchemy.engine import Connection

from comms.domain.assessment import Dimension, Figure, Period
from comms.domain.case import CaseMoved, CaseStage, CaseStep
from comms.domain.case_clock import CaseClock
from comms.domain.events import Event, IncidentReported, NoteAdded, Recorded
from comms.domain.ids import DepartmentId, IncidentId, JurisdictionId, PartyId
from comms.domain.incident import Incident
from comms.domain.order import Place
from comms.domain.time_limit import TimeLimit, TimeUnit
from comms.journal import case_versions, chain
from comms.journal.assessment_query import count_cases
from comms.journal.case_figures import figures_of, read_cases
from comms.journal.database import Database
from comms.journal.tables import events
from tests.bench.record import Record, record

CASES, EVENTS = 60_000, 1_000_000
YEAR_S, MONTH_S = 365 * 86_400.0, 30 * 86_400.0
LIMIT = TimeLimit(amount=1, unit=TimeUnit.NATURAL_DAY)
ROUNDS, FULL_SCANS = 40, 3
_WAY = (
    (CaseStep.REGISTER, CaseStage.REGISTERED),
    (CaseStep.DISPATCH, CaseStage.DISPATCHED),
    (CaseStep.RECEIVE, CaseStage.HANDLING),
    (CaseStep.HAND_BACK, CaseStage.HANDLED),
    (CaseStep.REWORK, CaseStage.HANDLING),
    (CaseStep.HAND_BACK, CaseStage.HANDLED),
    (CaseStep.CLOSE, CaseStage.CLOSED),
    (CaseStep.RATE, CaseStage.CLOSED),
)


def _case(number: int, random: Random) -> Iterator[tuple[float, str, Event]]:
    at, case_id = random.random() * YEAR_S, IncidentId(f"i{number:06d}")
    grid = JurisdictionId(f"900000/s{random.randrange(30):02d}/v{random.randrange(20):02d}/g{random.randrange(5):03d}")
    place = Place(lat=23.0, lon=113.7)
    incident = Incident(id=case_id, kind="井盖缺失", place=place, jurisdiction_id=grid, source="12345")
    yield at, f"unit:u{random.randrange(900)}", IncidentReported(incident=incident)
    due_at, department = at + 86_400, DepartmentId(f"d{random.randrange(40)}")
    for step, stage in _WAY:
        if step is CaseStep.REWORK and random.random() < 0.8:
            continue
        at += random.random() * 30_000
        running = at if stage in (CaseStage.DISPATCHED, CaseStage.HANDLING) else None
        clock = CaseClock(
            limit=LIMIT, allowed_s=86_400, running_since=running, due_at=due_at, warn_at=due_at, escalate_at=due_at,
            is_late=at > due_at,
        )  # fmt: skip
        move = CaseMoved(
            incident_id=case_id,
            step=step,
            stage=stage,
            department_id=department if step is CaseStep.DISPATCH else None,
            clock=clock if CaseStep.DISPATCH is step or stage in (CaseStage.HANDLING, CaseStage.HANDLED) else None,
            is_satisfied=random.random() < 0.9 if step is CaseStep.RATE else None,
        )
        yield at, f"officer:o{random.randrange(50)}", move


def _year() -> Iterator[Recorded]:
    random = Random(2026)
    told = [each for number in range(CASES) for each in _case(number, random)]
    note = NoteAdded(text="巡查正常")
    told += [(random.random() * YEAR_S, "officer:o1", note) for _ in range(EVENTS - len(told))]
    told.sort(key=lambda each: each[0])
    for seq, (at, actor, event) in enumerate(told, 1):
        yield Recorded(seq=seq, at=at, actor=PartyId(actor), event=event)


def _fill(connection: Connection) -> None:
    portion: list[Recorded] = []
    for recorded in _year():
        portion.append(recorded)
        if len(portion) == 20_000:
            _write(connection, portion)
            portion = []
    _write(connection, portion)


def _write(connection: Connection, portion: list[Recorded]) -> None:
    rows = (chain.to_row(each, previous=chain.GENESIS) for each in portion)
    names = chain.Row.__slots__
    if portion:
        connection.execute(insert(events), [{name: getattr(row, name) for name in names} for row in rows])


def records() -> list[Record]:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(Path(folder))
        try:
            database.write_now(_fill)
            started = time.perf_counter()
            database.write_now(case_versions.make_anew)  # the rows were not written with these events
            anew = time.perf_counter() - started
            return _measured(database, anew)
        finally:
            database.close()


def _measured(database: Database, anew: float) -> list[Record]:
    year = Period(from_at=0.0, until_at=YEAR_S)
    months = tuple(
        Period(from_at=YEAR_S - back - MONTH_S, until_at=YEAR_S - back) for back in (0.0, MONTH_S, 10 * MONTH_S)
    )
    whole = JurisdictionId("900000")
    asked: dict[str, list[float]] = {"month": [], "year": [], "cases": []}
    for _ in range(ROUNDS):
        asked["month"].append(
            _ms(database, lambda on: figures_of(on, months, Dimension.DEPARTMENT, tree={}, within=whole))
        )
        asked["year"].append(
            _ms(database, lambda on: figures_of(on, [year], Dimension.COLLECTOR, tree={}, within=whole))
        )
        asked["cases"].append(
            _ms(database, lambda on: read_cases(on, months[0], Dimension.DEPARTMENT, "d1", Figure.LATE, tree={}))
        )
    scans = [
        _ms(database, lambda on: count_cases(on, year, Dimension.COLLECTOR, within=whole)) for _ in range(FULL_SCANS)
    ]
    params = {"events": EVENTS, "cases": CASES, "made anew s": round(anew, 1)}
    return [
        record(
            f"assessment.read.{name}", values, unit="ms", params=params, baseline="full scan of the year",
            baseline_values=scans, target=2000.0,
        )
        for name, values in asked.items()
    ]  # fmt: skip


def _ms(database: Database, query: Callable[[Connection], object]) -> float:
    started = time.perf_counter()
    database.read_now(query)
    return (time.perf_counter() - started) * 1e3
