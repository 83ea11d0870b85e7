"""The map of a city, offscreen: 1600 by 900, 100,000 moving units, 130,000 cameras, 120,000 key places, 10,000 grids.

A frame is all that the UI thread does for it: what arrived since the last one (tiles, positions), the change of view,
culling, projecting, decluttering, painting. Frames come at 60 a second, so the worker draws tiles meanwhile; during
pans and zooms 20,000 positions a second arrive. `ground=warm`: every tile is there; `ground=cold`: none but those of
the first view. The baseline is a QGraphicsView with an item for each of the same points.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from math import cos, pi, sin

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from comms.protocol.area import Area, decode_area, encode_area
from console.__main__ import SWITCH_S
from console.collecting import collecting_here
from tests.bench.city import CAMERAS, GRIDS, PLACES, UNITS, Walk, city_area, city_desk
from tests.bench.plain_view import PlainView
from tests.bench.record import Record, record
from tests.ui.map_town import Desk
from ui.map.map_widget import MapWidget
from ui.map.palette import DARK
from ui.map.view import View
from ui.text import Texts

SIZE = (1600, 900)
FRAMES, FRAME_S = 120, 1 / 60
BASELINE = "QGraphicsView"
BASELINE_FRAMES = 6
SETTLE_S, SETTLE_STEP_S = 30.0, 0.005
PARAMS = {"units": UNITS, "cameras": CAMERAS, "places": PLACES, "grids": GRIDS}
ZOOMS = {"city": None, "town": 13.5, "street": 16.5}
"""`None` is the whole city in the view."""
TARGETS_MS = {"map.pan": 8.0, "map.zoom": 12.0, "map.update": 12.0, "map.hit": 5.0, "map.select": 50.0}
TARGETS_S = {"map.first_frame": 2.0}
MEMORY_TARGET_MB = 500.0


class Bench:
    """One map, and the frames it was asked for."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.walk = Walk(desk)
        self.widget: MapWidget = MapWidget(desk.store, Texts(), DARK)
        self.widget.resize(*SIZE)
        self.widget.show()

    def settle(self) -> None:
        """Until every tile of the view, and around it, has come. The map paints itself when there is more to show."""
        until = time.perf_counter() + SETTLE_S
        self.widget.repaint()
        while time.perf_counter() < until:
            QApplication.processEvents()
            if self.widget.is_settled:
                return
            time.sleep(SETTLE_STEP_S)

    def fill(self) -> None:
        """Until the view is drawn whole."""
        drawing, area = self.widget.drawing, self.desk.store.area
        while not (
            drawing.is_ground_of(area)
            and drawing.naming.is_complete
            and drawing.units.backdrop.shows_all_of(self.widget.view)
        ):
            QApplication.processEvents()
            time.sleep(SETTLE_STEP_S)

    def frames(self, views: Iterator[View], *, every: int = 6) -> list[float]:
        """Milliseconds of each frame; positions come with every so many of them."""
        took = []
        listed = list(views)
        self.walk.prepare(1 + len(listed) // every)
        for number, view in enumerate(listed):
            started = time.perf_counter()
            QApplication.processEvents()
            if number % every == 0:
                self.walk.step()
            self.widget.show_view(view)
            self.widget.repaint(0, 0, view.width, view.height)
            took.append((time.perf_counter() - started) * 1e3)
            time.sleep(max(0.0, started + FRAME_S - time.perf_counter()))
        return took

    def forget_tiles(self) -> None:
        self.widget.drawing.set_area()
        self.settle()

    def close(self) -> None:
        self.widget.close()
        self.widget.deleteLater()
        QApplication.processEvents()


def pan(home: View) -> Iterator[View]:
    """Round in an ellipse of three screens by two, 25 pixels a frame or more."""
    for step in range(FRAMES):
        turn = 2 * pi * step / FRAMES
        yield home.panned(900 * sin(turn), 600 * (1 - cos(turn)))


def zoom(home: View) -> Iterator[View]:
    """The wheel, three notches out and in again, a notch of two quarter levels in every sixth frame."""
    for step in range(FRAMES):
        notch = step // 6 % 8
        yield home.zoomed(home.zoom - 0.5 * (notch if notch <= 4 else 8 - notch) + 1.0, SIZE[0] * 0.6, SIZE[1] * 0.4)


def _views_at(bench: Bench) -> dict[str, View]:
    bench.widget.fit_area()
    home = bench.widget.view
    busiest = home.centred(*(float(side[len(side) // 2]) for side in _crowd(bench)))
    return {name: home if level is None else busiest.zoomed(level, SIZE[0] / 2, SIZE[1] / 2)
            for name, level in ZOOMS.items()}  # fmt: skip


def _crowd(bench: Bench) -> tuple[list[float], list[float]]:
    columns = bench.widget.drawing.live.columns
    return sorted(columns.x.tolist()), sorted(columns.y.tolist())


def _measure(act: Callable[[], object], count: int = 60) -> list[float]:
    took = []
    for _ in range(count):
        started = time.perf_counter()
        act()
        took.append((time.perf_counter() - started) * 1e3)
    return took


class Figures:
    """Measured values; records once the baseline is known, whose third of a million items come last so that what they
    leave behind in the process is in nobody's way."""

    def __init__(self) -> None:
        self._measured: list[tuple[str, list[float], dict[str, object]]] = []

    def add(self, name: str, values: list[float], **params: object) -> None:
        self._measured.append((name, values, {**PARAMS, **params}))

    def records(self, baseline: dict[str, list[float]]) -> list[Record]:
        return [
            record(
                name,
                values,
                unit="s" if name in TARGETS_S else "ms",
                params=params,
                baseline=BASELINE,
                baseline_values=baseline[name],
                target=(TARGETS_MS | TARGETS_S)[name],
            )
            for name, values, params in self._measured
        ]


def _moving_frames(bench: Bench, figures: Figures) -> None:
    for place, home in _views_at(bench).items():
        for name, views in (("map.pan", pan), ("map.zoom", zoom)):
            bench.widget.show_view(home)
            bench.settle()
            bench.forget_tiles()
            figures.add(name, bench.frames(views(home)), at=place, ground="cold")
            for view in _some(views(home)):
                bench.widget.show_view(view)
                bench.settle()
            figures.add(name, bench.frames(views(home)), at=place, ground="warm")
        bench.widget.show_view(home)
        bench.settle()
        figures.add("map.update", bench.frames((home for _ in range(FRAMES)), every=1), at=place)


def _some(views: Iterator[View]) -> list[View]:
    """Views that between them cover the ground of all of them."""
    listed = list(views)
    kept = [listed[0]]
    for before, view in pairwise(listed):
        if view.zoom != before.zoom or abs(view.left - kept[-1].left) > 200 or abs(view.top - kept[-1].top) > 200:
            kept.append(view)
    return kept


def _queries(bench: Bench, figures: Figures) -> None:
    widget, home = bench.widget, _views_at(bench)["city"]
    for place, view in _views_at(bench).items():
        widget.show_view(view)
        bench.settle()
        pixels = ((100.0 + 23 * step, 60.0 + 13 * step) for step in range(60))
        figures.add("map.hit", _measure(lambda: widget.click(*next(pixels), is_adding=False)), at=place)  # noqa: B023
    widget.show_view(home)
    lat, lon = home.place_at(home.width / 2, home.height / 2)
    columns = widget.drawing.live.columns

    def select_all() -> None:
        widget.select(columns.unit_ids(columns.in_circle(lat=lat, lon=lon, radius_m=100_000.0)))

    figures.add("map.select", _measure(select_all, 20))
    figures.add("map.update", bench.frames((home for _ in range(FRAMES)), every=1), at="city", selected=UNITS)
    widget.select(())


def _baseline(desk: Desk, area: Area, home: View) -> dict[str, list[float]]:
    plain = PlainView(desk.store.positions, area, home)
    pans, walk = pan(home), Walk(desk)
    levels = zoom(home)
    took = {"map.pan": _measure(lambda: plain.show_view(next(pans)), BASELINE_FRAMES)}
    took["map.zoom"] = _measure(lambda: plain.show_view(next(levels)), BASELINE_FRAMES)

    walk.prepare(BASELINE_FRAMES)

    def update() -> None:
        walk.step()
        plain.read_positions()

    took["map.update"] = _measure(update, BASELINE_FRAMES)
    took["map.hit"] = _measure(lambda: plain.hit(800, 450), BASELINE_FRAMES)
    took["map.select"] = _measure(plain.select_all, 3)
    took["map.first_frame"] = [plain.first_frame_s]
    plain.close()
    return took


def _first_frames(area: Area, figures: Figures) -> None:
    """From a desk that knows everything and has no map, to a map whose view is drawn whole."""
    took = []
    for _ in range(3):
        desk = city_desk(area)
        started = time.perf_counter()
        bench = Bench(desk)
        bench.fill()
        took.append(time.perf_counter() - started)
        bench.close()
    figures.add("map.first_frame", took)


def _memory(program: str) -> list[float]:
    """Peak of the resident memory (MB) of a process of its own."""
    done = subprocess.run([sys.executable, "-m", program], capture_output=True, text=True, check=True)
    return [float(done.stdout.split()[-1])]


def _memory_record() -> Record:
    return record(
        "desk.memory",
        _memory("tests.bench.map_memory"),
        unit="MB",
        params=PARAMS,
        baseline=BASELINE,
        baseline_values=_memory("tests.bench.plain_view"),
        target=MEMORY_TARGET_MB,
    )


def records() -> list[Record]:
    """Threads take turns and garbage is collected as in the console."""
    sys.setswitchinterval(SWITCH_S)
    application = QApplication.instance() or QApplication([])
    with collecting_here():
        return _records(application)


def _records(application: QCoreApplication) -> list[Record]:
    area = decode_area(encode_area(city_area()))  # as a desk has it from its gateway
    desk = city_desk(area)
    bench, figures = Bench(desk), Figures()
    bench.settle()
    home = _views_at(bench)["city"]
    _moving_frames(bench, figures)
    _queries(bench, figures)
    bench.close()
    _first_frames(area, figures)
    application.processEvents()
    return [*figures.records(_baseline(city_desk(area), area, home)), _memory_record()]


if __name__ == "__main__":
    import os

    from tests.bench.record import table

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.stdout.write(table(records()) + "\n")
