"""`--rehearse`: one duty minute, played without a display through the desk's own window, actions and voice."""

import argparse
import asyncio
import json
import logging
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from comms.domain.ids import UnitId
from comms.link.clock import WallClock
from comms.protocol.pushes import EnrolmentCode
from console.app import Desk, new_id
from console.embedded import EmbeddedError, EmbeddedTown, Town
from console.front import Front
from console.media.audio import PacedAudio
from console.rehearsal_ear import Ear, Mouth
from console.rehearsal_hands import Eyes, Hands
from console.rehearsal_report import Outcome, Report, StepResult, table, write_report
from console.rehearsal_steps import DUTY_MINUTE, LATER_S, SOON_S, Latency, Scene, Step, StepFailedError
from console.rehearsal_unit import FieldUnit
from console.settings import Loaded, Settings, SettingsFile

_log = logging.getLogger(__name__)
FIELD_UNITS = 3
"""Terminals of the town whose hands the rehearsal moves; the fleet plays all others."""
SIZE = (1920, 1080)
_BUILDS_ON = {
    "field": ("open",),
    "talk-back": ("group-call",),
    "video-end": ("video-return", "video-point-call"),
    "order-done": ("order",),
    "order-verified": ("order-done",),
    "recording": ("talk-back",),
    "fleet-heard": ("group-call",),
}
"""Steps that are not worth trying after another failed; all build on `field`."""


async def rehearse(options: argparse.Namespace) -> int:
    """Exit status 0 when every step came out."""
    clock, folder, settings = WallClock(), Path(options.folder), Settings()
    ear = Ear(clock.monotonic)
    desk = Desk(
        clock=clock,
        make_audio=lambda: PacedAudio(clock=clock.monotonic, produce=Mouth(), consume=ear),
        locale=settings.locale,
    )
    front = Front(desk, file=SettingsFile(folder / "rehearsal.settings.json"), loaded=Loaded(settings=settings))
    front.window.resize(*SIZE)
    front.window.show()
    town = EmbeddedTown(folder / "rehearsal", Town(units=options.units), held_back=FIELD_UNITS)
    stage = Stage(desk, front, town, ear, pictures=Path(options.pictures or folder))
    report = Report(ok=False, units=options.units, ready_s=0.0, steps=[])
    try:
        await stage.play(report)
    finally:
        write_report(report, folder / "report.json")
        await stage.close()
    sys.stdout.write(table(report) + "\n")
    return 0 if report.ok else 1


class Stage:
    """The desk, its town, and the workers of the script."""

    def __init__(self, desk: Desk, front: Front, town: EmbeddedTown, ear: Ear, *, pictures: Path) -> None:
        self._desk = desk
        self._front = front
        self._town = town
        self._hands = Hands(front.window, pictures)
        self._eyes = Eyes(desk.store)
        self._scene = Scene(
            store=desk.store,
            window=front.window,
            hands=self._hands,
            eyes=self._eyes,
            ear=ear,
            monotonic=desk.clock.monotonic,
            voice_received=self._voice_received,
            far=self._far,
        )

    async def play(self, report: Report) -> None:
        """Every step in turn; those that build on one that failed are skipped."""
        started_at = self._desk.clock.monotonic()
        outcomes: dict[str, Outcome] = {}
        for name, step in (("open", self._open), ("field", self._place_units), *DUTY_MINUTE):
            needed = _BUILDS_ON.get(name, ()) if name in ("open", "field") else (*_BUILDS_ON.get(name, ()), "field")
            if all(outcomes[earlier] is Outcome.OK for earlier in needed):
                result = await self._take(name, step)
            else:
                result = StepResult(name=name, outcome=Outcome.SKIPPED, took_ms=0.0)
            outcomes[name] = result.outcome
            report.steps.append(result)
            if name == "open":
                report.ready_s = round(self._desk.clock.monotonic() - started_at, 2)
        report.ok = all(result.outcome is Outcome.OK for result in report.steps)

    async def _take(self, name: str, step: Step) -> StepResult:
        scene = self._scene
        started_at, scene.detail = scene.monotonic(), ""
        latency_ms: Latency = {}
        outcome = Outcome.FAILED
        try:
            latency_ms = await step(scene)
            outcome = Outcome.OK
        except TimeoutError:
            scene.detail = f"not within its time; {scene.detail}"
        except (StepFailedError, EmbeddedError, ConnectionError) as error:
            scene.detail = str(error)
        _log.info("rehearsal: %s %s %s", name, outcome.value, scene.detail)
        self._hands.picture_now(name)
        return StepResult(
            name=name,
            outcome=outcome,
            took_ms=scene.ms_since(started_at),
            latency_ms=latency_ms,
            detail=scene.detail,
            picture=f"{name}.png",
        )

    # --- before the duty minute ---------------------------------------------------------------------------

    async def _open(self, scene: Scene) -> Latency:
        """Until the desk shows the town."""
        store, started_at = scene.store, scene.monotonic()
        await self._far(self._town.start)
        listening_ms = scene.ms_since(started_at)
        await self._desk.connect(self._town.url, sign_in=self._town.sign_in())
        await self._eyes.see(lambda: store.is_in_sync and store.area is not None, within_s=LATER_S)
        scene.detail = f"{len(store.picture.units)} units known"
        return {"gateway listens": listening_ms, "desk ready": scene.ms_since(started_at)}

    async def _place_units(self, scene: Scene) -> Latency:
        """Enrol the script's terminals as an administrator would, and sign them in with voice and camera."""
        started_at = scene.monotonic()
        await self._eyes.see(lambda: scene.store.media.is_up, within_s=LATER_S)
        voice_ms = scene.ms_since(started_at)
        for unit_id in self._town.held_back_units():
            code = await self._desk.actions.duty.enrolment_code(unit_id)
            if not isinstance(code, EnrolmentCode):
                raise StepFailedError(f"no enrolment code for {unit_id}: {code!r}")
            unit = await asyncio.wrap_future(self._desk.comms.submit(self._make_unit, unit_id, code.code))
            scene.units.append(unit)
            await self._far(unit.start, timeout_s=SOON_S)
            await self._far(unit.stand_at, *scene.middle())
        return {"voice path up": voice_ms, "terminals up": scene.ms_since(started_at)}

    async def _make_unit(self, unit_id: UnitId, code: str) -> FieldUnit:
        """On the comms thread."""
        return FieldUnit(self._town.url, unit_id, code, clock=self._desk.clock, new_id=new_id)

    # --- what the scene is lent -----------------------------------------------------------------------------

    def _far(self, work: Callable[..., Any], *args: object, **kwargs: object) -> Awaitable[Any]:
        """Begin a coroutine on the comms thread now; await the result whenever."""
        future: Future[Any] = self._desk.comms.submit(work, *args, **kwargs)
        return asyncio.wrap_future(future)

    def _voice_received(self) -> int | None:
        """From the last line of statistics in the fleet's log."""
        try:
            lines = self._town.files.log("fleet").read_text(encoding="utf-8").splitlines()
        except OSError:
            return None
        for line in reversed(lines):
            if line.startswith("{"):
                return int(json.loads(line).get("voice_received", 0))
        return None

    async def close(self) -> None:
        self._eyes.unsubscribe()
        for unit in self._scene.units:
            await self._far(unit.stop)
        self._front.close()
        await self._far(self._town.stop)
        await self._desk.close()
