"""What a plan asks of the desk itself: cameras shown where they stand, layers of the map switched on."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from comms.domain.order import Place
from comms.domain.plan import CamerasStep, LayersStep
from console.layers.layer import LayerId
from console.store.store import Store
from ui.layer.desk import LayerDesk
from ui.map.near_overlay import NearOverlay, NearWay
from ui.map.overlay import Hit
from ui.map.view import View
from ui.plan.preview import cameras_near
from ui.text import Texts
from ui.words import distance

CAMERA_LAYERS = "cameras"
NEAR_ZOOM = 16.5
"""Cameras are symbols from here on."""


class CameraWays(NearOverlay):
    """From each camera to the place, numbered; not to be clicked."""

    order = 61

    def at(self, view: View, px: float, py: float, scale: float) -> Hit | None:
        return None


class DeskSteps(QObject):
    """`covered_px`: how much of the map's right the sheet covers now."""

    def __init__(
        self,
        layers: LayerDesk,
        store: Store,
        text: Texts,
        covered_px: Callable[[], int],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.covered_px = covered_px
        self._layers = layers
        self._store = store
        self._text = text
        self.ways = CameraWays()
        layers.map.drawing.overlays.add(self.ways)

    def carry_out(self, step: CamerasStep | LayersStep, place: Place) -> str:
        """What came of it, in words."""
        if isinstance(step, LayersStep):
            return self._switch(step.layers)
        return self._show_cameras(step, place)

    def clear(self) -> None:
        self.ways.show(())
        self._layers.map.schedule()

    def _switch(self, wanted: tuple[str, ...]) -> str:
        ids = [layer.id for layer in self._layers.book.layers if is_meant(layer.id, wanted)]
        off = [layer_id for layer_id in ids if not self._layers.book.is_on(layer_id)]
        if off:
            self._layers.set_on(off, is_on=True)
        return self._text("plan.did.layers", count=len(ids)) if ids else self._text("plan.did.no_layers")

    def _go_to(self, place: Place) -> None:
        """To the middle of what the sheet at the right leaves free."""
        desk_map = self._layers.map
        desk_map.centre_on(place.lat, place.lon, max(desk_map.view.zoom, NEAR_ZOOM))
        view = desk_map.view
        lat, lon = view.place_at(view.width / 2 + self.covered_px() / 2, view.height / 2)
        desk_map.centre_on(lat, lon, view.zoom)

    def _show_cameras(self, step: CamerasStep, place: Place) -> str:
        self._switch((CAMERA_LAYERS,))
        found = cameras_near(self._store, place, step.within_m, step.most)
        self.ways.show(
            tuple(
                NearWay(
                    unit_id=camera.id,
                    number=number,
                    path=((camera.lat, camera.lon), (place.lat, place.lon)),
                    is_street=False,
                )
                for number, (camera, _) in enumerate(found, start=1)
            )
        )
        self._go_to(place)
        if not found:
            return self._text("plan.did.no_cameras")
        camera, metres = found[0]
        return self._text("plan.did.cameras", count=len(found), name=camera.name, away=distance(metres, self._text))


def is_meant(layer_id: LayerId, wanted: tuple[str, ...]) -> bool:
    """By its id, or by the part of an area before the stroke."""
    return any(layer_id == word or layer_id.startswith(f"{word}/") for word in wanted)
