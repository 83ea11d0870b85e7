"""Marks: draw on the map for everybody, change, erase, and take the last step back."""

from collections.abc import Awaitable, Callable

from comms.domain.ids import MarkId
from comms.domain.mark import Mark, MarkColour, MarkKind
from comms.protocol.mark_commands import MarkChange, MarkDraw, MarkErase
from comms.protocol.pushes import Done
from console.actions.requester import NewId, Outcome, Requester, ask
from console.store.store import Store

Points = tuple[tuple[float, float], ...]
KEPT_STEPS = 50


class Marks:
    """UI thread only. What this desk did is remembered, newest last, so that `undo` can take it back."""

    def __init__(self, requester: Requester, store: Store, *, new_id: NewId) -> None:
        self._requester = requester
        self._store = store
        self._new_id = new_id
        self._steps: list[Callable[[], Awaitable[Outcome]]] = []
        self._drawn_again: dict[MarkId, MarkId] = {}
        """Erased marks that were taken back have another id; older steps mean the new one."""

    @property
    def can_undo(self) -> bool:
        return bool(self._steps)

    async def draw(self, kind: MarkKind, points: Points, label: str, colour: MarkColour) -> Outcome:
        """`done.subject` is the mark's id."""
        answer = await self._draw(kind, points, label, colour)
        if isinstance(answer, Done) and answer.subject is not None:
            mark_id = MarkId(answer.subject)
            self._remember(lambda: self._erase(self._now(mark_id)))
        return answer

    async def change(
        self,
        mark_id: MarkId,
        *,
        points: Points | None = None,
        label: str | None = None,
        colour: MarkColour | None = None,
    ) -> Outcome:
        before = self._mark(mark_id)
        answer = await self._change(mark_id, points, label, colour)
        if isinstance(answer, Done) and before is not None:
            self._remember(lambda: self._change(self._now(mark_id), before.points, before.label, before.colour))
        return answer

    async def erase(self, mark_id: MarkId) -> Outcome:
        before = self._mark(mark_id)
        answer = await self._erase(mark_id)
        if isinstance(answer, Done) and before is not None:
            self._remember(lambda: self._draw_again(before))
        return answer

    async def undo(self) -> Outcome | None:
        """None when there is nothing to take back. What could not be taken back is not tried again."""
        return await self._steps.pop()() if self._steps else None

    def _now(self, mark_id: MarkId) -> MarkId:
        while mark_id in self._drawn_again:
            mark_id = self._drawn_again[mark_id]
        return mark_id

    async def _draw_again(self, mark: Mark) -> Outcome:
        answer = await self._draw(mark.kind, mark.points, mark.label, mark.colour)
        if isinstance(answer, Done) and answer.subject is not None:
            self._drawn_again[mark.id] = MarkId(answer.subject)
        return answer

    def _mark(self, mark_id: MarkId) -> Mark | None:
        state = self._store.picture.marks.states.get(mark_id)
        return state.mark if state is not None else None

    def _remember(self, step: Callable[[], Awaitable[Outcome]]) -> None:
        self._steps = [*self._steps[-KEPT_STEPS + 1 :], step]

    async def _draw(self, kind: MarkKind, points: Points, label: str, colour: MarkColour) -> Outcome:
        command = MarkDraw(id=self._new_id(), shape=kind, points=points, label=label, colour=colour)
        return await ask(self._requester, command)

    async def _change(
        self, mark_id: MarkId, points: Points | None, label: str | None, colour: MarkColour | None
    ) -> Outcome:
        command = MarkChange(id=self._new_id(), mark_id=mark_id, points=points, label=label, colour=colour)
        return await ask(self._requester, command)

    async def _erase(self, mark_id: MarkId) -> Outcome:
        return await ask(self._requester, MarkErase(id=self._new_id(), mark_id=mark_id))
