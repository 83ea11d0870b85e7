"""The layers of the desk: the catalogue follows the area and the officer, and the map shows what is on."""

from collections.abc import Callable, Iterable, Iterator

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from comms.domain.ids import OfficerId, party_officer
from console.layers.area import POINT_PARTS, AreaFeatures
from console.layers.book import LayerBook
from console.layers.built_in import GROUND_LAYERS, LIVE_LAYERS
from console.layers.features import Features
from console.layers.layer import AreaSource, FileSource, Layer, LayerId, Live
from console.layers.own import TOPIC
from console.layers.shelf import LayerShelf
from console.store.notices import Notice
from console.store.store import Store
from ui.background import Background
from ui.layer.area_topics import AreaTopics
from ui.layer.files import LayerFiles
from ui.map.drawing import MapLayers
from ui.map.feature_overlay import KIND, FeatureOverlay, PickedFeature
from ui.map.furniture import Card, Line
from ui.map.layer_data import Shown
from ui.map.map_widget import MapWidget
from ui.text import Texts
from ui.watch import follow

_NAMED_FIELDS = frozenset({"address", "category", "heading_deg", "keeper", "level"})
"""Attributes that have a word of their own; others are told by the name their source gave them."""
_PARTS = frozenset({*POINT_PARTS, "grids", "streets"})
"""Of an area, what has features."""
SOON_MS = 30
"""Many changes at once, a topic switched or a view opened, make one scene."""
NEAR_ENOUGH = 17.0
"""No closer for a layer of one point."""


class LayerDesk(QObject):
    """`changed` says that something of the catalogue did; `known` that there are other layers in it."""

    changed = Signal()
    known = Signal()
    notKept = Signal(str)
    """The disk did not take the officer's choice, and why."""

    def __init__(
        self, desk_map: MapWidget, background: Background, *, store: Store, text: Texts, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.map = desk_map
        self._store = store
        self._text = text
        self._shelf: LayerShelf | None = None
        self._officer_id: OfficerId | None = None
        self._own: dict[LayerId, Layer] = {}
        self._own_features: dict[LayerId, Features] = {}
        """Of those of `_own` that have any now."""
        self.book = LayerBook((*LIVE_LAYERS, *GROUND_LAYERS))
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON_MS)
        self._soon.timeout.connect(self._show)
        self._features = FeatureOverlay(desk_map.drawing)
        desk_map.drawing.overlays.add(self._features)
        desk_map.overlayPicked.connect(self._picked)
        self._lives: frozenset[Live] = frozenset()
        self._topics = AreaTopics(store, background, self)
        self._topics.changed.connect(self._read)
        follow(self, store, self._notice)
        self.files = LayerFiles(self, store.gate)
        self._read()

    def keep_on(self, shelf: LayerShelf) -> None:
        """From now on choices are kept there; before, nothing is."""
        self._shelf, self._officer_id = shelf, None
        self._follow_officer()

    def stop(self) -> None:
        """The window closes."""
        self.files.stop()

    # --- what the officer does ----------------------------------------------------------------------------

    def set_on(self, layer_ids: list[LayerId], is_on: bool) -> None:
        self.book.set_on(layer_ids, is_on)
        self.keep()

    def set_favourite(self, layer_id: LayerId, is_favourite: bool) -> None:
        self.book.set_favourite(layer_id, is_favourite)
        self.keep()

    def lift(self, layer_id: LayerId, steps: int) -> None:
        self.book.lift(layer_id, steps)
        self.keep()

    def save_view(self, name: str) -> None:
        """The map as it is now."""
        view = self.map.view
        lat, lon = view.place_at(view.width / 2, view.height / 2)
        self.book.save_view(name, lat=lat, lon=lon, zoom=view.zoom)
        self.keep()

    def open_view(self, name: str) -> None:
        view = self.book.open_view(name)
        if view is not None:
            self.map.centre_on(view.lat, view.lon, view.zoom)
            self.keep()

    def forget_view(self, name: str) -> None:
        self.book.forget_view(name)
        self.keep()

    def add(self, shown: Shown) -> None:
        """A layer with features of its own, such as one read from a file; one of the same id is replaced."""
        self._own[shown.layer.id] = shown.layer
        self._own_features[shown.layer.id] = shown.features
        self._read()

    def hold(self, layer: Layer) -> None:
        """A layer of that kind whose features are not to be had now: it is in the catalogue, not on the map."""
        self._own[layer.id] = layer
        self._own_features.pop(layer.id, None)
        self._read()

    def remove(self, layer_id: LayerId) -> None:
        self._own.pop(layer_id, None)
        self._own_features.pop(layer_id, None)
        self._read()

    def own_features(self, layer_id: LayerId) -> Features | None:
        return self._own_features.get(layer_id)

    def file_topics(self) -> list[tuple[str, str]]:
        """Groups of layers from files, first the usual one: as kept and in words."""
        known = (layer.topic for layer in self._own.values() if isinstance(layer.source, FileSource))
        return [(topic, topic_words(topic, self._text)) for topic in dict.fromkeys((TOPIC, *known))]

    def show_all_of(self, layer_ids: Iterable[LayerId]) -> None:
        """Move the map so that all of these layers is in the view."""
        boxes = [features.bounds for layer_id in layer_ids if (features := self._own_features.get(layer_id))]
        known = np.array([box for box in boxes if box is not None])
        if len(known):
            south, west = known[:, :2].min(axis=0).tolist()
            north, east = known[:, 2:].max(axis=0).tolist()
            view = self.map.view.fitted(south=south, west=west, north=north, east=east)
            self.map.show_view(view.zoomed(min(view.zoom, NEAR_ENOUGH), view.width / 2, view.height / 2))

    def exportable(self) -> tuple[Layer, ...]:
        """Layers of features that are here, in the order of the catalogue."""
        return tuple(
            layer
            for layer in self.book.layers
            if layer.id in self._own_features or (isinstance(layer.source, AreaSource) and layer.source.part in _PARTS)
        )

    def features_source(self, layer_id: LayerId, *, only_in_view: bool) -> Callable[[], Features]:
        """To be called on a worker: gives the features of a layer, all or those in the view as it is now."""
        layer, own, area = self.book.layer(layer_id), self._own_features.get(layer_id), self._store.area
        view = self.map.view
        north, west = view.place_at(0, 0)
        south, east = view.place_at(view.width, view.height)

        def features() -> Features:
            found = own
            if found is None and area is not None and layer is not None and isinstance(layer.source, AreaSource):
                found = AreaFeatures(area).of(layer.source)
            if found is None:
                raise LookupError(layer_id)
            return found.within((south, west, north, east)) if only_in_view else found

        return features

    def counts(self) -> dict[LayerId, int]:
        """Features in the view now, of every layer that the map has ready."""
        box = self.map.view.bounds()
        return {ready.layer.id: ready.count_within(box) for ready in self.map.drawing.ground.layers}

    # --- following ----------------------------------------------------------------------------------------

    def _notice(self, _notice: Notice) -> None:
        self._follow_officer()

    def _follow_officer(self) -> None:
        session = self._store.session
        officer_id = party_officer(session.party) if session is not None else None
        if officer_id is not None and officer_id != self._officer_id:
            self._officer_id = officer_id
            if self._shelf is not None:
                self.book.choice = self._shelf.choice(officer_id)
                self._tell()

    def _read(self) -> None:
        own = tuple(self._own.values())
        self._lives = self.map.drawing.overlays.lives | {Live.UNITS, Live.ORDERS}
        live = tuple(layer for layer in LIVE_LAYERS if Live(layer.id) in self._lives)
        self.book.set_known((*live, *self._topics.layers, *own, *GROUND_LAYERS))
        self.known.emit()
        self._tell()

    def keep(self) -> None:
        if self._shelf is not None and self._officer_id is not None:
            try:
                self._shelf.keep(self._officer_id, self.book.choice)
            except OSError as error:
                self.notKept.emit(str(error))
        self._tell()

    def _tell(self) -> None:
        self._soon.start()
        self.changed.emit()

    def _picked(self, kind: str, _id: str) -> None:
        """A click on a feature opens its card."""
        picked = self._features.marked = self._features.picked if kind == KIND else None
        if picked is not None:
            self.map.show_note(Card(picked.x, picked.y, tuple(_lines(picked, self._text))))

    def _show(self) -> None:
        if self._lives != self.map.drawing.overlays.lives | {Live.UNITS, Live.ORDERS}:
            self._read()  # a part of the desk that draws something of its own came after this one
        shown = self.book.shown()
        on = {layer.id for layer in shown}
        self.map.drawing.overlays.hide(frozenset(live for live in self._lives if live.value not in on))
        self.map.schedule()
        self.map.set_layers(
            MapLayers(
                area_layers=tuple(layer for layer in shown if _is_of_area(layer)),
                shown=tuple(
                    Shown(layer, self._own_features[layer.id]) for layer in shown if layer.id in self._own_features
                ),
                grids=LayerId("grids") in on,
                villages=LayerId("villages") in on,
                streets=LayerId("streets") in on,
                names=LayerId("names") in on,
                units=Live.UNITS.value in on,
                orders=Live.ORDERS.value in on,
            )
        )


def layer_words(layer: Layer, text: Texts) -> str:
    """Built-in layers hold a key, others the words of whoever made them."""
    key = f"layer.{layer.name.removeprefix('layer.')}"
    return text(key) if key == layer.name and text.has(key) else layer.name


def topic_words(topic: str, text: Texts) -> str:
    key = f"topic.{topic.removeprefix('topic.')}"
    return text(key) if key == topic and text.has(key) else topic


def _is_of_area(layer: Layer) -> bool:
    return isinstance(layer.source, AreaSource) and layer.source.part in POINT_PARTS


def _lines(picked: PickedFeature, text: Texts) -> Iterator[Line]:
    layer = picked.layer
    attributes = picked.features.attributes(picked.row)
    yield Line(picked.features.name(picked.row), is_strong=True)
    fields = layer.popup_fields or tuple(name for name in attributes if name != picked.features.name_column)
    for name in fields:
        value = attributes.get(name)
        if value is None or value == "" or value != value:  # NaN is not itself
            continue
        words = f"{value:g}" if isinstance(value, float) else str(value)
        key = f"field.{name}"
        yield Line(text("layers.field", name=text(key) if name in _NAMED_FIELDS else name, value=words))
