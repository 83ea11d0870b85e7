"""Tracks through a real gateway: late fixes in their place, pages, jurisdiction, a kill, and a day of real people."""

import time
from pathlib import Path

import numpy as np
import pytest

from comms.domain.ids import UnitId
from comms.domain.position import Fix
from comms.domain.track import Track, joined
from comms.fleet.track_town import town_around
from comms.fleet.tracks import read_tracks
from comms.gateway.handlers import track as handler
from comms.protocol.commands import PositionReport
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import PositionTaken, Refused, TrackDayList, TrackPage
from comms.protocol.track_chunk import decode_chunk, track_of
from comms.protocol.track_commands import TrackDays, TrackRead
from tests.support.gateway import (
    NORTH_DUTY,
    S1,
    SOUTH_DUTY,
    U1,
    U2,
    prepare_site,
    running_gateway,
    spawn_gateway,
    stop_gateway,
)
from tests.support.nursery import Nursery
from tests.support.terminal import Peer, desk, new_id, peer, terminal

REAL_DAY = Path(__file__).parents[3] / "shared" / "data" / "tracks" / "geolife_day_2009-02-17.csv.gz"
NOBODY = UnitId("gone")


def fixes(first_at: float, count: int) -> tuple[Fix, ...]:
    return tuple(Fix(at=first_at + 5 * row, lat=23.0 + row * 1e-4, lon=113.7, speed_mps=2.0) for row in range(count))


async def report(peer: Peer, sent: tuple[Fix, ...]) -> None:
    answer = await peer.ask_for(PositionReport(id=new_id(), fixes=sent), PositionTaken)
    assert answer.taken == len(sent)


async def read(peer: Peer, *unit_ids: UnitId, at: float, most: int | None = None) -> list[Track]:
    """All pages."""
    found: list[Track] = []
    first: int | None = 0
    while first is not None:
        command = TrackRead(
            id=new_id(), unit_ids=unit_ids, from_at=at - 4 * 86_400, to_at=at + 3600, most_readings=most, first=first
        )
        page = await peer.ask_for(command, TrackPage)
        found += [track_of(decode_chunk(each.data)) for each in page.tracks]
        first = page.next
    return found


async def test_late_fixes_are_in_their_place_and_the_desk_reads_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = round(time.time())
    async with (
        running_gateway(tmp_path) as site,
        terminal(site, U1) as worker,
        desk(site, NORTH_DUTY) as north,
        desk(site, SOUTH_DUTY) as south,
    ):
        await report(worker, fixes(now - 50, 5))
        late = fixes(now - 7200, 500)
        await report(worker, late)
        await report(worker, late[:3])  # its answer was lost: told again
        (track,) = await read(north, U1, at=now)
        assert track.at.tolist() == [*(fix.at for fix in late), *(now - 50.0 + 5 * row for row in range(5))]
        (few,) = await read(north, U1, at=now, most=50)
        assert len(few) < 60
        assert set(few.at) <= set(track.at)
        monkeypatch.setattr(handler, "PAGE_UNITS", 1)
        assert [len(each) for each in await read(north, U2, U1, at=now)] == [0, 505]
        monkeypatch.setattr(handler, "PAGE_BYTES", 1)
        assert [len(each) for each in await read(north, U1, U2, at=now)] == [505, 0]
        listed = await north.ask_for(TrackDays(id=new_id(), unit_ids=(U1, U2), offset_s=28_800.0), TrackDayList)
        assert sum(day.readings for day in listed.days) >= 505
        for unit_id in (U1, NOBODY):
            foreign = TrackRead(id=new_id(), unit_ids=(unit_id,), from_at=now - 60.0, to_at=float(now))
            assert (await south.ask_for(foreign, Refused)).code is RefusalCode.OUT_OF_JURISDICTION
        days = TrackDays(id=new_id(), unit_ids=(U1,))
        assert (await south.ask_for(days, Refused)).code is RefusalCode.OUT_OF_JURISDICTION
        assert (await worker.ask_for(TrackDays(id=new_id(), unit_ids=(U1,)), Refused)).code is RefusalCode.NOT_ALLOWED
        for from_at, first in ((now - 8 * 86_400.0, 0), (now + 1.0, 0), (now - 60.0, 1), (float("nan"), 0)):
            bad = TrackRead(id=new_id(), unit_ids=(U1,), from_at=from_at, to_at=float(now), first=first)
            assert (await north.ask_for(bad, Refused)).code is RefusalCode.MALFORMED
        assert [len(each) for each in await read(south, S1, at=now)] == [0]


async def test_a_killed_gateway_keeps_what_was_written_and_a_whole_store(tmp_path: Path, nursery: Nursery) -> None:
    now = round(time.time())
    codes = await prepare_site(tmp_path / "data")
    site = await spawn_gateway(tmp_path / "data", codes=codes, nursery=nursery)
    try:
        async with terminal(site, U1) as worker, desk(site, NORTH_DUTY) as north:
            await report(worker, fixes(now - 500, 50))
            assert [len(each) for each in await read(north, U1, at=now)] == [50]  # written, since it was read
            await report(worker, fixes(now - 10, 2))  # at most these two seconds' worth may be lost
            site.kill()
    finally:
        await stop_gateway(site)
    again = await spawn_gateway(tmp_path / "data", codes=codes, nursery=nursery)
    try:
        async with desk(again, NORTH_DUTY) as north:
            (track,) = await read(north, U1, at=now)
            assert 50 <= len(track) <= 52
            assert track.at[:50].tolist() == [now - 500.0 + 5 * row for row in range(50)]
    finally:
        assert await stop_gateway(again) == 0


@pytest.mark.real_data
async def test_a_real_day_of_28_people_is_read_back_equal(tmp_path: Path) -> None:
    """Moved to three days ago; the busiest is reported by a terminal, 500 at a time as after a long silence."""
    if not REAL_DAY.exists():
        pytest.skip("the shared data is not here")
    people = read_tracks(REAL_DAY).tracks
    town = town_around(people)
    moved_s = round(time.time()) - 3 * 86_400.0 - min(float(person.at[0]) for person in people)
    busiest = max(range(len(people)), key=lambda row: len(people[row]))
    async with running_gateway(tmp_path, town=town) as site, peer(site) as officer:
        await officer.sign_in_desk(town.officers[0].officer_id, town.officers[0].password)
        assert site.gateway is not None
        for row, person in enumerate(people):
            unit_id = town.units[row].id
            sent = [
                Fix(at=at + moved_s, lat=lat, lon=lon)
                for at, lat, lon in zip(person.at.tolist(), person.lat.tolist(), person.lon.tolist(), strict=True)
            ]
            if row == busiest:
                async with terminal(site, unit_id) as worker:
                    for first in range(0, len(sent), 500):
                        await report(worker, tuple(sent[first : first + 500]))
            else:
                for fix in sent:
                    site.gateway.tracks.take(unit_id, fix)
        found = await read(officer, *(unit.id for unit in town.units), at=time.time())
        for person, track in zip(people, found, strict=True):
            assert len(joined([track])) == len(person)
            assert np.allclose(track.at, person.at + moved_s, atol=0.051)
            assert np.allclose(track.lat, person.lat, atol=0.6e-7)
            assert np.allclose(track.lon, person.lon, atol=0.6e-7)
