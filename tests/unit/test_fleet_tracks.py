"""Tracks of real people: three formats read, bad rows named, and walked again on one clock."""

import gzip
import io
import tarfile
from pathlib import Path

import gpxpy
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comms.domain.position import distance_m
from comms.fleet.replay import LONGEST_SILENCE_S, Replay
from comms.fleet.track_town import town_around
from comms.fleet.tracks import FAULTS_KEPT, Track, TracksError, describe, read_tracks, unix_seconds, user_of

DATA = Path(__file__).parents[3] / "shared" / "data" / "tracks"
PLT = """Geolife trajectory
WGS 84
Altitude is in Feet
Reserved 3
0,2,255,My Track,0,0,2,8421376
0
39.906631,116.385564,0,492,40097.5864583333,2009-10-11,14:04:30
39.906554,116.385625,0,492,40097.5865162037,2009-10-11,14:04:35

95.0,116.0,0,492,40097.5,2009-10-11,14:04:40
0,0,0,492,40097.5,2009-10-11,14:04:45
not a row
39.90,116.38,0,492,40097.5,2009-10-11,25:00:00
"""
GPX = """<?xml version="1.0"?><gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>
<trkpt lat="52.6" lon="-8.6"><ele>3</ele><time>2019-02-18T07:45:00Z</time></trkpt>
<trkpt lat="52.61" lon="-8.6"><time>2019-02-18T07:46:00+00:00</time></trkpt>
<trkpt lat="52.62" lon="-8.6"></trkpt>
<trkpt lat="north" lon="-8.6"><time>2019-02-18T07:47:00Z</time></trkpt>
</trkseg></trk></gpx>"""
CSV = """user,time_utc,lat,lon,alt_ft
a,2009-02-17 00:00:10,40.0,116.0,1
b,2009-02-17T00:00:00,40.1,116.1,1
a,2009-02-17 00:00:00,39.9,116.0,1
a,2009-02-17 00:00:10,40.2,116.0,1
,2009-02-17 00:00:10,40.0,116.0,1
b,yesterday,40.0,116.0,1
b,2009-02-17 00:00:10,40.0
"""


def test_plt_reads_what_it_can_and_names_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "010" / "Trajectory" / "20091011.plt"
    path.parent.mkdir(parents=True)
    path.write_text(PLT)
    found = read_tracks(path)
    (track,) = found.tracks
    assert track.user == "010"
    assert track.at.tolist() == [unix_seconds("2009-10-11 14:04:30"), unix_seconds("2009-10-11 14:04:35")]
    assert track.lat.tolist() == [39.906631, 39.906554]
    assert [row.line for row in found.bad_rows] == [10, 11, 12, 13]
    lines = list(describe(found.bad_rows))
    assert lines[0].endswith("20091011.plt:10: out of range")
    assert lines[1].endswith("11: null island")


def test_gpx_agrees_with_an_independent_reader(tmp_path: Path) -> None:
    path = tmp_path / "bus.gpx"
    path.write_text(GPX)
    found = read_tracks(path)
    (track,) = found.tracks
    assert track.user == "bus"
    theirs = [point for point, *_ in gpxpy.parse(GPX.replace("north", "1")).walk() if point.time][:2]
    assert track.at.tolist() == [point.time.timestamp() for point in theirs if point.time]
    assert track.lat.tolist() == [point.latitude for point in theirs]
    assert [(row.line, row.reason.partition(":")[0]) for row in found.bad_rows] == [
        (3, "no time"),
        (4, "could not convert string to float"),
    ]


def test_csv_is_sorted_and_its_doubles_dropped(tmp_path: Path) -> None:
    for path in (tmp_path / "day.csv", tmp_path / "day.csv.gz"):
        path.write_bytes(gzip.compress(CSV.encode()) if path.suffix == ".gz" else CSV.encode("utf-8-sig"))
        found = read_tracks(path)
        a, b = found.tracks
        assert (a.user, b.user) == ("a", "b")
        assert a.lat.tolist() == [39.9, 40.2]
        assert len(b) == 1
        assert found.bad_count == 3
        assert [row.line for row in found.bad_rows] == [6, 7, 8]
        assert [track.user for track in read_tracks(path, users=1).tracks] == ["a"]


def test_a_tar_holds_many_people(tmp_path: Path) -> None:
    path = tmp_path / "people.tar.xz"
    with tarfile.open(path, "w:xz") as archive:
        for user in ("000", "001", "002"):
            entry = tarfile.TarInfo(f"data/{user}/Trajectory/1.plt")
            entry.size = len(PLT)
            archive.addfile(entry, io.BytesIO(PLT.encode()))
        archive.addfile(tarfile.TarInfo("data/readme.txt"))
    assert [track.user for track in read_tracks(path).tracks] == ["000", "001", "002"]
    assert [track.user for track in read_tracks(path, users=2).tracks] == ["000", "001"]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.txt", "x", r"not .plt, .gpx, .csv"),
        ("a.csv", "who,when\n", "the header has no lat, lon, time_utc, user"),
        ("a.plt", "", "no usable position"),
        ("a.gpx", "<gpx><trk>", "no usable position .1 bad rows."),
    ],
)
def test_what_is_no_track_is_told(tmp_path: Path, name: str, text: str, words: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(TracksError, match=words):
        read_tracks(tmp_path / name)


def test_bad_rows_without_end_are_counted_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "bad.plt"
    path.write_text(PLT + "nonsense\n" * (FAULTS_KEPT + 5))
    found = read_tracks(path)
    assert len(found.bad_rows) == FAULTS_KEPT
    assert found.bad_count == FAULTS_KEPT + 9


@settings(deadline=None)
@given(st.text(max_size=60))
def test_times_are_read_or_refused(text: str) -> None:
    try:
        assert isinstance(unix_seconds(text), float)
    except (ValueError, OverflowError):
        pass


def test_users_are_found_in_paths() -> None:
    assert user_of("C:\\Data\\010\\Trajectory\\1.plt") == "010"
    assert user_of("walk.gpx") == "walk"


def track(user: str, *rows: tuple[float, float, float]) -> Track:
    table = np.array(rows)
    return Track(user, table[:, 0], table[:, 1], table[:, 2])


def test_replay_keeps_people_on_one_clock_at_any_speed() -> None:
    first = track("a", (1000.0, 40.0, 116.0), (1010.0, 40.001, 116.0))
    second = track("b", (1005.0, 41.0, 116.0), (1015.0, 41.0, 116.001))
    replay = Replay([first, second], rows=3, speed=10.0, start_s=50.0)
    replay.advance(50.0)
    assert replay.fix(0, at=9.0) is not None
    assert replay.fix(1, at=9.0) is None, "has not begun"
    assert replay.at(1) == (41.0, 116.0)
    replay.advance(50.75)
    one, two, again = (replay.fix(row, at=9.0) for row in range(3))
    assert one is not None
    assert two is not None
    assert one == again, "a third unit repeats the first track"
    assert one.at == 9.0
    assert one.lat == pytest.approx(40.00075)
    assert one.heading_deg == 0.0
    assert one.speed_mps == pytest.approx(11.12, abs=0.01)
    assert two.lon == pytest.approx(116.00025)
    assert two.heading_deg == 90.0
    replay.advance(51.2)
    assert replay.fix(0, at=9.0) is None, "has ended"
    assert replay.at(0) == (40.001, 116.0)
    replay.advance(50.0 + replay.length_s / 10.0)
    assert replay.fix(0, at=9.0) is not None, "begins again"
    replay.send(0, lat=0.0, lon=0.0)
    replay.hold(0)
    replay.release(0)
    assert replay.has_arrived(0)


def test_long_silences_have_no_position_and_standing_no_heading() -> None:
    replay = Replay(
        [track("a", (0.0, 40.0, 116.0), (60.0, 40.0, 116.0), (5000.0, 41.0, 116.0))], rows=1, speed=1, start_s=0
    )
    replay.advance(30.0)
    standing = replay.fix(0, at=0.0)
    assert standing is not None
    assert (standing.speed_mps, standing.heading_deg) == (0.0, None)
    replay.advance(1000.0)
    assert replay.fix(0, at=0.0) is None


def test_people_of_different_years_walk_together() -> None:
    year = 31_536_000.0
    old = track("old", (0.0, 40.0, 116.0), (10.0, 40.0, 116.001), (year, 40.0, 116.0), (year + 10.0, 40.0, 116.001))
    new = track("new", (9 * year, 41.0, 116.0), (9 * year + 10.0, 41.0, 116.001))
    replay = Replay([old, new], rows=2, speed=1.0, start_s=0.0)
    assert replay.length_s == 20.0 + 2 * LONGEST_SILENCE_S
    replay.advance(5.0)
    assert replay.fix(0, at=0.0) is not None
    assert replay.fix(1, at=0.0) is not None
    with pytest.raises(ValueError, match="no track"):
        Replay([], rows=1, speed=1.0, start_s=0.0)


@pytest.mark.real_data
def test_a_real_day_of_28_people() -> None:
    path = DATA / "geolife_day_2009-02-17.csv.gz"
    if not path.exists():
        pytest.skip("the shared data is not here")
    found = read_tracks(path)
    assert len(found.tracks) == 28
    assert found.bad_count + sum(len(each) for each in found.tracks) <= 69_728
    assert sum(len(each) for each in found.tracks) > 69_000
    replay = Replay(found.tracks, rows=28, speed=60.0, start_s=0.0)
    moving = 0
    for now_s in range(0, 1440, 10):
        replay.advance(float(now_s))
        for row in range(28):
            fix = replay.fix(row, at=1.0)
            if fix is not None:
                moving += 1
                assert distance_m(lat_a=fix.lat, lon_a=fix.lon, lat_b=39.9, lon_b=116.4) < 2_500_000
    assert moving > 300


@pytest.mark.real_data
def test_a_real_bus_ride() -> None:
    path = DATA / "movingpandas_304_to_UL_2019-02-18.gpx"
    if not path.exists():
        pytest.skip("the shared data is not here")
    found = read_tracks(path)
    theirs = [point for point, *_ in gpxpy.parse(path.read_text()).walk()]
    assert len(theirs) == 2144
    assert sum(len(each) for each in found.tracks) + found.bad_count >= len({point.time for point in theirs})
    assert found.tracks[0].lat[0] == theirs[0].latitude


@pytest.mark.real_data
def test_real_people_from_their_archive() -> None:
    path = DATA / "geolife_people.tar.xz"
    if not path.exists():
        pytest.skip("the shared data is not here")
    found = read_tracks(path, users=5)
    assert len(found.tracks) == 5
    assert all(len(each) > 100 for each in found.tracks)
    assert all((np.diff(each.at) > 0).all() for each in found.tracks)


def test_a_town_about_the_people_has_a_unit_for_each_and_the_ways_they_went() -> None:
    walk = track(
        "a",
        (0.0, 40.0, 116.0),
        (10.0, 40.001, 116.0),
        (20.0, 40.002, 116.0),
        (500.0, 40.1, 116.0),
        (510.0, 40.1, 116.001),
    )
    flight = track("b", (0.0, 40.0, 116.1), (10.0, 50.0, 116.1))
    town = town_around([walk, flight])
    assert [unit.name for unit in town.units] == ["网格员 a", "网格员 b"]
    assert [street.line for street in town.area.streets] == [
        ((40.0, 116.0), (40.002, 116.0)),
        ((40.1, 116.0), (40.1, 116.001)),
    ], "a gap in time breaks a way, a leap is none, a straight line needs two points"
    south, west, north, east = town.area.bounds
    assert south < 40.0 < north
    assert west < 116.0 < 116.1 < east
    with pytest.raises(ValueError, match="no track"):
        town_around([])
