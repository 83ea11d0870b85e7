"""Where units went: asking the gateway page by page, with progress, and writing it into a file."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from comms.domain.ids import UnitId
from comms.domain.track import Track
from comms.protocol.frames import FrameError
from comms.protocol.pushes import Push, Refused, TrackDay, TrackDayList, TrackPage
from comms.protocol.track_chunk import decode_chunk, track_of
from comms.protocol.track_commands import TrackDays, TrackRead
from console.actions.requester import NewId, Requester, UnexpectedAnswerError, Unsent, UnsentError
from console.actions.track_files import write_tracks
from console.store.tracks import Tracks

FEW = 30
"""So many units are read with every reading; of more, as many readings as a map can show."""
MOST_READINGS = 1_500

T = TypeVar("T")
Progress = Callable[[float], None]
"""Told the share that is done, 0 to 1."""


class Aside(Protocol):
    """Runs a function on a thread of its own, so that neither the screen nor the voice waits for it."""

    def __call__(self, work: Callable[[], T], /) -> Awaitable[T]: ...


class Tracking:
    """One reading at a time: a new one, or `cancel`, ends the one under way, whose answer is then None."""

    def __init__(self, requester: Requester, aside: Aside, *, new_id: NewId) -> None:
        self._requester = requester
        self._aside = aside
        self._new_id = new_id
        self._turn = 0

    def cancel(self) -> None:
        self._turn += 1

    async def days(self, unit_ids: Sequence[UnitId], *, offset_s: float) -> tuple[TrackDay, ...] | Refused | Unsent:
        """Those with readings, oldest first."""
        command = TrackDays(id=self._new_id(), unit_ids=tuple(unit_ids), offset_s=offset_s)
        try:
            answer = await self._requester.request(command)
        except UnsentError:
            return Unsent()
        return answer.days if isinstance(answer, TrackDayList) else _refused(answer)

    async def load(
        self, unit_ids: Sequence[UnitId], *, from_at: float, to_at: float, progress: Progress
    ) -> Tracks | Refused | Unsent | None:
        self._turn += 1
        turn = self._turn
        found: list[Track] = []
        first: int | None = 0
        while first is not None:
            progress(first / len(unit_ids))
            page = await self._page(unit_ids, from_at, to_at, first)
            if turn != self._turn:
                return None
            if not isinstance(page, TrackPage):
                return page
            found += await self._aside(lambda page=page: _decoded(page))  # type: ignore[misc]  # bound now
            first = page.next
        progress(1.0)
        tracks = await self._aside(lambda: Tracks(unit_ids, found, from_at=from_at, to_at=to_at))
        return tracks if turn == self._turn else None

    async def recent(self, unit_ids: Sequence[UnitId], *, from_at: float, to_at: float) -> dict[UnitId, Track]:
        """Beside any other reading. What cannot be had now is left out: nobody waits for it."""
        found: dict[UnitId, Track] = {}
        first: int | None = 0
        while first is not None:
            page = await self._page(unit_ids, from_at, to_at, first)
            if not isinstance(page, TrackPage):
                break
            # The page is bound now, not when it is read; mypy cannot infer a lambda with a default.
            tracks = await self._aside(lambda page=page: _decoded(page))  # type: ignore[misc]  # bound now
            found |= zip((each.unit_id for each in page.tracks), tracks, strict=True)
            first = page.next
        return found

    async def _page(
        self, unit_ids: Sequence[UnitId], from_at: float, to_at: float, first: int
    ) -> TrackPage | Refused | Unsent:
        command = TrackRead(
            id=self._new_id(),
            unit_ids=tuple(unit_ids),
            from_at=from_at,
            to_at=to_at,
            most_readings=None if len(unit_ids) <= FEW else MOST_READINGS,
            first=first,
        )
        try:
            answer = await self._requester.request(command)
        except UnsentError:
            return Unsent()
        return answer if isinstance(answer, TrackPage) else _refused(answer)

    async def save(self, tracks: Tracks, names: Sequence[str], path: Path) -> OSError | None:
        """Into GPX or CSV, as the file's name ends. What went wrong, or None."""
        try:
            await self._aside(lambda: write_tracks(path, tracks, names))
        except OSError as error:
            return error
        return None


def _decoded(page: TrackPage) -> list[Track]:
    try:
        return [track_of(decode_chunk(each.data)) for each in page.tracks]
    except FrameError as error:
        raise UnexpectedAnswerError(str(error)) from error


def _refused(answer: Push) -> Refused:
    if isinstance(answer, Refused):
        return answer
    raise UnexpectedAnswerError(type(answer).__name__)
