"""`python -m comms.fleet` as a person runs it: ready lines, kept tokens, one sentence for every slip."""

import asyncio
import json
import signal
import sys
from pathlib import Path

import pytest

from comms.domain.ids import UnitId
from comms.fleet.__main__ import BAD_ROWS_TOLD, main, run
from comms.fleet.options import fleet_parser
from comms.protocol.area import decode_town, encode_town
from tests.support.gateway import Site, prepare_site, running_gateway, spawn_gateway, stop_gateway
from tests.support.nursery import Nursery
from tests.support.town import sample_town

TIMEOUT_S = 60.0


def test_town_is_the_same_file_for_the_same_seed(tmp_path: Path) -> None:
    first, second = tmp_path / "1.json", tmp_path / "2.json"
    for path in (first, second):
        assert main(["town", "--out", str(path), "--units", "20", "--seed", "5"]) == 0
    assert first.read_bytes() == second.read_bytes()
    assert len(decode_town(first.read_bytes()).units) == 20


CODES = '[{"unit_id":"u0001","code":"A"}]'


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--fault", "nonsense=1"], "not NAME=rate"),
        (["--talk", "town"], "not GROUP:EVERY_S:FOR_S"),
        (["--behaviour", "lazy"], "none of good"),
        (["--tracks", "no-such.gpx"], "no-such.gpx"),
        (["--tracks", "{codes}", "--speed", "100"], "1 to 60"),
        (["--tracks", "{codes}", "--skip", "-1"], "--skip is 0"),
        (["--town", "{codes}"], "Expected `object`"),
        (["--codes", "no-such.json"], "no-such.json"),
    ],
)
def test_slips_are_told_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], sentence: str
) -> None:
    codes = tmp_path / "codes.json"
    codes.write_text(CODES)
    given = [word.replace("{codes}", str(codes)) for word in words]
    assert main(["--url", "ws://127.0.0.1:9/v1", "--codes", str(codes), *given]) == 2
    told = capsys.readouterr().err
    assert sentence in told
    assert told.startswith("comms.fleet: ")


async def started(site: Site, tmp_path: Path, *words: str) -> asyncio.subprocess.Process:
    codes = tmp_path / "codes.json"
    codes.write_text(json.dumps([{"unit_id": unit, "code": code} for unit, code in site.codes.items()]))
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "comms.fleet", "--url", site.url, "--codes", str(codes)),
        *("--state", str(tmp_path / "state.json"), *words),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def ready(process: asyncio.subprocess.Process) -> dict[str, float]:
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), TIMEOUT_S)
    found: dict[str, float] = json.loads(line)["ready"]
    return found


async def ended(process: asyncio.subprocess.Process) -> str:
    """What it said on stderr; it must end well."""
    process.send_signal(signal.SIGTERM)
    _, told = await asyncio.wait_for(process.communicate(), TIMEOUT_S)
    assert process.returncode == 0
    return told.decode()


async def test_a_fleet_of_its_own_process_enrols_once_and_comes_back(tmp_path: Path, nursery: Nursery) -> None:
    codes = await prepare_site(tmp_path / "data", sample_town(units=5))
    town, tracks = tmp_path / "town.json", tmp_path / "day.csv"
    town.write_bytes(encode_town(sample_town(units=5)))
    tracks.write_text("user,time_utc,lat,lon\na,2020-01-01 00:00:00,23,113\na,2020-01-01 00:01:00,23.1,113\na,?,1,1\n")
    site = await spawn_gateway(tmp_path / "data", codes=codes, nursery=nursery)
    try:
        first = await started(
            site,
            tmp_path,
            "--town",
            str(town),
            "--talk",
            "town:0.1:0.1",
            "--return-video",
            "1",
            "--call-officer",
            "0.1",
        )
        assert (await ready(first))["terminals"] == 5
        assert await ended(first) == ""
        tokens = json.loads((tmp_path / "state.json").read_text())
        assert set(tokens) == {UnitId(f"u000{number}") for number in range(1, 6)}
        second = await started(site, tmp_path, "--units", "2", "--no-media", "--tracks", str(tracks), "--speed", "60")
        assert (await ready(second))["terminals"] == 2
        assert "day.csv:4: " in await ended(second)
        assert json.loads((tmp_path / "state.json").read_text()) == tokens
    finally:
        await stop_gateway(site)


async def test_a_fleet_in_this_process_says_when_it_is_ready_and_ends_on_a_signal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with running_gateway(tmp_path, town=sample_town(units=2)) as site:
        codes, tracks = tmp_path / "codes.json", tmp_path / "day.csv"
        codes.write_text(json.dumps([{"unit_id": unit, "code": code} for unit, code in site.codes.items()]))
        rows = ["a,?,1,1"] * (BAD_ROWS_TOLD + 1)
        tracks.write_text("\n".join(["user,time_utc,lat,lon", "a,2020-01-01 00:00:00,23,113", *rows]))
        words = ["--url", site.url, "--codes", str(codes), "--state", str(tmp_path / "s.json"), "--tracks", str(tracks)]
        duties = ["--talk", "town:9:1", "--call-officer", "9", "--return-video", "1"]
        running = asyncio.create_task(run(fleet_parser().parse_args([*words, *duties])))
        said = ""
        async with asyncio.timeout(TIMEOUT_S):
            while "ready" not in said:
                await asyncio.sleep(0.01)
                said += capsys.readouterr().out
        assert json.loads(said)["ready"]["terminals"] == 2
        signal.raise_signal(signal.SIGTERM)
        assert await running == 0
        assert len(json.loads((tmp_path / "s.json").read_text())) == 2
