"""The editor as the desk opens it: one window, made when first asked for, with the desk's map to pick places on."""

from collections.abc import Callable
from importlib import resources
from pathlib import Path

import platformdirs
from PySide6.QtCore import QObject, Signal

from console.scenario.library import Library
from console.settings import APP_NAME
from ui.map.map_widget import MapWidget
from ui.place.pick import PlacePick
from ui.scenario.window import ScenarioWindow
from ui.workplace import Workplace


def own_folder() -> Path:
    return Path(platformdirs.user_data_dir(APP_NAME)) / "scenarios"


def shipped_folder() -> Path:
    return Path(str(resources.files("resources").joinpath("scenarios")))


class ScenarioDesk(QObject):
    """`startWanted` carries the path (str) of a scenario to be played; the button for it is there once somebody
    listens, to this or to `Controls.drilling`, which says the same. A sheet of the desk by its manners, though Esc on
    the desk leaves its window alone."""

    startWanted = Signal(str)

    def __init__(self, place: Workplace) -> None:
        super().__init__(place.host)
        self._place = place
        self._map = place.host.findChild(MapWidget)
        self._pick = PlacePick(self._map, self) if self._map is not None else None
        self._then: Callable[[float, float], None] | None = None
        self.window = ScenarioWindow(
            library=Library(shipped_folder(), own_folder()),
            store=place.store,
            background=place.background,
            look=place.look,
            text=place.text,
            pick=self._begin if self._pick is not None else None,
        )
        self.window.startWanted.connect(lambda path: self.startWanted.emit(str(path)))
        self.startWanted.connect(place.controls.drilling)
        if self._pick is not None:
            self._pick.picked.connect(self._picked)
        closed = getattr(place.host, "closed", None)
        if closed is not None:
            closed.connect(self._end)

    def open(self) -> None:
        controls = self._place.controls
        listeners = self.receivers("2startWanted(QString)") - 1 + controls.receivers("2drilling(QString)")
        self.window.can_start = listeners > 0
        self.window.open_list()

    def isVisible(self) -> bool:
        """Esc on the desk closes what lies over it; this does not."""
        return False

    def dismiss(self) -> None:
        """Nothing to take away."""

    def _begin(self, then: Callable[[float, float], None]) -> None:
        """The next click on the desk's map is the place."""
        assert self._pick is not None
        text = self._place.text
        self._then = then
        self._pick.begin()
        self.window.question.ask(text("scenario.picking"), ((text("scenario.pick_no"), self._give_up),))
        self._place.acting.tell("info", text("scenario.picking"))
        host = self._place.host.window()
        host.raise_()
        host.activateWindow()

    def _give_up(self) -> None:
        self._then = None
        if self._pick is not None:
            self._pick.cancel()

    def _picked(self, lat: float, lon: float) -> None:
        then, self._then = self._then, None
        self.window.question.clear()
        self.window.raise_()
        self.window.activateWindow()
        if then is not None:
            then(lat, lon)

    def _end(self) -> None:
        self.window.keep_now()
        self.window.hide()
        self.window.deleteLater()
