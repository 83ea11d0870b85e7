"""Patrols at the gateway: which places there are, whose visits are due, what is overdue, which round is over.

What is due follows from plans, places and the visits that were done, so it is kept in columns here and in no event.
"""

import asyncio
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from comms.domain.events import Recorded
from comms.domain.ids import JurisdictionId, PatrolPlaceId, PatrolPlanId, QuestionId, UnitId, unit_party
from comms.domain.patrol import Due, PatrolPlace, PatrolPlan, Question
from comms.domain.patrol_book import PatrolBook, PlanState
from comms.domain.patrol_codes import SECRET_BYTES, as_typed, is_scanned, place_of_scanned, typed_codes
from comms.domain.patrol_crew import Crew, is_right_worker
from comms.domain.patrol_events import (
    PatrolCodeRenewed,
    PatrolPlanEnded,
    PatrolRoundClosed,
    VisitExcused,
    VisitFinished,
)
from comms.domain.patrol_places import PlaceTable
from comms.domain.patrol_round import PlanRound, Tally
from comms.domain.patrol_rules import is_item_in_force
from comms.domain.unit import Unit
from comms.domain.work_calendar import WorkCalendar
from comms.gateway.context import Clock, Session, Sessions
from comms.gateway.patrol_area import read_places
from comms.journal import visits
from comms.journal.blobs import Blobs
from comms.journal.journal import Journal
from comms.protocol.area import Area
from comms.protocol.patrol_pushes import VisitOpened


class Patrols:
    """`start` once; then everything on the loop, long work on a thread of its own: voice does not wait."""

    def __init__(
        self,
        *,
        clock: Clock,
        journal: Journal,
        blobs: Blobs,
        sessions: Sessions,
        calendar: WorkCalendar,
    ) -> None:
        self.calendar = calendar
        self.secret = b""
        self.table = PlaceTable(())
        self.rounds: dict[PatrolPlanId, PlanRound] = {}
        self.crew = Crew((), {})
        self._clock = clock
        self._journal = journal
        self._blobs = blobs
        self._sessions = sessions
        self._typed: dict[str, PatrolPlaceId] | None = None
        self._thread = ThreadPoolExecutor(1, "gateway-patrol")

    @property
    def book(self) -> PatrolBook:
        return self._journal.picture.patrols

    async def start(self, area: Area | None) -> None:
        """Raises JournalError."""
        self.secret = await self._journal.change(lambda connection: visits.secret(connection, "visit", SECRET_BYTES))
        await self.catch_up()
        blob_id = self.book.places_blob_id
        blob = await self._blobs.get(blob_id) if blob_id is not None else None
        nodes = self._journal.picture.jurisdictions
        own = await self._aside(read_places, area, blob.data if blob is not None else None, min(nodes, default=""))
        self.table = own
        self.crew = Crew((state.unit for state in self._journal.picture.units.values()), own.middles())
        for state in self.book.plans.values():
            await self.open_round(state.plan)

    def close(self) -> None:
        self._thread.shutdown()

    async def catch_up(self) -> None:
        """The tables of visits have everything that is durable. Raises JournalError."""

        def record(blob_id: Any) -> bytes | None:
            blob = self._blobs.get_now(blob_id)
            return blob.data if blob is not None else None

        while await self._journal.change(lambda connection: visits.catch_up(connection, record)):
            pass

    async def open_round(self, plan: PatrolPlan) -> None:
        """A plan as it is now, with what is done of it already."""
        state = self.book.plans.get(plan.id)
        found = PlanRound(plan, self.table, since_at=state.since_at if state is not None else 0.0)
        for rhythm, now in zip(found.rhythms, found.periods(self._clock.now(), self.calendar), strict=True):
            if now is not None:
                due = Due(plan_id=plan.id, rhythm=rhythm, period=now.number)
                for is_excused, place_ids in enumerate(await self.settled(due)):
                    for place_id in place_ids:
                        found.settle(place_id, due, is_excused=bool(is_excused))
        if plan.id in self.book.plans:
            self.rounds[plan.id] = found

    async def settled(self, due: Due) -> tuple[list[PatrolPlaceId], list[PatrolPlaceId]]:
        return await self._journal.read(
            lambda connection: visits.settled(connection, due.plan_id, due.rhythm, due.period)
        )

    # --- what the journal and sessions tell ------------------------------------------------------------------

    def tell(self, recorded: Iterable[Recorded]) -> None:
        for item in recorded:
            match item.event:
                case VisitFinished(visit=visit):
                    for due in visit.due:
                        self._settle(visit.place_id, due)
                case VisitExcused(due=due, place_id=place_id):
                    self._settle(place_id, due, is_excused=True)
                case PatrolPlanEnded(plan_id=plan_id):
                    self.rounds.pop(plan_id, None)
                case PatrolCodeRenewed():
                    self._typed = None
                case _:
                    pass

    def _settle(self, place_id: PatrolPlaceId, due: Due, *, is_excused: bool = False) -> None:
        found = self.rounds.get(due.plan_id)
        if found is not None:
            found.settle(place_id, due, is_excused=is_excused)

    def on_session_started(self, session: Session) -> None:
        if session.unit_id is not None:
            self._push_open(session.unit_id)

    def on_session_ended(self, session: Session) -> None:
        """A visit goes on without a connection."""

    def _push_open(self, unit_id: UnitId) -> None:
        session = self._sessions.get(unit_party(unit_id))
        for visit in self.book.visits.values() if session is not None else ():
            if visit.unit_id == unit_id and session is not None:
                asked = tuple(self.book.questions[question_id] for question_id in visit.question_ids)
                session.send(VisitOpened(visit=visit, questions=asked))

    # --- asking ------------------------------------------------------------------------------------------------

    async def place_of_code(self, code: str) -> PatrolPlace | None:
        """By a scanned code or a typed one; None for what nobody printed."""
        if is_scanned(code):
            found = place_of_scanned(self.secret, code, self.book.code_numbers)
            return self.table.place(found) if found is not None else None
        if self._typed is None:
            numbers = dict(self.book.code_numbers)
            self._typed = await self._aside(typed_codes, self.secret, list(self.table.row_of), numbers)
        typed = self._typed.get(as_typed(code))
        return self.table.place(typed) if typed is not None else None

    def due_at(self, place_id: PatrolPlaceId, at: float) -> list[Due]:
        found = (each.due_at(place_id, at, self.calendar) for each in self.rounds.values())
        return [due for due in found if due is not None]

    def may_visit(self, unit: Unit, place: PatrolPlace, plan: PatrolPlan) -> bool:
        workers = self.crew.workers(place.jurisdiction_id, plan.skill)
        return is_right_worker(unit, place.jurisdiction_id, plan.skill, workers)

    def questions_of(self, plan_ids: Iterable[PatrolPlanId], *, at: float) -> list[Question]:
        """Each once; what has left the item list is not asked any more."""
        items = self._journal.picture.items
        return [
            question
            for question in self.book.questions_of(tuple(plan_ids))
            if is_item_in_force(items, question.item_id, question.jurisdiction_id, at=at)
        ]

    async def answered_at(self, place_ids: list[PatrolPlaceId]) -> dict[PatrolPlaceId, dict[QuestionId, float]]:
        return await self._journal.read(lambda connection: visits.answered_at(connection, place_ids))

    async def tallies(self, plan_id: PatrolPlanId | None = None) -> dict[JurisdictionId, Tally]:
        """Of one plan, or of all."""
        rounds = [found for key, found in self.rounds.items() if plan_id in (None, key)]
        tallies: dict[JurisdictionId, Tally] = await self._aside(_tallies, rounds, self._clock.now(), self.calendar)
        for key, state in self.book.plans.items():
            for closed in _last_rounds(state) if plan_id in (None, key) else ():
                for grid, missed in closed.missed.items():
                    tallies.setdefault(grid, Tally()).missed += missed
        return tallies

    async def _aside(self, work: Any, *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)


def _tallies(rounds: list[PlanRound], at: float, calendar: WorkCalendar) -> dict[JurisdictionId, Tally]:
    found: dict[JurisdictionId, Tally] = {}
    for each in rounds:
        each.tally(at, calendar, found)
    return found


def _last_rounds(state: PlanState) -> list[PatrolRoundClosed]:
    """Of each rhythm the newest."""
    newest = {closed.rhythm: closed for closed in state.rounds}
    return list(newest.values())
