"""Drills hosted from the desk: listed, started as a process of its own, stopped in order; trouble is a sentence."""

import asyncio
from datetime import datetime
from pathlib import Path

import msgspec
from websockets.asyncio.client import connect

from comms.domain.ids import OfficerId
from comms.protocol.pushes import Welcome
from console.drill.host import DrillHost, HostedDrill, HostFault, HostWish, Past, ScenarioLine, arguments_of, new_folder
from tests.support.drill_run import short
from tests.support.terminal import Peer

PASSWORD = "nobody-guesses-this"


def _write(folder: Path, name: str, content: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    return path


async def test_scenarios_are_listed_with_their_seats_and_their_faults(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    _write(folder, "good.yaml", msgspec.json.encode(short()))
    _write(folder, "torn.yaml", b"format: 1\nid: [")
    host = DrillHost(tmp_path / "settings.json")
    found = await host.scenarios((folder, tmp_path / "nothing here"), tmp_path / "list.log")
    assert isinstance(found, tuple)
    good, torn = found
    assert (good.id, good.length_min, good.fault) == ("short", 8.0, "")
    assert [(seat.kind, seat.officer) for seat in good.seats][1:] == [("trainer", "trainer"), ("observer", "observer")]
    assert torn.fault
    assert torn.title == ""
    assert await host.scenarios((tmp_path / "nothing here",), tmp_path / "list.log") == ()


async def test_a_drill_is_started_reached_with_its_own_password_and_stopped(tmp_path: Path) -> None:
    path = _write(tmp_path, "short.yaml", msgspec.json.encode(short()))
    line = ScenarioLine(path=str(path), id="short")  # without a seat that directs: no desk is opened for it
    wish = HostWish(scenario=line, seed=7, folder=tmp_path / "run", password=PASSWORD)
    assert PASSWORD not in repr(wish)
    host = DrillHost(tmp_path / "settings.json")
    try:
        drill = await host.start(wish)
        assert isinstance(drill, HostedDrill), drill
        assert host.running() == (drill,)
        process = host._children[drill.number][0].process
        assert process is not None
        assert PASSWORD not in (Path("/proc") / str(process.pid) / "cmdline").read_text()
        peer = Peer(await connect(drill.url, max_size=None, compression=None, proxy=None))
        try:
            welcome = await peer.sign_in_desk(OfficerId("trainer"), PASSWORD)
            assert isinstance(welcome, Welcome)
            assert welcome.is_drill
        finally:
            await peer.close()
    finally:
        await host.close()
    assert host.running() == ()


async def test_a_program_that_is_ready_becomes_the_drill(tmp_path: Path) -> None:
    path = _write(tmp_path, "short.yaml", msgspec.json.encode(short()))
    line = ScenarioLine(path=str(path), id="short")
    host = DrillHost(tmp_path / "settings.json")
    try:
        await host.stand_at(Past(record=tmp_path, at=1.0))  # nobody is there to be told
        await host.keep_ready(tmp_path / "ready.log")
        await host.stand_at(Past(record=tmp_path / "none", at=1.0))
        ready = host._ready
        assert ready is not None
        drill = await host.start(HostWish(scenario=line, seed=7, folder=tmp_path / "run", password=PASSWORD))
        assert isinstance(drill, HostedDrill), drill
        assert host._children[drill.number][0] is ready
        assert drill.trainer == "trainer"
        await host.keep_ready(tmp_path / "ready.log")
        bad = _write(tmp_path, "bad.yaml", b"format: 1\nid: [")
        wish = HostWish(scenario=ScenarioLine(path=str(bad)), seed=7, folder=tmp_path / "other", password=PASSWORD)
        fault = await asyncio.wait_for(host.start(wish), 60)
        assert isinstance(fault, HostFault)
        assert "bad.yaml" in fault.words
        await host.keep_ready(tmp_path / "ready.log")
    finally:
        await host.close()


async def test_what_keeps_a_drill_from_starting_is_said(tmp_path: Path) -> None:
    path = _write(tmp_path, "bad.yaml", b"format: 1\nid: [")
    host = DrillHost(tmp_path / "settings.json")
    wish = HostWish(scenario=ScenarioLine(path=str(path)), seed=7, folder=tmp_path / "run", password=PASSWORD)
    fault = await asyncio.wait_for(host.start(wish), 60)
    assert isinstance(fault, HostFault)
    assert "bad.yaml" in fault.words
    assert host.running() == ()


def test_a_past_is_taken_over_with_the_same_wish(tmp_path: Path) -> None:
    line = ScenarioLine(path="fire.yaml", id="fire")
    wish = HostWish(
        scenario=line, seed=3, folder=tmp_path, password=PASSWORD, past=Past(record=tmp_path / "a.wgreplay", at=12.5)
    )
    called = arguments_of(wish)
    assert called[:5] == ("comms.drill", "take-over", str(tmp_path / "a.wgreplay"), "--at", "12.5")
    assert called[-2:] == ("--scenario", "fire.yaml")
    assert PASSWORD not in called
    served = arguments_of(HostWish(scenario=line, seed=3, folder=tmp_path, password=PASSWORD, address="10.0.0.5"))
    assert served[:3] == ("comms.drill", "serve", "fire.yaml")
    assert served[served.index("--host") + 1] == "0.0.0.0"


def test_each_run_has_a_folder_of_its_own(tmp_path: Path) -> None:
    day = datetime(2026, 6, 18, 9, 0)
    first = new_folder(tmp_path, "fire", today=day)
    assert first.name == "2026-06-18_fire_1"
    first.mkdir(parents=True)
    assert new_folder(tmp_path, "fire", today=day).name == "2026-06-18_fire_2"
