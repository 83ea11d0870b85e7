"""`--rehearse`: one duty minute, played without a display through the desk's own window, actions and voice."""

import argparse
import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from comms.domain.ids import TalkgroupId, UnitId
from comms.link.clock import WallClock
from comms.protocol.pushes import EnrolmentCode
from console.app import Desk, new_id
from console.embedded import EmbeddedTown, Town
from console.front import Front
from console.media.audio import PacedAudio
from console.rehearsal_ear import Ear, Mouth
from console.rehearsal_hands import Eyes, Hands
from console.rehearsal_report import Outcome, Report, StepResult, table, write_report
from console.rehearsal_steps import DUTY_MINUTE, SOON_S, Scene, Step, StepFailedError
from console.rehearsal_unit import FieldUnit
from console.settings import Loaded, Settings, SettingsFile

_log = logging.getLogger(__name__)
FIELD_UNITS = 3
"""Terminals of the town whose hands the rehearsal moves; the fleet plays all others."""
SIZE = (1920, 1080)
_BUILDS_ON = {"talk-back": "group-call", "order-done": "order", "order-verified": "order-done"}


async def rehearse(options: argparse.Namespace) -> int:
    """Exit status 0 when every step came out. Raises EmbeddedError when the town does not start."""
    clock = WallClock()
    started_at = clock.monotonic()
    ear = Ear(clock.monotonic)
    folder: Path = options.folder
    settings = Settings()
    desk = Desk(
        clock=clock,
        make_audio=lambda: PacedAudio(clock=clock.monotonic, produce=Mouth(), consume=ear),
        locale=settings.locale,
    )
    front = Front(desk, file=SettingsFile(folder / "rehearsal.settings.json"), loaded=Loaded(settings=settings))
    front.window.resize(*SIZE)
    front.window.show()
    town = EmbeddedTown(folder / "rehearsal", Town(units=options.units), held_back=FIELD_UNITS)
    stage = _Stage(desk, front, town, ear, pictures=options.pictures or folder)
    try:
        await stage.open()
        report = Report(ok=False, units=options.units, ready_s=round(clock.monotonic() - started_at, 2), steps=[])
        await stage.play(report)
    finally:
        await stage.close()
    write_report(report, folder / "report.json")
    sys.stdout.write(table(report) + "\n")
    return 0 if report.ok else 1


class _Stage:
    """The desk, its town, and the workers of the script."""

    def __init__(self, desk: Desk, front: Front, town: EmbeddedTown, ear: Ear, *, pictures: Path) -> None:
        self._desk = desk
        self._front = front
        self._town = town
        self._ear = ear
        self._hands = Hands(front.window, pictures)
        self._eyes = Eyes(desk.store)
        self._units: list[FieldUnit] = []

    async def open(self) -> None:
        """Until the desk shows the town."""
        store = self._desk.store
        await self._far(self._town.start)
        await self._desk.connect(self._town.url, sign_in=self._town.sign_in())
        await self._eyes.see(lambda: store.is_in_sync and store.area is not None, within_s=SOON_S)

    async def play(self, report: Report) -> None:
        """Every step in turn; those that build on one that failed are skipped."""
        await self._eyes.see(lambda: self._desk.store.media.is_up, within_s=SOON_S)
        await self._place_units()
        scene = self._scene()
        outcomes: dict[str, Outcome] = {}
        for name, step in DUTY_MINUTE:
            if outcomes.get(_BUILDS_ON.get(name, ""), Outcome.OK) is not Outcome.OK:
                result = StepResult(name=name, outcome=Outcome.SKIPPED, took_ms=0.0)
            else:
                result = await self._take(name, step, scene)
            outcomes[name] = result.outcome
            report.steps.append(result)
            _log.info("rehearsal: %s %s %s", name, result.outcome.value, result.detail)
        report.ok = all(result.outcome is Outcome.OK for result in report.steps)

    async def _take(self, name: str, step: Step, scene: Scene) -> StepResult:
        started_at = scene.monotonic()
        scene.detail = ""
        latency_ms: dict[str, float] = {}
        outcome = Outcome.OK
        try:
            latency_ms = await step(scene)
        except TimeoutError:
            outcome, scene.detail = Outcome.FAILED, f"not within its time. {scene.detail}"
        except (StepFailedError, ConnectionError) as error:
            outcome, scene.detail = Outcome.FAILED, str(error)
        self._hands.picture_now(name)
        return StepResult(
            name=name,
            outcome=outcome,
            took_ms=scene.ms_since(started_at),
            latency_ms=latency_ms,
            detail=scene.detail,
            picture=f"{name}.png",
        )

    async def _place_units(self) -> None:
        """Enrol the script's terminals as an administrator would, and sign them in with voice and camera."""
        for unit_id in self._town.held_back_units():
            code = await self._desk.actions.duty.enrolment_code(unit_id)
            if not isinstance(code, EnrolmentCode):
                raise StepFailedError(f"no enrolment code for {unit_id}: {code!r}")
            unit = await asyncio.wrap_future(self._desk.comms.submit(self._make_unit, unit_id, code.code))
            self._units.append(unit)
            await self._far(unit.start, timeout_s=SOON_S)
            await self._far(unit.stand_at, *self._middle())

    async def _make_unit(self, unit_id: UnitId, code: str) -> FieldUnit:
        """On the comms thread."""
        return FieldUnit(self._town.url, unit_id, code, clock=self._desk.clock, new_id=new_id)

    def _middle(self) -> tuple[float, float]:
        area = self._desk.store.area
        assert area is not None
        south, west, north, east = area.bounds
        return (south + north) / 2, (west + east) / 2

    def _scene(self) -> Scene:
        store = self._desk.store
        return Scene(
            store=store,
            window=self._front.window,
            hands=self._hands,
            eyes=self._eyes,
            ear=self._ear,
            units=self._units,
            talkgroup_id=self._talkgroup(),
            monotonic=self._desk.clock.monotonic,
            far=self._far,
        )

    def _talkgroup(self) -> TalkgroupId:
        """The own talkgroup of the first worker, to which many of the fleet listen too."""
        return self._desk.store.picture.units[self._units[0].unit_id].unit.talkgroup_ids[0]

    def _far(self, work: Callable[..., Any], *args: object, **kwargs: object) -> Awaitable[Any]:
        """Begin a coroutine on the comms thread now; await the result whenever."""
        future: Future[Any] = self._desk.comms.submit(work, *args, **kwargs)
        return asyncio.wrap_future(future)

    async def close(self) -> None:
        self._eyes.unsubscribe()
        for unit in self._units:
            await self._far(unit.stop)
        self._front.close()
        await self._far(self._town.stop)
        await self._desk.close()
