"""A town about the people of recorded tracks, so that a desk looks where they are: a unit for each person, and the
ways they went in place of streets. Nothing is invented but the numbers."""

from collections.abc import Iterator, Sequence

import numpy as np
from shapely.geometry import LineString

from comms.domain.ids import JurisdictionId, OfficerId, TalkgroupId, UnitId
from comms.domain.jurisdiction import Jurisdiction, Level
from comms.domain.talkgroup import Talkgroup
from comms.domain.unit import Unit
from comms.fleet.street_net import METRES_A_DEGREE
from comms.fleet.town import DUTY_OFFICER, SAMPLE_PASSWORD
from comms.fleet.tracks import Track
from comms.protocol.area import Area, OfficerAccount, Street, TownFile

TOWN = JurisdictionId("900000/s02")
EVERYBODY = TalkgroupId("town")
NAME = "轨迹片区"
MIDDLE_SHARE = 0.9
"""Of all readings: the area is where they are, and not where one person once flew to."""
WAY_GAP_S = 60.0
"""Readings further apart than this, or so far that nobody drives it, are two ways."""
FASTEST_MPS = 50.0
WAY_TOLERANCE_M = 12.0
_MARGIN = 0.08


def town_around(tracks: Sequence[Track]) -> TownFile:
    """Unit i replays track i, as `comms.fleet --tracks` does. Raises ValueError when there is no track."""
    if not tracks:
        raise ValueError("there is no track to make a town of")
    return TownFile(
        area=Area(name=NAME, bounds=_bounds(tracks), streets=tuple(_ways(tracks))),
        jurisdictions=(Jurisdiction(id=TOWN, name=NAME, level=Level.TOWN),),
        units=tuple(_unit(no, track.user) for no, track in enumerate(tracks, start=1)),
        talkgroups=(Talkgroup(id=EVERYBODY, name="全体人员", jurisdiction_id=TOWN),),
        officers=(
            OfficerAccount(
                officer_id=OfficerId(DUTY_OFFICER), name="值班员", jurisdiction_id=TOWN, password=SAMPLE_PASSWORD
            ),
        ),
    )


def _unit(no: int, user: str) -> Unit:
    return Unit(id=UnitId(f"u{no:04d}"), no=no, name=f"网格员 {user}", jurisdiction_id=TOWN, talkgroup_ids=(EVERYBODY,))


def _bounds(tracks: Sequence[Track]) -> tuple[float, float, float, float]:
    """(south, west, north, east) of the middle readings, with a margin."""
    edges = (1 - MIDDLE_SHARE) / 2, (1 + MIDDLE_SHARE) / 2
    south, north = np.quantile(np.concatenate([track.lat for track in tracks]), edges).tolist()
    west, east = np.quantile(np.concatenate([track.lon for track in tracks]), edges).tolist()
    high, wide = max(north - south, 0.002) * _MARGIN, max(east - west, 0.002) * _MARGIN
    return south - high, west - wide, north + high, east + wide


def _ways(tracks: Sequence[Track]) -> Iterator[Street]:
    for track in tracks:
        north_m = np.diff(track.lat) * METRES_A_DEGREE
        east_m = np.diff(track.lon) * METRES_A_DEGREE * np.cos(np.radians(track.lat[:-1]))
        gap_s = np.diff(track.at)
        is_broken = (gap_s > WAY_GAP_S) | (np.hypot(north_m, east_m) > FASTEST_MPS * gap_s)
        for rows in np.split(np.arange(len(track)), np.flatnonzero(is_broken) + 1):
            if len(rows) > 1:
                line = LineString(np.column_stack((track.lat[rows], track.lon[rows])))
                kept = line.simplify(WAY_TOLERANCE_M / METRES_A_DEGREE, preserve_topology=False)
                if kept.length > 0:
                    yield Street(name="", rank=0, line=tuple((float(lat), float(lon)) for lat, lon in kept.coords))
