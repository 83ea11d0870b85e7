"""Figures of cases (考核), and the cases behind each of them: asked of the gateway, which counts."""

from comms.domain.assessment import Dimension, Figure, Period
from comms.domain.ids import JurisdictionId
from comms.protocol.assessment_commands import (
    AssessmentCasePage,
    AssessmentCases,
    AssessmentRead,
    AssessmentTable,
)
from comms.protocol.pushes import Push, Refused
from console.actions.requester import NewId, Requester, UnexpectedAnswerError, Unsent, UnsentError


class Assessing:
    def __init__(self, requester: Requester, *, new_id: NewId) -> None:
        self._requester = requester
        self._new_id = new_id

    async def read(
        self, periods: tuple[Period, ...], by: Dimension, *, within: JurisdictionId | None = None
    ) -> AssessmentTable | Refused | Unsent:
        answer = await self._ask(AssessmentRead(id=self._new_id(), periods=periods, by=by, within=within))
        if isinstance(answer, AssessmentTable | Refused | Unsent):
            return answer
        raise UnexpectedAnswerError(type(answer).__name__)

    async def cases(
        self,
        period: Period,
        by: Dimension,
        key: str,
        figure: Figure,
        *,
        within: JurisdictionId | None = None,
        first: int = 0,
    ) -> AssessmentCasePage | Refused | Unsent:
        """One page, newest first."""
        command = AssessmentCases(
            id=self._new_id(), period=period, by=by, key=key, figure=figure, within=within, first=first
        )
        answer = await self._ask(command)
        if isinstance(answer, AssessmentCasePage | Refused | Unsent):
            return answer
        raise UnexpectedAnswerError(type(answer).__name__)

    async def _ask(self, command: AssessmentRead | AssessmentCases) -> Push | Unsent:
        try:
            return await self._requester.request(command)
        except UnsentError:
            return Unsent()
