"""What is photographed: a desk with some real data, and from where to look at it at city, town and street zoom."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from comms.domain.ids import UnitId
from comms.fleet.track_town import town_around
from comms.fleet.tracks import read_tracks
from comms.protocol import pushes
from comms.protocol.area import Area
from comms.protocol.track_commands import TrackDays, TrackRead
from tests.pictures.real_data import busiest_moment, cameras_as_csv, pages_of, places_of, towns_of
from tests.pictures.sitting import Sitting
from tests.pictures.street_file import streets_of
from tests.ui.map_town import desk_with_units, street_places, town_desk

DAY_S = 86_400.0
_SHANGHAI = {
    "公交站": "shanghai_bus", "地铁站": "shanghai_urban", "医院": "shanghai_hospital", "学校": "shanghai_school",
    "餐饮": "shanghai_food", "火锅店": "shanghai_hotpot", "影剧院": "shanghai_Theatr_Cinema", "幼儿园": "幼儿园",
    "小学": "小学", "中学": "中学", "大学": "大学",
}  # fmt: skip
Place = tuple[float, float, float]
"""Latitude, longitude, zoom."""


@dataclass(frozen=True, slots=True)
class Subject:
    """`sit` makes the desk, given the data and a folder for what must be turned into a table first."""

    sit: Callable[[Path, Path], Sitting]
    views: Mapping[str, Place]


def _dongguan(data: Path, _folder: Path) -> Sitting:
    """Three files of one city, each in its own datum, over one another; the towns are its grids."""
    boundaries = data / "boundaries"
    grids, nodes = towns_of(boundaries / "dongguan_441900_towns_poi86.geojson", "wgs84")
    desk = desk_with_units(0, area=Area(name="东莞市", bounds=(22.65, 113.5, 23.15, 114.26), grids=grids))
    sitting = Sitting(desk.store)
    sitting.know(nodes)
    sitting.bring_in(boundaries / "dongguan_441900_towns.geojson", "镇街（百度坐标）", datum="bd09")
    sitting.bring_in(boundaries / "guangdong_440000_datav.json", "广东各市（高德坐标）", datum="gcj02")
    return sitting


def _town(data: Path, _folder: Path) -> Sitting:
    """The sample town on duty, real boundaries beneath."""
    desk, _ = town_desk()
    sitting = Sitting(desk.store)
    sitting.bring_in(data / "boundaries/dongguan_441900_towns_poi86.geojson", "镇街界")
    return sitting


def _futian(data: Path, _folder: Path) -> Sitting:
    """Streets as they are, forty people on them, the boundaries of the province's cities beneath."""
    streets = streets_of(data / "boundaries/shenzhen_futian_osm_roads.graphml.gz")
    area = Area(name="福田区（局部）", bounds=(22.517, 113.997, 22.551, 114.04), streets=streets)
    desk = desk_with_units(40, area=area)
    lat, lon, heading = street_places(area, 40, seed=3)
    desk.move(list(range(1, 41)), lat, lon, heading_deg=heading)
    sitting = Sitting(desk.store)
    sitting.bring_in(data / "boundaries/guangdong_440000_datav.json", "各市界", datum="gcj02")
    return sitting


def _shanghai(data: Path, _folder: Path) -> Sitting:
    """Eleven files of places, each a layer of its own."""
    sitting = Sitting()
    for name, stem in _SHANGHAI.items():
        sitting.bring_in(data / f"points/shanghai_poi/{stem}.csv.gz", name)
    return sitting


def _places(data: Path, _folder: Path) -> Sitting:
    """The same as the key places of an area."""
    files = {name: data / f"points/shanghai_poi/{stem}.csv.gz" for name, stem in _SHANGHAI.items()}
    return Sitting(desk_with_units(0, area=places_of(files)).store)


def _cameras(data: Path, folder: Path) -> Sitting:
    sitting = Sitting()
    for name, stem in (("车牌识别摄像机", "deflock_osm_cameras_us"), ("交通摄像机", "opentrafficcammap_usa")):
        sitting.bring_in(cameras_as_csv(data / f"points/{stem}.json.gz", folder / f"{stem}.csv"), name)
    return sitting


def _people(path: Path) -> Sitting:
    """Everybody of a file replayed together, at the moment when most of them were on their way."""
    found = read_tracks(path).tracks
    town = town_around(found)
    desk = desk_with_units(len(found), area=town.area)
    sitting = Sitting(desk.store)
    tracks = {UnitId(f"u{number}"): track for number, track in enumerate(found, start=1)}
    at = busiest_moment(found)
    day = pushes.TrackDay(start_at=at - at % DAY_S, readings=1)
    sitting.scene.desk.answers |= {
        TrackDays: lambda command: pushes.TrackDayList(id=command.id, days=(day,)),
        TrackRead: pages_of(tracks),
    }
    replay = sitting.window.track_desk
    replay.do("all")
    if replay.playing is None:
        raise RuntimeError("the tracks were not read")
    replay.bar.sought.emit(at)
    return sitting


def _geolife(data: Path, _folder: Path) -> Sitting:
    return _people(data / "tracks/geolife_day_2009-02-17.csv.gz")


def _bus(data: Path, _folder: Path) -> Sitting:
    return _people(data / "tracks/movingpandas_304_to_UL_2019-02-18.gpx")


SUBJECTS: Mapping[str, Subject] = {
    "dongguan": Subject(
        _dongguan, {"city": (22.92, 113.88, 10.5), "town": (23.09, 113.96, 13.0), "street": (23.09, 113.96, 16.5)}
    ),
    "town": Subject(_town, {"city": (23.0, 113.7, 11.5), "town": (23.0, 113.7, 14.0), "street": (23.0, 113.7, 16.75)}),
    "futian": Subject(
        _futian, {"city": (22.534, 114.018, 12.0), "town": (22.534, 114.018, 14.5), "street": (22.536, 114.02, 16.5)}
    ),
    "shanghai": Subject(
        _shanghai, {"city": (31.22, 121.47, 11.0), "town": (31.22, 121.47, 14.0), "street": (31.226, 121.475, 17.0)}
    ),
    "places": Subject(
        _places, {"city": (31.22, 121.47, 11.0), "town": (31.22, 121.47, 14.0), "street": (31.226, 121.475, 17.0)}
    ),
    "cameras": Subject(
        _cameras, {"city": (33.75, -84.39, 10.5), "town": (33.75, -84.39, 13.0), "street": (33.755, -84.39, 16.0)}
    ),
    "geolife": Subject(
        _geolife, {"city": (39.93, 116.37, 11.0), "town": (39.972, 116.41, 14.0), "street": (39.9685, 116.42, 16.5)}
    ),
    "bus": Subject(
        _bus, {"city": (52.66, -8.6, 12.5), "town": (52.655, -8.62, 14.0), "street": (52.651, -8.636, 16.5)}
    ),
}
