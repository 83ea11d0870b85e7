"""`search.find`: one keystroke of the search over a city's 350,000 names, from the field to the list of findings.

Words are typed letter by letter: names, initials, two words that never meet, words nobody has. Baseline: the old way,
one long string for a kind of names on the ground and a list of all units made at every keystroke.
"""

import time
from collections.abc import Callable

from PySide6.QtWidgets import QApplication

from console.store.store import Store
from tests.bench.city import CAMERAS, GRIDS, PLACES, UNITS, city_area, city_desk
from tests.bench.plain_names import PlainNames
from tests.bench.record import Record, record
from tests.support.scene import Scene
from ui.dialogs.palette import CommandPalette

TYPED = (
    "路口12999",
    "lk12999",
    "场所 样板路99",
    "网格员9999",
    "wgy777",
    "样板12路",
    "路口 场所",
    "xhl",
    "新华路",
    "1-1",
)
TARGET_MS, READY_S = 20.0, 120.0
_LOOKED_AT, _SHOWN = 200, 12
_OLD_EVERY = 4
"""The old way takes a third of a second a keystroke, whatever is typed: one in four is enough of it."""


class OldWay:
    """As names were looked through before units had an index and before initials."""

    def __init__(self, store: Store) -> None:
        area = store.area
        if area is None:
            raise RuntimeError("the city has no area")
        self._store = store
        self._kinds = (
            PlainNames((one.name, "") for one in area.grids),
            PlainNames((one.name, "") for one in area.streets),
            PlainNames((one.name, f"{one.category} {one.address}") for one in area.places),
            PlainNames((one.name, one.id) for one in area.cameras),
        )

    def find(self, typed: str) -> list[str]:
        wanted = tuple(typed.casefold().split())
        for names in self._kinds:
            names.find(wanted, limit=_LOOKED_AT)
        units = [one.unit for one in self._store.picture.units.values()]
        entries = [(one.name.casefold(), f"{one.name.casefold()} {one.id} {one.phone}") for one in units]
        return [title for title, more in entries if all(word in more for word in wanted)][:_SHOWN]


def _times_ms(find: Callable[[str], object], *, every: int = 1) -> list[float]:
    """Of each keystroke, or of one in so many."""
    keystrokes = [typed[:length] for typed in TYPED for length in range(1, len(typed) + 1)]
    took = []
    for typed in keystrokes[::every]:
        started = time.perf_counter()
        find(typed)
        took.append((time.perf_counter() - started) * 1e3)
    return took


def _make_ready(palette: CommandPalette) -> float:
    """Seconds until everything can be found, with nothing else to do."""
    started = time.perf_counter()
    while not palette.finder.is_ready:
        if time.perf_counter() - started > READY_S:
            raise RuntimeError("the names were not ready in time")
        QApplication.processEvents()
        time.sleep(0.01)
    return time.perf_counter() - started


def records() -> list[Record]:
    application = QApplication.instance() or QApplication([])
    desk = city_desk(city_area())
    window = Scene(desk.store).window()
    try:
        palette = window.parts.sheets.palette
        ready_s = _make_ready(palette)
        palette.open()
        took_ms = _times_ms(palette.field.setText)
    finally:
        window.close()
        application.processEvents()
    return [
        record(
            "search.find",
            took_ms,
            unit="ms",
            params={"names": UNITS + CAMERAS + PLACES, "grids": GRIDS, "ready_s": round(ready_s, 1)},
            baseline="list and string",
            baseline_values=_times_ms(OldWay(desk.store).find, every=_OLD_EVERY),
            target=TARGET_MS,
        )
    ]
