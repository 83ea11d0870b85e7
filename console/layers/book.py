"""Which layers there are, which are shown and in what order, favourites, and the views an officer saved. No Qt."""

from collections.abc import Iterable, Sequence

import msgspec

from console.layers.layer import Layer, LayerId


class SavedView(msgspec.Struct, frozen=True, kw_only=True):
    """A place of the map with the layers that were on."""

    name: str
    lat: float
    lon: float
    zoom: float
    on: tuple[LayerId, ...] = ()


class LayerChoice(msgspec.Struct, frozen=True, kw_only=True):
    """What one officer chose; layers not mentioned are as they come. Layers that are not known now are remembered."""

    turned_on: tuple[LayerId, ...] = ()
    turned_off: tuple[LayerId, ...] = ()
    favourites: tuple[LayerId, ...] = ()
    lifted: dict[str, int] = {}
    """Steps by which a layer is drawn above (or below, negative) its own place."""
    views: tuple[SavedView, ...] = ()
    is_overview_folded: bool = False
    """The small picture of the whole area in the map's corner."""
    trail_minutes: int = 15
    """How far back trails go."""


class LayerBook:
    """Layers in the order of the catalogue. Every change is a new `choice`, for whoever keeps it."""

    def __init__(self, layers: Iterable[Layer] = (), choice: LayerChoice | None = None) -> None:
        self._layers: dict[LayerId, Layer] = {}
        self.choice = choice or LayerChoice()
        self.set_known(layers)

    # --- what there is ------------------------------------------------------------------------------------

    def set_known(self, layers: Iterable[Layer]) -> None:
        self._layers = {layer.id: layer for layer in layers}

    def layer(self, layer_id: LayerId) -> Layer | None:
        return self._layers.get(layer_id)

    @property
    def layers(self) -> tuple[Layer, ...]:
        return tuple(self._layers.values())

    def topics(self) -> dict[str, tuple[Layer, ...]]:
        """Layers by topic, both in the order in which they were made known."""
        found: dict[str, list[Layer]] = {}
        for layer in self._layers.values():
            found.setdefault(layer.topic, []).append(layer)
        return {topic: tuple(layers) for topic, layers in found.items()}

    # --- on and off ---------------------------------------------------------------------------------------

    def is_on(self, layer_id: LayerId) -> bool:
        layer = self._layers.get(layer_id)
        if layer_id in self.choice.turned_on:
            return True
        return layer is not None and layer.is_on and layer_id not in self.choice.turned_off

    def set_on(self, layer_ids: Iterable[LayerId], is_on: bool) -> None:
        wanted = tuple(layer_ids)
        turned_on = [held for held in self.choice.turned_on if held not in wanted]
        turned_off = [held for held in self.choice.turned_off if held not in wanted]
        for layer_id in wanted:
            layer = self._layers.get(layer_id)
            if layer is not None and layer.is_on != is_on:
                (turned_on if is_on else turned_off).append(layer_id)
        self._choose(turned_on=tuple(turned_on), turned_off=tuple(turned_off))

    def topic_state(self, topic: str) -> bool | None:
        """All of its layers on, none, or None for some."""
        states = {self.is_on(layer.id) for layer in self._layers.values() if layer.topic == topic}
        return states.pop() if len(states) == 1 else None

    def set_topic(self, topic: str, is_on: bool) -> None:
        self.set_on([layer.id for layer in self._layers.values() if layer.topic == topic], is_on)

    def shown(self) -> tuple[Layer, ...]:
        """Layers that are on, from the lowest to the highest."""
        on = [layer for layer in self._layers.values() if self.is_on(layer.id)]
        return tuple(sorted((self._placed(layer) for layer in on), key=lambda layer: layer.order))

    # --- order and favourites -----------------------------------------------------------------------------

    def lift(self, layer_id: LayerId, steps: int) -> None:
        """Above what lies over it by so many of the distinct places in the drawing order; negative: below."""
        layer = self._layers.get(layer_id)
        if layer is None:
            return
        mine = self._placed(layer).order
        places = sorted({self._placed(each).order for each in self._layers.values()})
        at = places.index(mine) + steps
        wanted = places[0] - 1 if at < 0 else places[-1] + 1 if at >= len(places) else places[at]
        # One beyond the neighbour's place, so that the layer does pass it.
        order = wanted + (1 if steps > 0 else -1) if 0 <= at < len(places) else wanted
        self._choose(lifted={**self.choice.lifted, layer_id: order - layer.order})

    def is_favourite(self, layer_id: LayerId) -> bool:
        return layer_id in self.choice.favourites

    def set_favourite(self, layer_id: LayerId, is_favourite: bool) -> None:
        rest = tuple(held for held in self.choice.favourites if held != layer_id)
        self._choose(favourites=(*rest, layer_id) if is_favourite else rest)

    # --- saved views --------------------------------------------------------------------------------------

    def save_view(self, name: str, *, lat: float, lon: float, zoom: float) -> SavedView:
        """With the layers that are on now; one of the same name is replaced in its place."""
        view = SavedView(name=name, lat=lat, lon=lon, zoom=zoom, on=tuple(layer.id for layer in self.shown()))
        names = [held.name for held in self.choice.views]
        views = list(self.choice.views)
        if name in names:
            views[names.index(name)] = view
        else:
            views.append(view)
        self._choose(views=tuple(views))
        return view

    def open_view(self, name: str) -> SavedView | None:
        """Turns on its layers and no others; the caller moves the map."""
        view = next((held for held in self.choice.views if held.name == name), None)
        if view is not None:
            on = set(view.on)
            self.set_on([layer_id for layer_id in self._layers if layer_id in on], True)
            self.set_on([layer_id for layer_id in self._layers if layer_id not in on], False)
        return view

    def forget_view(self, name: str) -> None:
        self._choose(views=tuple(held for held in self.choice.views if held.name != name))

    # --- the overview -------------------------------------------------------------------------------------

    def fold_overview(self, is_folded: bool) -> None:
        self._choose(is_overview_folded=is_folded)

    # --- trails -------------------------------------------------------------------------------------------

    def set_trail_minutes(self, minutes: int) -> None:
        self._choose(trail_minutes=minutes)

    def _placed(self, layer: Layer) -> Layer:
        lifted = self.choice.lifted.get(layer.id, 0)
        return msgspec.structs.replace(layer, order=layer.order + lifted) if lifted else layer

    def _choose(self, **changes: object) -> None:
        self.choice = msgspec.structs.replace(self.choice, **changes)


def found_by(words: str, names: Sequence[str]) -> bool:
    """Every word is part of one of the names, whatever its case."""
    folded = [name.casefold() for name in names]
    return all(any(word in name for name in folded) for word in words.casefold().split())
