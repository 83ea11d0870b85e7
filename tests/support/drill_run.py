"""Drills on a gateway: a short story that has something of everything, and a town to play it in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from websockets.asyncio.client import connect

from comms.domain.ids import OfficerId
from comms.domain.scenario import Scenario
from comms.drill.desk import DrillDesk
from comms.drill.director import Director
from comms.drill.headless import staged
from comms.drill.site import drill_site
from comms.fleet.town import sample_town
from comms.protocol.area import TownFile
from comms.protocol.pushes import Welcome
from tests.support.drill import RAW
from tests.support.gateway import PASSWORD, Site, cheap_hasher
from tests.support.terminal import Peer

UNITS = 24


@cache
def town(units: int = UNITS) -> TownFile:
    return sample_town(units=units)


def _words(text: str) -> dict[str, str]:
    return {"zh_CN": text, "en": text}


def _inject(name: str, when: dict[str, Any], what: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": name, "title": _words(name), "when": when, "what": what, **more}


def _at(second: float) -> dict[str, Any]:
    return {"by": "time", "s": second}


def short(*, length_min: float = 8.0) -> Scenario:
    """Everything an inject can do, in eight minutes; a contingency that comes, and one that is spared."""
    area = town().area
    place = {"named": area.places[0].name}
    lat, lon = area.places[0].lat, area.places[0].lon
    here = {"lat": lat, "lon": lon}
    group = town().talkgroups[0].name
    parsed = {
        **RAW,
        "id": "short",
        "length_min": length_min,
        "area": {"town": "sample", "units": UNITS},
        "cast": [
            {"id": "crew", "name": _words("crew"), "near": here, "count": 3, "behaviour": {"work_s": [20, 40]}},
            {"id": "sulky", "name": _words("sulky"), "near": here, "behaviour": "refusing"},
            {"id": "scout", "name": _words("scout"), "unit": 5},
            {"id": "citizen", "name": _words("citizen"), "is_citizen": True},
        ],
        "roles": [
            *RAW["roles"],
            {"id": "watcher", "kind": "observer", "name": _words("observer"), "officer": "observer"},
        ],
        "injects": [
            _inject(
                "fire",
                _at(10),
                {"do": "work_order", "source": "12345", "kind": "火情", "text": _words("冒烟"), "place": place},
            ),
            _inject(
                "call",
                _at(30),
                {"do": "caller", "actor": "citizen", "text": _words("快来"), "kind": "火情", "place": here},
            ),
            _inject("unit_call", _at(105), {"do": "caller", "actor": "scout", "text": _words("看到浓烟")}),
            _inject("alarm", _at(60), {"do": "alarm", "text": _words("水位上涨"), "place": here}),
            _inject("weather", _at(70), {"do": "weather", "kind": "rainstorm", "level": "red", "text": _words("暴雨")}),
            _inject("say", _at(80), {"do": "say", "actor": "scout", "text": _words("请求支援"), "talkgroup": group}),
            _inject("photo", _at(90), {"do": "picture", "actor": "scout", "scene": "fire", "text": _words("现场")}),
            _inject("video", _at(100), {"do": "picture", "actor": "scout", "scene": "fire", "for_s": 30}),
            _inject("crowd", _at(110), {"do": "crowd", "place": here, "people": 200, "actors": ["crew"]}),
            _inject("closed", _at(120), {"do": "road_closed", "place": here, "text": _words("封路"), "for_s": 60}),
            _inject("lost", _at(130), {"do": "unit_trouble", "actor": "sulky", "cause": "signal_lost", "for_s": 40}),
            _inject("low", _at(140), {"do": "unit_trouble", "actor": "scout", "cause": "battery_low"}),
            _inject("deaf", _at(150), {"do": "radio_failure", "talkgroup": group, "for_s": 60}),
            _inject("unheard", _at(160), {"do": "say", "actor": "scout", "text": _words("喂"), "talkgroup": group}),
            _inject("better", _at(170), {"do": "behave", "actor": "sulky", "behaviour": "quick"}),
            _inject("cue", {"by": "inject", "inject": "better", "s": 5}, {"do": "cue", "text": _words("演员上场")}),
            _inject("extra", _at(180), {"do": "cue", "text": _words("备用")}, is_optional=True),
            _inject("spared", {"by": "missed", "expectation": "ordered"}, {"do": "cue", "text": _words("催促")}),
            _inject(
                "pressed", {"by": "missed", "expectation": "cleared", "s": 1}, {"do": "cue", "text": _words("追问")}
            ),
        ],
        "expectations": [
            _expected("ordered", 60, {"see": "order", "units": 2}),
            _expected("answered", 60, {"see": "call_answered"}, since="call"),
            _expected("seen", 60, {"see": "alarm"}, since="alarm"),
            _expected("cleared", 30, {"see": "closed"}),
        ],
    }
    return msgspec.convert(parsed, Scenario)


def _expected(name: str, within_s: float, what: dict[str, Any], *, since: str = "fire") -> dict[str, Any]:
    return {
        "id": name,
        "objective": "send",
        "since": since,
        "within_s": within_s,
        "what": what,
        "words": _words(name),
    }


def scenario_files() -> list[Path]:
    """Those that come with the product."""
    return sorted((Path(__file__).parents[2] / "resources" / "scenarios").glob("*.yaml"))


@asynccontextmanager
async def directed(data: Path, scenario: Scenario | None = None) -> AsyncIterator[Director]:
    """A drill that is up, silent, and open to desks; on a headless loop. It has not begun."""
    wanted, foreseen = staged(scenario or short(), town(), data, seed=7, is_headless=True)
    async with drill_site(wanted) as site:
        director = Director(site, foreseen, drill_id="short-7")
        site.gateway.drill = DrillDesk(director)
        try:
            yield director
        finally:
            await director.close()


@asynccontextmanager
async def desk_at(director: Director, officer_id: OfficerId) -> AsyncIterator[Peer]:
    """A desk of the drill that has signed in and sees the picture."""
    site = director.site
    socket = await connect(
        site.url, unix=True, path=str(site.socket_path), max_size=None, ping_interval=None, compression=None, proxy=None
    )
    made = Peer(socket)
    try:
        welcome = await made.sign_in_desk(officer_id, site.wanted.password)
        assert isinstance(welcome, Welcome), welcome
        await made.subscribe()
        yield made
    finally:
        await made.close()


@asynccontextmanager
async def heard(data: Path, *, units: int = 8) -> AsyncIterator[Director]:
    """A drill with sound and pictures, on the loop of life, open to desks. It has not begun."""
    manner: dict[str, Any] = {"is_headless": False, "hasher": cheap_hasher(), "password": PASSWORD}
    wanted, foreseen = staged(short(), sample_town(units=units), data, seed=7, **manner)
    async with drill_site(wanted) as site:
        director = Director(site, foreseen, drill_id="short-7")
        site.gateway.drill = DrillDesk(director)
        try:
            yield director
        finally:
            await director.close()


def site_of(director: Director) -> Site:
    """A drill that is heard, as desks of tests go to it."""
    drill = director.site
    return Site(drill.wanted.data, drill.host, drill.port, 0, {}, gateway=drill.gateway)
