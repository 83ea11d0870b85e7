"""Another team's run beside the replayed one: who was elsewhere at the same second is drawn, and nobody else."""

from pathlib import Path

import numpy as np
from PySide6.QtWidgets import QApplication

from console.replay.ghost import NOWHERE, GhostPlaces
from tests.support.drivers import WindowDriver
from tests.support.qt_loop import run_on_qt
from tests.support.replay import UNITS, looking, write_day
from tests.support.scene import unit_id
from ui.replay.ghost_overlay import GhostOverlay, apart


def test_only_who_is_elsewhere_is_drawn(driver: WindowDriver) -> None:
    store = driver.scene.store
    one, two = unit_id(1), unit_id(2)
    row = store.positions.row_of(one)
    assert row is not None
    lat, lon = float(store.positions.lat[row]), float(store.positions.lon[row])
    places = GhostPlaces((one, two, "unheard"), np.array([lat, lat, lat]), np.array([lon, lon + 0.5, lon]))  # type: ignore[arg-type]  # ids are strings
    found = {each.unit_id: each.own for each in apart(store, places)}
    assert list(found) == [two, "unheard"]
    assert found["unheard"] is None  # type: ignore[index]  # ids are strings
    assert apart(store, NOWHERE) == ()
    overlay = GhostOverlay(store, driver.window.workplace.look, driver.scene.text)
    driver.window.parts.map.drawing.overlays.add(overlay)
    before = driver.window.parts.map.grab().toImage()
    overlay.show(GhostPlaces((one,), np.array([lat + 0.004]), np.array([lon])))
    assert driver.window.parts.map.grab().toImage() != before


def test_another_run_is_opened_beside_and_follows_the_moment(qapp: QApplication, tmp_path: Path) -> None:
    own, other = write_day(tmp_path / "own"), write_day(tmp_path / "other")

    async def work() -> None:
        async with looking(own, tmp_path, ghost=other) as desk:
            ghost_desk = desk.app.ghost_desk
            assert ghost_desk is not None
            await desk.until(lambda: ghost_desk.ghost is not None)
            at = desk.app.player.extent[0] + 600.0
            await desk.app.player.seek(at)
            await desk.until(lambda: ghost_desk.overlay.apart == ())
            assert ghost_desk.ghost is not None
            places = await ghost_desk.ghost.places(at)
            assert len(places.unit_ids) == UNITS
            assert apart(desk.app.store, places) == (), "the same run walks the same way"

    run_on_qt(qapp, work())


def test_what_is_no_record_is_said_and_the_replay_goes_on(qapp: QApplication, tmp_path: Path) -> None:
    own = write_day(tmp_path / "own")
    (tmp_path / "letter.wgreplay").write_bytes(b"dear all")

    async def work() -> None:
        async with looking(own, tmp_path, ghost=tmp_path / "letter.wgreplay") as desk:
            await desk.until(lambda: desk.app.player.store.picture.seq > 0)
            assert desk.app.ghost_desk is None

    run_on_qt(qapp, work())
