"""Which video is on which tile. A video keeps its tile from being asked for until it is closed. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from comms.domain.ids import UnitId, VideoId, party_officer
from comms.domain.picture import VideoState
from comms.domain.video import VideoEnd, VideoKind, VideoPhase
from console.store.store import Store

TILES = 6
ENDED_SHOWN_S = 15.0


class Stage(StrEnum):
    ASKED = "asked"
    """The worker has not answered yet."""
    OFFERED = "offered"
    """Live, and the officer may choose to watch."""
    OPENING = "opening"
    """Asked to watch; no picture yet."""
    PLAYING = "playing"
    ENDED = "ended"


_ORDER = (Stage.PLAYING, Stage.OPENING, Stage.ASKED, Stage.OFFERED, Stage.ENDED)


@dataclass(frozen=True, slots=True)
class Showing:
    """`mid` is the m-line of the pictures while playing; `since` Unix seconds."""

    video_id: VideoId
    unit_id: UnitId
    kind: VideoKind
    stage: Stage
    since: float
    mid: str | None = None
    end: VideoEnd | None = None
    is_own: bool = False
    """This desk asked for it."""


class WallPlan:
    """`tiles` holds what each shows; `waiting` counts what found no room."""

    def __init__(self) -> None:
        self.tiles: list[Showing | None] = [None] * TILES
        self.waiting = 0
        self._dismissed: set[VideoId] = set()
        self._ended_at: dict[VideoId, float] = {}

    def dismiss(self, video_id: VideoId) -> None:
        """The officer closed a tile that nothing has to be told about."""
        self._dismissed.add(video_id)

    def arrange(self, store: Store) -> None:
        """Read the Store again. Tiles whose video goes on keep their place."""
        wanted = {showing.video_id: showing for showing in self._wanted(store)}
        kept = [tile.video_id if tile is not None and tile.video_id in wanted else None for tile in self.tiles]
        new = sorted((key for key in wanted if key not in kept), key=lambda key: _rank(wanted[key]))
        self._make_room(kept, wanted, new)
        for place, held in enumerate(kept):
            if held is None and new:
                kept[place] = new.pop(0)
        self.waiting = sum(wanted[key].stage is not Stage.ENDED for key in wanted if key not in kept)
        self.tiles = [wanted[key] if key is not None else None for key in kept]
        self._dismissed &= set(store.picture.videos)

    def _make_room(self, kept: list[VideoId | None], wanted: dict[VideoId, Showing], new: list[VideoId]) -> None:
        """What is over gives way to what is going on; an offer to what was asked for."""
        for place, held in enumerate(kept):
            shortage = len(new) - kept.count(None)
            if shortage > 0 and held is not None and _rank(wanted[new[0]]) < _rank(wanted[held]) >= 3:
                kept[place] = None

    def _wanted(self, store: Store) -> list[Showing]:
        now = store.server_now()
        mids = {slot.video_id: mid for mid, slot in store.slots.items() if slot.video_id is not None}
        own = party_officer(store.session.party) if store.session is not None else None
        before = {tile.video_id for tile in self.tiles if tile is not None}
        found = []
        for state in store.picture.videos.values():
            video_id = state.video.id
            if video_id in self._dismissed:
                continue
            is_own = own is not None and party_officer(state.video.asked_by) == own
            stage = self._stage(state, mids.get(video_id), own in state.watchers if own else False, is_own)
            if stage is Stage.ENDED and not self._is_fresh(video_id, now, was_shown=video_id in before):
                continue
            if stage is not None:
                found.append(
                    Showing(
                        video_id=video_id,
                        unit_id=state.video.unit_id,
                        kind=state.video.kind,
                        stage=stage,
                        since=state.started_at,
                        mid=mids.get(video_id),
                        end=state.end,
                        is_own=is_own,
                    )
                )
        return found

    def _stage(self, state: VideoState, mid: str | None, is_watched: bool, is_own: bool) -> Stage | None:
        match state.phase:
            case VideoPhase.ASKED:
                return Stage.ASKED if is_own else None
            case VideoPhase.ENDED:
                return Stage.ENDED
            case VideoPhase.LIVE:
                if mid is not None:
                    return Stage.PLAYING
                if is_watched or is_own:
                    return Stage.OPENING
                return Stage.OFFERED if state.video.kind is VideoKind.RETURN else None

    def _is_fresh(self, video_id: VideoId, now: float, *, was_shown: bool) -> bool:
        """What has ended stays a while on the tile it had, so that the officer reads why."""
        if not was_shown:
            return False
        return now - self._ended_at.setdefault(video_id, now) < ENDED_SHOWN_S


def _rank(showing: Showing) -> int:
    return _ORDER.index(showing.stage)
