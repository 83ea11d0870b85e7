"""Plans: start one for an incident, raise it, settle its steps, end it. The gateway carries out what it can."""

from collections.abc import Mapping

from comms.domain.ids import IncidentId, PlanId, PlanRunId, UnitId
from comms.domain.plan import PlanLevel, StepId
from comms.protocol.plan_commands import PlanEnd, PlanRaise, PlanSkip, PlanStart, PlanTick
from comms.protocol.pushes import Done
from console.actions.requester import NewId, Outcome, Requester, ask_durably
from console.actions.voice import Voice
from console.store.store import Store

Choices = Mapping[StepId, tuple[UnitId, ...]]


class PlanActions:
    """UI thread only."""

    def __init__(self, requester: Requester, store: Store, voice: Voice, *, new_id: NewId) -> None:
        self._requester = requester
        self._store = store
        self._voice = voice
        self._new_id = new_id

    async def start(
        self, incident_id: IncidentId, plan_id: PlanId, level: PlanLevel, *, choices: Choices | None = None
    ) -> Outcome:
        """`done.subject` is the run's id. This desk then hears the talkgroups of the plan, the first is selected."""
        command = PlanStart(
            id=self._new_id(), incident_id=incident_id, plan_id=plan_id, level=level, choices=dict(choices or {})
        )
        return await self._heard(await ask_durably(self._requester, command))

    async def raise_level(self, run_id: PlanRunId, level: PlanLevel, *, choices: Choices | None = None) -> Outcome:
        command = PlanRaise(id=self._new_id(), run_id=run_id, level=level, choices=dict(choices or {}))
        return await self._heard(await ask_durably(self._requester, command))

    async def _heard(self, answer: Outcome) -> Outcome:
        run = self._store.picture.plans.runs.get(PlanRunId(answer.subject or "")) if isinstance(answer, Done) else None
        heard = self._store.affiliated
        wanted = () if run is None else tuple(one for one in run.talkgroup_ids if one in self._store.picture.talkgroups)
        if any(talkgroup_id not in heard for talkgroup_id in wanted):
            await self._voice.affiliate((*wanted, *(one for one in heard if one not in wanted)))
        return answer

    async def tick(self, run_id: PlanRunId, step_id: StepId, *, words: str = "") -> Outcome:
        command = PlanTick(id=self._new_id(), run_id=run_id, step_id=step_id, words=words)
        return await ask_durably(self._requester, command)

    async def skip(self, run_id: PlanRunId, step_id: StepId, *, reason: str) -> Outcome:
        command = PlanSkip(id=self._new_id(), run_id=run_id, step_id=step_id, reason=reason)
        return await ask_durably(self._requester, command)

    async def end(self, run_id: PlanRunId, *, note: str = "") -> Outcome:
        return await ask_durably(self._requester, PlanEnd(id=self._new_id(), run_id=run_id, note=note))
