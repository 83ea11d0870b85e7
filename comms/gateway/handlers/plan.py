"""Commands about plans. Who may, `plan_rules` says; what a start carries out, `plan_steps`."""

from comms.domain.ids import PlanRunId
from comms.domain.plan import StepId
from comms.domain.plan_events import PlanEnded, PlanStepTaken, StepOutcome
from comms.domain.plan_rules import end_fault, settle_fault
from comms.gateway.context import Refusal, Session
from comms.gateway.gateway import Gateway
from comms.gateway.plans import Decided
from comms.protocol.errors import RefusalCode
from comms.protocol.plan_commands import PlanEnd, PlanRaise, PlanSkip, PlanStart, PlanTick
from comms.protocol.pushes import Done


async def start(gateway: Gateway, session: Session, command: PlanStart) -> Done | Refusal:
    if PlanRunId(command.id) in gateway.picture.plans.runs:
        return Refusal(RefusalCode.NOT_ALLOWED)  # another officer's id: his own would have been answered again
    decided = gateway.plans.begin(session, command)
    return await _carry_out(gateway, session, command, decided, PlanRunId(command.id))


async def raise_level(gateway: Gateway, session: Session, command: PlanRaise) -> Done | Refusal:
    decided = gateway.plans.go_further(session, command)
    return await _carry_out(gateway, session, command, decided, command.run_id)


async def _carry_out(
    gateway: Gateway, session: Session, command: PlanStart | PlanRaise, decided: Decided | Refusal, run_id: PlanRunId
) -> Done | Refusal:
    """All of it is one record: a gateway that is killed meanwhile has done all or nothing."""
    if isinstance(decided, Refusal):
        return decided
    await gateway.record(session.party, decided.events, command_id=command.id)
    gateway.plans.bring_up(session, decided)
    return Done(id=command.id, subject=run_id)


async def tick(gateway: Gateway, session: Session, command: PlanTick) -> Done | Refusal:
    return await _settle(gateway, session, command, StepOutcome.DONE, command.words)


async def skip(gateway: Gateway, session: Session, command: PlanSkip) -> Done | Refusal:
    return await _settle(gateway, session, command, StepOutcome.SKIPPED, command.reason)


async def _settle(
    gateway: Gateway, session: Session, command: PlanTick | PlanSkip, outcome: StepOutcome, words: str
) -> Done | Refusal:
    step_id: StepId = command.step_id
    assert session.officer_id is not None
    officer = gateway.picture.officers[session.officer_id]
    run = gateway.picture.plans.runs.get(command.run_id)
    fault = settle_fault(run, step_id, outcome, words, officer)
    if fault is not None:
        return Refusal(RefusalCode(fault))
    taken = PlanStepTaken(run_id=command.run_id, step_id=step_id, outcome=outcome, words=words.strip())
    await gateway.record(session.party, [taken], command_id=command.id)
    return Done(id=command.id, subject=command.run_id)


async def end(gateway: Gateway, session: Session, command: PlanEnd) -> Done | Refusal:
    assert session.officer_id is not None
    officer = gateway.picture.officers[session.officer_id]
    run = gateway.picture.plans.runs.get(command.run_id)
    fault = end_fault(run, command.note, officer)
    if fault is not None or run is None:
        return Refusal(RefusalCode(fault or RefusalCode.NOT_FOUND))
    ended = PlanEnded(run_id=command.run_id, note=command.note.strip())
    await gateway.record(session.party, [ended], command_id=command.id)
    gateway.plans.take_down(run, session.party)
    return Done(id=command.id, subject=command.run_id)
