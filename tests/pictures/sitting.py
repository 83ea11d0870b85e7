"""A whole desk offscreen whose map is photographed: the real window and store, files taken in by its own reader."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QApplication

from comms.domain import events as ev
from comms.domain.jurisdiction import Jurisdiction
from console.layers.files.reading import Request
from console.layers.files.report import Reading
from console.layers.own import Chosen, layers_of
from console.store.store import Store
from tests.support.scene import Scene
from ui.layer.file_words import geometry_endings
from ui.map.map_widget import MapWidget
from ui.theme import Theme

SIZE = (1920, 1080)
READY_S = 120.0


class Sitting:
    def __init__(self, store: Store | None = None) -> None:
        self.scene = Scene(store)
        self.window = self.scene.window()
        self.window.resize(*SIZE)
        self.window.show()
        self._looks = 0

    @property
    def map(self) -> MapWidget:
        return self.window.parts.map

    def know(self, nodes: Sequence[Jurisdiction]) -> None:
        self.scene.happen(*(ev.JurisdictionDefined(jurisdiction=node) for node in nodes))

    def bring_in(self, path: Path, name: str, *, datum: str = "wgs84") -> None:
        """As the import sheet does it: read by the desk's worker, then in the catalogue and on the map."""
        came: list[Reading] = []
        desk, look = self.window.layer_desk, self._looks
        self._looks += 1
        chosen = Chosen(request=Request(path=str(path), reference=datum), name=name, look=look)
        desk.files.read(chosen.request, came.append, lambda: None)
        self.wait(lambda: bool(came))
        made = layers_of(chosen, came[0], geometry_endings(self.scene.text))
        for layer, features in made:
            desk.files.add(layer, features, came[0].report)
        desk.set_on([layer.id for layer, _ in made], True)

    def wait(self, claim: Callable[[], bool]) -> None:
        """Until something is so. Raises TimeoutError."""
        until = time.monotonic() + READY_S
        while not claim():
            if time.monotonic() > until:
                raise TimeoutError("the desk was not ready in time")
            QApplication.processEvents()
            time.sleep(0.005)

    def dress(self, theme: Theme) -> None:
        self.scene.look.set_theme(theme)

    def photograph(self, path: Path, *, whole_window: bool = False) -> None:
        for _ in range(20):  # a layer just switched on is not asked for yet
            QApplication.processEvents()
            time.sleep(0.01)
        self.map.repaint()
        self.wait(lambda: self.map.is_settled)
        QApplication.processEvents()
        path.parent.mkdir(parents=True, exist_ok=True)
        (self.window if whole_window else self.map).grab().save(str(path))

    def leave(self) -> None:
        self.window.close()
        self.scene.desk.close()
        QApplication.processEvents()
