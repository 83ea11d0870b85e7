"""The demonstration's processes: made once, kept running, gone with the desk."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from console.embedded import Child, EmbeddedError, EmbeddedTown, Town

TIMEOUT_S = 60.0


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[EmbeddedTown]:
    town = EmbeddedTown(tmp_path / "town", Town(units=3), held_back=1, is_lively=True)
    try:
        await town.start()
        yield town
    finally:
        await town.stop()


async def port_answers(port: int) -> None:
    async with asyncio.timeout(TIMEOUT_S):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            await writer.wait_closed()
            return


@pytest.mark.allow_warnings
async def test_a_killed_gateway_comes_back_on_its_port_and_the_town_is_made_once(town: EmbeddedTown) -> None:
    assert town.url == f"ws://127.0.0.1:{town.port}/v1"
    assert len(town.held_back_units()) == 1
    name, password = town.sign_in()
    assert name
    assert password
    await port_answers(town.port)
    before = town.gateway_pid
    assert before is not None
    os.kill(before, signal.SIGKILL)
    async with asyncio.timeout(TIMEOUT_S):
        while town.gateway_pid in (before, None):
            await asyncio.sleep(0.05)
    await port_answers(town.port)
    # And the same town serves the next time.
    made_at = town.files.town.stat().st_mtime_ns
    await town.stop()
    again = EmbeddedTown(town.files.folder, Town(units=3), held_back=1)
    await again.start()
    await again.stop()
    assert town.files.town.stat().st_mtime_ns == made_at


async def test_what_does_not_start_says_where_to_look(tmp_path: Path) -> None:
    child = Child("gateway", ("no.such.module",), tmp_path / "gateway.log")
    await child.start()
    with pytest.raises(EmbeddedError, match=r"gateway\.log"):
        await child.ready_line(TIMEOUT_S)
    failing = Child("town", ("no.such.module",), tmp_path / "town.log")
    await failing.start()
    with pytest.raises(EmbeddedError, match="town failed"):
        await failing.finish(TIMEOUT_S)
    await Child("never", (), tmp_path / "never.log").stop()


PARENT = """
import asyncio, sys
from pathlib import Path
from console.embedded import Child
async def main():
    child = Child("sleeper", ("http.server", "0", "--bind", "127.0.0.1"), Path(sys.argv[1]))
    await child.start()
    print(child.process.pid, flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is Linux's")
async def test_a_child_does_not_outlive_a_killed_desk(tmp_path: Path) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, str(tmp_path / "child.log"), stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    child_id = int(await parent.stdout.readline())
    parent.kill()
    await parent.wait()
    async with asyncio.timeout(TIMEOUT_S):
        while _is_alive(child_id):
            await asyncio.sleep(0.02)


def _is_alive(process_id: int) -> bool:
    try:
        state = Path(f"/proc/{process_id}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
