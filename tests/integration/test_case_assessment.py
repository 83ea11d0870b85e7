"""A duty day of 500 incidents with roles, by script: the figures of the fold equal a count made by the store itself."""

import sqlite3
from collections.abc import Iterator
from functools import partial
from heapq import heappop, heappush
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from sqlalchemy import select
from sqlalchemy.engine import Connection

from comms.domain import events as ev
from comms.domain.assessment import Dimension, Figure, Figures, Period, Rate, assess, cases_behind, total
from comms.domain.case import CaseStep
from comms.domain.case_clock import ClockWork
from comms.domain.case_notice import due_steps
from comms.domain.ids import (
    GATEWAY,
    CommandId,
    DepartmentId,
    IncidentId,
    JurisdictionId,
    OfficerId,
    PartyId,
    SourceId,
    officer_party,
)
from comms.domain.incident import Incident, Origin
from comms.domain.jurisdiction import Jurisdiction, Level
from comms.domain.officer import CASE_ROLES, Department, DepartmentDefined, OfficerRole
from comms.domain.order import Place
from comms.domain.time_limit import TimeLimit, TimeUnit
from comms.gateway.calendars import load_calendar
from comms.gateway.case_steps import decide, own_move, with_its_end
from comms.journal.assessment_query import count_cases
from comms.journal.case_figures import count_figures, read_cases
from comms.journal.database import FILE_NAME
from comms.journal.history import page
from comms.journal.journal import Journal
from comms.journal.tables import case_versions
from comms.protocol.case_commands import CaseMove
from comms.protocol.errors import RefusalCode
from tests.support.journal import SteppedClock, open_journal

P = CaseStep
INCIDENTS = 500
EIGHT = 1_780_272_000.0
"""2026-06-01, a Monday, eight in the morning in China."""
CITY = JurisdictionId("900000")
GRIDS = [JurisdictionId(f"900000/s0{town}/v0{grid // 3}/g00{grid}") for town in (1, 2) for grid in (1, 2, 3)]
IN_NO_VILLAGE = JurisdictionId("900000/s01")
"""Known to lie in a town, and in no village or grid."""
DEPARTMENTS = [DepartmentId(key) for key in ("roads", "water", "market")]
WORK = ClockWork(load_calendar(None))
LIMITS = [
    TimeLimit(amount=1, unit=TimeUnit.EMERGENCY_HOUR),
    TimeLimit(amount=2, unit=TimeUnit.WORK_HOUR),
    TimeLimit(amount=1, unit=TimeUnit.WORK_DAY),
    TimeLimit(amount=1, unit=TimeUnit.NATURAL_DAY),
]


class Day:
    """Officers of every role, and a queue of what they mean to do when. What they may not do is counted."""

    def __init__(self, journal: Journal, clock: SteppedClock) -> None:
        self.journal, self.clock = journal, clock
        self.random = Random(20260601)
        self.refused = 0
        self._order = count()
        self._plan: list[tuple[float, int, IncidentId, Iterator[tuple[float, str, CaseStep, dict[str, Any]]]]] = []
        self._next: dict[int, tuple[str, CaseStep, dict[str, Any]]] = {}

    def record(self, actor: PartyId, *events: ev.Event) -> None:
        self.journal.record_soon(actor, events)

    def begin(self) -> None:
        self.record(GATEWAY, ev.JurisdictionDefined(jurisdiction=Jurisdiction(id=CITY, name="市", level=Level.CITY)))
        for grid in GRIDS:
            for depth, level in enumerate((Level.TOWN, Level.VILLAGE, Level.GRID), 2):
                node = JurisdictionId("/".join(grid.split("/")[:depth]))
                self.record(GATEWAY, ev.JurisdictionDefined(jurisdiction=Jurisdiction(id=node, name=node, level=level)))
        for department_id in DEPARTMENTS:
            department = Department(id=department_id, name=department_id, jurisdiction_id=CITY)
            self.record(GATEWAY, DepartmentDefined(department=department))
            self._officer(department_id, OfficerRole.HANDLER, department_id)
        for role in sorted(CASE_ROLES):
            if role is not OfficerRole.HANDLER:
                for number in (1, 2):
                    self._officer(f"{role.value}{number}", role, None)

    def _officer(self, key: str, role: OfficerRole, department_id: DepartmentId | None) -> None:
        self.record(
            GATEWAY,
            ev.OfficerDefined(
                officer_id=OfficerId(key), name=key, jurisdiction_id=CITY, roles=(role,), department_id=department_id
            ),
        )

    def run(self, incidents: int = INCIDENTS) -> None:
        reports = sorted(self.random.uniform(EIGHT, EIGHT + 10 * 3600) for _ in range(incidents))
        for number, at in enumerate(reports):
            self._until(at)
            self._report(number)
        self._until(EIGHT + 3 * 86_400)

    def _report(self, number: int) -> None:
        incident_id, pick = IncidentId(f"i{number}"), self.random.choice
        source = pick(["12345 热线", "", None])
        origin = Origin(source=SourceId("zhiwang"), source_id=str(number)) if source is None else None
        incident = Incident(
            id=incident_id,
            kind=pick(["井盖缺失", "占道经营", "暴露垃圾"]),
            place=Place(lat=23.0, lon=113.7),
            jurisdiction_id=pick([*GRIDS, IN_NO_VILLAGE]),
            source=source or "",
            origin=origin,
        )
        self.record(PartyId(f"unit:u{number % 4}"), ev.IncidentReported(incident=incident))
        self._queue(incident_id, self._life(pick(DEPARTMENTS)))

    def _life(self, department_id: DepartmentId) -> Iterator[tuple[float, str, CaseStep, dict[str, Any]]]:
        """How one case goes, by lot: after how long, who, what."""
        chance = self.random.random

        def wait(longest: float) -> float:
            return self.random.uniform(60, longest)

        if chance() < 0.08:
            yield wait(1800), "acceptor1", P.VOID, {"opinion": "重复"}
            return
        yield wait(1800), "acceptor1", P.REGISTER, {}
        if chance() < 0.1:
            yield wait(900), "dispatcher1", P.RETURN, {"opinion": "要件不全"}
            yield wait(900), "acceptor2", P.REGISTER, {}
        limit = self.random.choice(LIMITS) if chance() < 0.95 else None
        yield wait(900), "dispatcher1", P.DISPATCH, {"department_id": department_id, "limit": limit}
        if chance() < 0.15:
            yield wait(1800), department_id, P.RETURN, {"opinion": "不属本部门"}
            if chance() < 0.4:
                yield wait(900), "acceptor1", P.VOID, {"opinion": "不属本市"}
                return
            department_id = self.random.choice(DEPARTMENTS)
            yield wait(900), "dispatcher2", P.DISPATCH, {"department_id": department_id}
        yield wait(3600), department_id, P.RECEIVE, {}
        if chance() < 0.15:
            yield wait(900), department_id, P.ASK_SUSPENSION, {"opinion": "待批复", "until_at": EIGHT + 40 * 3600}
            yield wait(900), "supervisor1", P.SUSPEND, {}
            yield wait(90_000), "dispatcher1", P.RESUME, {}
        if chance() < 0.05:
            yield wait(7200), "supervisor1", P.FORCE_CLOSE, {"opinion": "无法处置"}
        elif chance() < 0.95:
            yield wait(20_000), department_id, P.HAND_BACK, {}
            while chance() < 0.2:
                yield wait(1800), "checker1", P.REWORK, {"opinion": "未恢复原状"}
                yield wait(5000), department_id, P.HAND_BACK, {}
            yield wait(3600), "checker1", P.CLOSE, {}
            for _ in range(self.random.choice((0, 1, 1, 2))):
                yield wait(40_000), "checker2", P.RATE, {"is_satisfied": chance() < 0.8}
            if chance() < 0.3:
                yield wait(3600), department_id, P.APPEAL, {"opinion": "时限有误"}
                yield wait(3600), "checker2", P.PASS_APPEAL, {}
                yield wait(3600), "supervisor2", P.GRANT_APPEAL, {}

    def _queue(self, incident_id: IncidentId, life: Iterator[tuple[float, str, CaseStep, dict[str, Any]]]) -> None:
        step = next(life, None)
        if step is not None:
            number = next(self._order)
            self._next[number] = step[1:]
            heappush(self._plan, (self.clock.at + step[0], number, incident_id, life))

    def _until(self, until_at: float) -> None:
        while self._plan and self._plan[0][0] <= until_at:
            at, number, incident_id, life = heappop(self._plan)
            self.clock.at = at
            self._step(incident_id, *self._next.pop(number))
            self._queue(incident_id, life)
        self.clock.at = until_at

    def _step(self, incident_id: IncidentId, by: str, step: CaseStep, fields: dict[str, Any]) -> None:
        picture, now = self.journal.picture, self.clock.at
        case = picture.cases.of(picture.incidents.states[incident_id])
        for due in due_steps(case, now=now):
            self.record(GATEWAY, own_move(case, due, picture, work=WORK, now=now))
        command = CaseMove(id=CommandId("c"), incident_id=incident_id, step=step, **fields)
        decided = decide(command, case, picture, officer=picture.officers[OfficerId(by)], work=WORK, now=now)
        if isinstance(decided, RefusalCode):
            self.refused += 1
        else:
            self.record(officer_party(OfficerId(by)), *with_its_end(decided, None))


PERIODS = (
    Period(from_at=EIGHT, until_at=EIGHT + 3 * 86_400),
    Period(from_at=EIGHT + 2 * 3600, until_at=EIGHT + 7 * 3600),
    Period(from_at=EIGHT + 86_400, until_at=EIGHT + 2 * 86_400),
)


async def test_three_ways_of_counting_a_day_agree(tmp_path: Path) -> None:
    clock = SteppedClock(EIGHT)
    async with open_journal(tmp_path, clock=clock) as journal:
        day = Day(journal, clock)
        day.begin()
        day.run()
        await journal.record(GATEWAY, [ev.NoteAdded(text="交班")])
        recorded = await journal.read(lambda connection: page(connection, None, 1_000_000))
        tree = journal.picture.jurisdictions
        for period, by, within in _questions():
            told = assess(recorded, period, by, tree=tree, within=within)
            by_json = partial(count_cases, period=period, by=by, within=within)
            by_rows = partial(count_figures, period=period, by=by, tree=tree, within=within)
            assert told == await journal.read(by_json), (period, by, within)
            some = {key: figures for key, figures in told.items() if figures != Figures()}
            assert some == await journal.read(by_rows), (period, by, within)
        await _every_figure_has_its_cases(journal, recorded)
        whole = assess(recorded, PERIODS[0], Dimension.WHOLE, tree=tree)[""]
    assert whole.accepted == INCIDENTS
    assert all(getattr(whole, field.name) > 10 for field in msgspec.structs.fields(Figures)), whole
    assert whole.closed < whole.due < whole.registered < whole.accepted
    assert day.refused < INCIDENTS / 5


def _questions() -> Iterator[tuple[Period, Dimension, JurisdictionId | None]]:
    village = JurisdictionId(GRIDS[0].rpartition("/")[0])
    for by in Dimension:
        yield PERIODS[0], by, None
        yield PERIODS[1], by, village if by is Dimension.TOWN else IN_NO_VILLAGE
    for by in (Dimension.DEPARTMENT, Dimension.VILLAGE):
        yield PERIODS[2], by, None


async def _every_figure_has_its_cases(journal: Journal, recorded: list[ev.Recorded]) -> None:
    tree = journal.picture.jurisdictions
    for by in (Dimension.DEPARTMENT, Dimension.VILLAGE, Dimension.ITEM):
        for key, found in cases_behind(recorded, PERIODS[1], by, tree=tree).items():
            for figure in Figure:
                read = partial(read_cases, period=PERIODS[1], by=by, key=key, figure=figure, tree=tree)
                pages = [await journal.read(partial(read, first=first, limit=100)) for first in (0, 100, 200)]
                ids = [case.id for page in pages for case in page]
                assert len(ids) < 300
                assert sorted(ids) == sorted(found.get(figure, [])), (by, key, figure)


async def test_what_cases_were_is_made_anew_for_an_older_journal(tmp_path: Path) -> None:
    clock = SteppedClock(EIGHT)
    async with open_journal(tmp_path, clock=clock) as journal:
        day = Day(journal, clock)
        day.begin()
        day.run(60)
        await journal.record(GATEWAY, [ev.NoteAdded(text="交班")])
        kept = await journal.read(_rows)
    file = sqlite3.connect(tmp_path / FILE_NAME)
    file.executescript("DROP TABLE case_version; PRAGMA user_version=2;")
    file.close()
    async with open_journal(tmp_path, clock=clock) as journal:
        assert await journal.read(_rows) == kept
        assert len(kept) > 60 * 3
        day = Day(journal, clock)
        day.record(PartyId("unit:u1"), ev.IncidentReported(incident=_incident("late")))
        await journal.record(GATEWAY, [ev.NoteAdded(text="交班")])
        assert len(await journal.read(_rows)) == len(kept) + 1


def _rows(connection: Connection) -> list[tuple[object, ...]]:
    return [tuple(row) for row in connection.execute(select(case_versions).order_by(case_versions.c.seq))]


def _incident(key: str) -> Incident:
    return Incident(id=IncidentId(key), kind="火情", place=Place(lat=23.0, lon=113.7), jurisdiction_id=GRIDS[0])


@pytest.mark.parametrize("due", [0, 4])
def test_rates(due: int) -> None:
    figures = Figures(due=due, closed=3, on_time=1, rated=due, satisfied=2)
    assert [figures.pct(rate) for rate in Rate] == ([75.0, 25.0, 50.0] if due else [None] * 3)
    assert total([figures, figures]).closed == 6
