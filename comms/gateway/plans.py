"""Plans at the gateway: published from the site's file, started in one go, ended with their incidents."""

from collections.abc import Iterable
from dataclasses import dataclass

from comms.domain.case_clock import ClockWork
from comms.domain.events import Event, IncidentClosed, Recorded
from comms.domain.ids import GATEWAY, IncidentId, PartyId, PlanRunId, TalkgroupId
from comms.domain.incident import IncidentState
from comms.domain.plan import Plan
from comms.domain.plan_book import PlanBook, PlanRun
from comms.domain.plan_events import PlanEnded, PlanPublished, PlanRaised, PlanStarted, PlanWithdrawn
from comms.domain.plan_rules import raise_fault, start_fault
from comms.domain.states import OfficerState
from comms.gateway.ad_hoc import AdHocGroups
from comms.gateway.ad_hoc_rules import has_too_many
from comms.gateway.context import Clock, Refusal, Session
from comms.gateway.orders import Orders
from comms.gateway.plan_steps import Undertaking
from comms.gateway.plan_units import PlanUnits
from comms.gateway.positions import Positions
from comms.journal.journal import Journal
from comms.protocol.errors import RefusalCode
from comms.protocol.plan_commands import PlanRaise, PlanStart


@dataclass(frozen=True, slots=True)
class Decided:
    """What a command records, and the talkgroups to be brought up once that is durable."""

    events: list[Event]
    talkgroup_ids: tuple[TalkgroupId, ...]


class Plans:
    def __init__(
        self,
        *,
        clock: Clock,
        journal: Journal,
        positions: Positions,
        orders: Orders,
        work: ClockWork,
        ad_hoc: AdHocGroups,
        plans: tuple[Plan, ...],
    ) -> None:
        self._clock = clock
        self._journal = journal
        self._positions = positions
        self._orders = orders
        self._work = work
        self._ad_hoc = ad_hoc
        self._plans = plans

    @property
    def book(self) -> PlanBook:
        return self._journal.picture.plans

    def start(self) -> None:
        """What the file says anew is another version; what it no longer says is withdrawn."""
        changes = published(self.book, self._plans)
        if changes:
            self._journal.record_soon(GATEWAY, changes)
        known = self._journal.picture.incidents.states
        for run in self.book.running():
            state = known.get(run.incident_id)
            if state is None or not state.is_open:
                self._end(run)

    def tell(self, recorded: Iterable[Recorded]) -> None:
        """A plan ends with its incident."""
        for item in recorded:
            if isinstance(item.event, IncidentClosed):
                for run in self.book.running(item.event.incident_id):
                    self._end(run)

    def _end(self, run: PlanRun) -> None:
        self._journal.record_soon(GATEWAY, [PlanEnded(run_id=run.id, is_by_closing=True)])
        self.take_down(run, GATEWAY)

    # --- what officers ask --------------------------------------------------------------------------------

    def begin(self, session: Session, command: PlanStart) -> Decided | Refusal:
        incident = self._journal.picture.incidents.states.get(command.incident_id)
        fault = start_fault(self.book, incident, command.plan_id, self._officer(session))
        if fault is not None or incident is None:
            return Refusal(RefusalCode(fault or RefusalCode.NOT_FOUND))
        if has_too_many(self._journal.picture, session.party):
            return Refusal(RefusalCode.TOO_MANY)
        run_id, plan = PlanRunId(command.id), self.book.plans[command.plan_id].plan
        started = PlanStarted(
            run_id=run_id,
            plan_id=plan.id,
            incident_id=command.incident_id,
            level=command.level,
            jurisdiction_id=incident.incident.jurisdiction_id,
        )
        undertaking = self._undertaking(session, command, plan, run_id, incident)
        events = undertaking.events(plan.steps_at(command.level))
        return Decided([started, *events], tuple(undertaking.formed))

    def go_further(self, session: Session, command: PlanRaise) -> Decided | Refusal:
        run = self.book.runs.get(command.run_id)
        fault = raise_fault(run, command.level, self._officer(session))
        incident = self._incident(run.incident_id) if run is not None else None
        if fault is not None or run is None or incident is None:
            return Refusal(RefusalCode(fault or RefusalCode.NOT_FOUND))
        undertaking = self._undertaking(session, command, run.plan, run.id, incident)
        undertaking.asked |= run.ordered_ids
        added = [step for step in run.plan.steps_at(command.level) if step.id not in run.steps]
        raised = PlanRaised(run_id=run.id, level=command.level)
        return Decided([raised, *undertaking.events(added)], tuple(undertaking.formed))

    def bring_up(self, session: Session, decided: Decided) -> None:
        for talkgroup_id in decided.talkgroup_ids:
            self._ad_hoc.bring_up(session, talkgroup_id)

    def take_down(self, run: PlanRun, actor: PartyId) -> None:
        """Its talkgroups go with it; orders that were given stay."""
        for talkgroup_id in run.talkgroup_ids:
            self._ad_hoc.dissolve(talkgroup_id, actor)

    def _undertaking(
        self,
        session: Session,
        command: PlanStart | PlanRaise,
        plan: Plan,
        run_id: PlanRunId,
        incident: IncidentState,
    ) -> Undertaking:
        picture = self._journal.picture
        return Undertaking(
            picture=picture,
            units=PlanUnits(picture, self._positions, self._orders, session.jurisdiction_id),
            work=self._work,
            session=session,
            run_id=run_id,
            plan=plan,
            level=command.level,
            incident=incident,
            now=self._clock.now(),
            choices=command.choices,
        )

    def _officer(self, session: Session) -> OfficerState:
        assert session.officer_id is not None
        return self._journal.picture.officers[session.officer_id]

    def _incident(self, incident_id: IncidentId) -> IncidentState | None:
        return self._journal.picture.incidents.states.get(incident_id)


def published(book: PlanBook, plans: Iterable[Plan]) -> list[Event]:
    """What has to be recorded so that the book says what the file says."""
    wanted = {plan.id: plan for plan in plans}
    events: list[Event] = [
        PlanPublished(plan=plan, version=book.versions.get(plan.id, 0) + 1)
        for plan in wanted.values()
        if plan.id not in book.plans or book.plans[plan.id].plan != plan
    ]
    gone = [plan_id for plan_id in book.plans if plan_id not in wanted]
    return [*events, *(PlanWithdrawn(plan_id=plan_id) for plan_id in gone)]
