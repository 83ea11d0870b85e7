"""Drills that this desk hosts: chosen among scenario files, started beside it, stopped."""

import secrets
from collections.abc import Callable, Coroutine
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any, Protocol, TypeVar

import platformdirs

from console.drill.host import DrillHost, HostedDrill, HostFault, HostWish, Past, ScenarioLine, new_folder

T = TypeVar("T")
APP_NAME = "wangge-desk"
SCENARIOS, DRILLS = "scenarios", "drills"
TAKEN_OVER = "taken-over"
"""What the folder of a drill is called that goes on from a record."""


class Across(Protocol):
    """Runs a coroutine function on the comms thread, which child processes belong to."""

    async def __call__(self, work: Callable[..., Coroutine[Any, Any, T]], /, *arguments: Any) -> T: ...


class Hosting:
    def __init__(
        self, host: DrillHost | None, across: Across, *, now: Callable[[], float], base: Path | None = None
    ) -> None:
        """`host` None: drills are not hosted from here. `now` is Unix seconds; `base` is where this desk keeps its own
        things."""
        self._now = now
        self._host = host
        self._across = across
        self._base = base if base is not None else Path(platformdirs.user_data_dir(APP_NAME))

    @property
    def own_folder(self) -> Path:
        """Of the trainer's own scenarios."""
        return self._base / SCENARIOS

    def folder_for(self, scenario: ScenarioLine) -> Path:
        """A new one for each run, by date."""
        return new_folder(self._base / DRILLS, scenario.id or "drill", today=datetime.fromtimestamp(self._now()))

    def running(self) -> tuple[HostedDrill, ...]:
        return self._host.running() if self._host is not None else ()

    async def scenarios(self) -> tuple[ScenarioLine, ...] | HostFault:
        """Those that come along, then the trainer's own."""
        if self._host is None:
            return ()
        shipped = Path(str(resources.files("resources").joinpath(SCENARIOS)))
        log = self._base / DRILLS / "list.log"
        return await self._across(self._host.scenarios, (shipped, self.own_folder), log)

    async def start(self, wish: HostWish) -> HostedDrill | HostFault | None:
        return await self._across(self._host.start, wish) if self._host is not None else None

    async def take_over(self, record: Path, at: float, *, cache: Path, seed: int) -> HostedDrill | HostFault | None:
        """The drill that goes on from a Unix second of a record, for this machine only, with a password nobody knows
        but who reads it off the answer."""
        line = ScenarioLine(path="", id=TAKEN_OVER)
        wish = HostWish(
            scenario=line,
            seed=seed,
            folder=self.folder_for(line),
            password=secrets.token_hex(4),
            past=Past(record=record, at=at, cache=cache),
        )
        return await self.start(wish)

    async def keep_ready(self) -> None:
        """What is taken over next begins at once."""
        if self._host is not None:
            await self._across(self._host.keep_ready, self._base / DRILLS / "ready.log")

    async def stand_at(self, record: Path, at: float, *, cache: Path) -> None:
        """The replay is at this Unix second of a record, from where it may be taken over."""
        if self._host is not None:
            await self._across(self._host.stand_at, Past(record=record, at=at, cache=cache))

    async def until_desks_end(self) -> None:
        """As long as somebody directs a drill that was started here."""
        if self._host is not None:
            await self._across(self._host.until_desks_end)

    async def open_desk(self, number: int) -> HostFault | None:
        return await self._across(self._host.open_desk, number) if self._host is not None else None

    async def stop(self, number: int) -> None:
        if self._host is not None:
            await self._across(self._host.stop, number)
