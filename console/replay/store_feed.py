"""Tells a Store what it would have heard from the gateway: a session, the picture, events, floors, positions."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from comms.domain.events import CallEnded, Recorded, TalkEnded, TalkgroupDefined, TalkStarted
from comms.domain.ids import BurstId, CallId, CommandId, JurisdictionId, OfficerId, TalkgroupId, UnitId, officer_party
from comms.domain.jurisdiction import contains
from comms.domain.picture import Picture
from comms.domain.states import TalkgroupState
from comms.journal.replay.replay import Seen
from comms.protocol.frames import PositionColumns
from comms.protocol.pushes import EventPush, FloorIdle, FloorTaken, LogPage, PictureSnapshot, Welcome
from comms.protocol.track_chunk import ROW, Readings, track_of
from comms.protocol.version import PROTOCOL_VERSION
from console.replay.played_clock import PlayedClock
from console.store.link import LinkPhase, LinkState
from console.store.store import Store

OBSERVER = OfficerId("replay")
"""Who looks on when no officer of the journal was chosen."""
_ASKED = CommandId("replay")


class StoreFeed:
    """On the Store's thread. `viewer` is the officer whose desk is shown: what he heard of, and what was his own."""

    def __init__(self, store: Store, clock: PlayedClock, viewer: OfficerId | None = None) -> None:
        self._store, self._clock, self._viewer = store, clock, viewer
        self._floor_seq = 0
        self._seen: Seen | None = None

    def show(self, picture: Picture, log: Sequence[Recorded], began: Mapping[BurstId, float]) -> None:
        """Another moment. `began` says since when bursts that go on have been going on."""
        store = self._store
        if store.link.phase is not LinkPhase.ONLINE:
            store.apply(LinkState(phase=LinkPhase.ONLINE))
        store.apply(self._welcome(picture))
        store.apply(PictureSnapshot(id=_ASKED, picture=picture))
        store.apply(LogPage(id=_ASKED, events=tuple(log)))
        self._seen = None
        at = self._clock.at
        for group in picture.talkgroups.values():
            if group.talker is not None and group.burst_id is not None:
                self._clock.at = min(at, began.get(group.burst_id, at))
                self._tell_floor(group)
        self._clock.at = at

    def tell(self, events: Iterable[Recorded]) -> None:
        """What follows on the picture, in order."""
        is_another_session = False
        for recorded in events:
            self._clock.at = max(self._clock.at, recorded.at)
            self._store.apply(EventPush(recorded=recorded))
            match recorded.event:
                case TalkStarted(talkgroup_id=group_id) | TalkEnded(talkgroup_id=group_id):
                    self._tell_floor_of(group_id)
                case CallEnded(call_id=call_id):
                    for view in [view for view in self._store.voice.floors.values() if view.call_id == call_id]:
                        self._tell_floor_of(view.talkgroup_id)
                case TalkgroupDefined():
                    is_another_session = True
                case _:
                    pass
        if is_another_session:
            self._begin_again()

    def _begin_again(self) -> None:
        """A session has the talkgroups there were when it began."""
        picture = self._store.picture
        self._store.apply(self._welcome(picture))
        for group in picture.talkgroups.values():
            if group.talker is not None:
                self._tell_floor(group)

    # --- floors -------------------------------------------------------------------------------------------

    def _tell_floor_of(self, talkgroup_id: TalkgroupId) -> None:
        group = self._store.picture.talkgroups.get(talkgroup_id)
        if group is not None and group.talker is not None:
            self._tell_floor(group)
        else:
            self._floor_seq += 1
            self._store.apply(FloorIdle(talkgroup_id=talkgroup_id, floor_seq=self._floor_seq))

    def _tell_floor(self, group: TalkgroupState) -> None:
        assert group.talker is not None
        call = self._store.picture.calls.get(group.call_id) if group.call_id is not None else None
        self._floor_seq += 1
        self._store.apply(
            FloorTaken(
                talkgroup_id=group.talkgroup.id,
                call_id=group.call_id or CallId(""),
                floor_seq=self._floor_seq,
                talker=group.talker,
                talker_name=self._store.party_name(group.talker),
                is_emergency=call is not None and call.call.is_emergency,
            )
        )

    # --- the session --------------------------------------------------------------------------------------

    def _welcome(self, picture: Picture) -> Welcome:
        officer = picture.officers.get(self._viewer) if self._viewer is not None else None
        jurisdiction_id = officer.jurisdiction_id if officer is not None else _root(picture)
        groups = [
            state.talkgroup
            for state in picture.talkgroups.values()
            if state.ad_hoc is None and contains(jurisdiction_id, state.talkgroup.jurisdiction_id)
        ]
        return Welcome(
            id=_ASKED,
            protocol=PROTOCOL_VERSION,
            party=officer_party(officer.id if officer is not None else OBSERVER),
            name=officer.name if officer is not None else "",
            jurisdiction_id=jurisdiction_id,
            server_time=self._clock.at,
            talkgroups=tuple(groups),
            affiliated=tuple(group.id for group in groups),
        )

    # --- positions ----------------------------------------------------------------------------------------

    def place(self, seen: Seen) -> None:
        """Where everybody is now: after a jump all of them, else those of whom something new was heard."""
        before, self._seen = self._seen, seen
        if before is None:
            self._forget_places(seen)
        is_new = seen.rows >= 0
        if before is not None and before.hour is seen.hour:
            is_new &= before.rows != seen.rows
        units = np.flatnonzero(is_new)
        if len(units):
            ids = [seen.hour.unit_ids[unit] for unit in units.tolist()]
            self._place(ids, seen.hour.rows[seen.rows[units]])

    def _forget_places(self, seen: Seen) -> None:
        """Of units that nobody had heard of at this moment, though they were placed at the one before."""
        known = {seen.hour.unit_ids[unit] for unit in np.flatnonzero(seen.rows >= 0).tolist()}
        positions = self._store.positions
        lost = [unit_id for unit_id in positions.unit_ids(np.flatnonzero(positions.is_placed)) if unit_id not in known]
        if lost:
            self._apply(lost, np.zeros(len(lost), ROW), is_known=False)

    def _place(self, unit_ids: Sequence[UnitId], rows: Readings) -> None:
        units = self._store.picture.units
        is_defined = np.fromiter((unit_id in units for unit_id in unit_ids), bool, len(unit_ids))
        self._apply([unit_id for unit_id in unit_ids if unit_id in units], rows[is_defined], is_known=True)

    def _apply(self, unit_ids: Sequence[UnitId], rows: Readings, *, is_known: bool) -> None:
        units, track = self._store.picture.units, track_of(rows)
        unknown: NDArray[np.float32] = np.full(len(rows), np.nan, np.float32)
        self._store.apply_positions(
            PositionColumns(
                no=np.fromiter((units[unit_id].unit.no for unit_id in unit_ids), np.uint32, len(unit_ids)),
                at=track.at,
                lat=track.lat if is_known else unknown.astype(np.float64),
                lon=track.lon if is_known else unknown.astype(np.float64),
                accuracy_m=track.accuracy_m if is_known else unknown,
                heading_deg=track.heading_deg if is_known else unknown,
                speed_mps=track.speed_mps if is_known else unknown,
                battery_pct=track.battery_pct if is_known else unknown,
            )
        )


def _root(picture: Picture) -> JurisdictionId:
    """The node above all others; an empty journal has none."""
    return min(picture.jurisdictions, key=len, default=JurisdictionId(""))
