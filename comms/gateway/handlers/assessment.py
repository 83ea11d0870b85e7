"""Figures of cases, within one's jurisdiction. Counted beside the loop, one table after the other: officers who ask for
a year must not keep those waiting who sign in."""

from functools import partial
from math import isfinite

from comms.domain.assessment import Figures, Period
from comms.gateway.context import Refusal, Session
from comms.gateway.gateway import Gateway
from comms.journal.case_figures import figures_of, read_cases
from comms.protocol.assessment_commands import (
    LONGEST_PERIOD_S,
    AssessmentCasePage,
    AssessmentCases,
    AssessmentRead,
    AssessmentRow,
    AssessmentTable,
)
from comms.protocol.errors import RefusalCode


async def read(gateway: Gateway, session: Session, command: AssessmentRead) -> AssessmentTable | Refusal:
    fault = _fault(*command.periods)
    if fault is not None:
        return Refusal(fault)
    count = partial(
        figures_of,
        periods=command.periods,
        by=command.by,
        tree=dict(gateway.picture.jurisdictions),
        within=command.within or session.jurisdiction_id,
    )
    read_at = gateway.clock.now()
    async with gateway.counting:
        found = await gateway.journal.read(count)
    nothing = Figures()
    rows = (
        AssessmentRow(key=key, figures=tuple(figures))
        for key, figures in found.items()
        if any(one != nothing for one in figures)
    )
    return AssessmentTable(id=command.id, rows=tuple(rows), read_at=read_at)


async def cases(gateway: Gateway, session: Session, command: AssessmentCases) -> AssessmentCasePage | Refusal:
    fault = _fault(command.period)
    if fault is not None:
        return Refusal(fault)
    page = partial(
        read_cases,
        period=command.period,
        by=command.by,
        key=command.key,
        figure=command.figure,
        tree=dict(gateway.picture.jurisdictions),
        within=command.within or session.jurisdiction_id,
        first=command.first,
        limit=command.limit + 1,
    )
    async with gateway.counting:
        found = await gateway.journal.read(page)
    has_more = len(found) > command.limit
    return AssessmentCasePage(
        id=command.id, cases=found[: command.limit], next=command.first + command.limit if has_more else None
    )


def _fault(*periods: Period) -> RefusalCode | None:
    for period in periods:
        if not (isfinite(period.from_at) and 0 < period.until_at - period.from_at <= LONGEST_PERIOD_S):
            return RefusalCode.MALFORMED
    return None
