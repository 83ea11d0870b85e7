"""What is said on a print of the map: where, when, whose, by which datum, and what its symbols mean."""

from collections.abc import Iterable

from comms.domain.datum import Datum
from comms.domain.unit import UnitStatus
from console.layers.layer import Layer, LayerId, Live
from console.store.store import Store
from ui.layer.desk import layer_words
from ui.map.clusters import stage_of
from ui.map.drawing import Drawing
from ui.map.order_layer import OrderStage
from ui.map.print_page import LegendItem, PageWords
from ui.map.status_line import BAR_MOST_PX, round_length
from ui.map.view import View
from ui.text import Texts
from ui.words import clock_time, day, distance, jurisdiction_path


def bar_of(view: View, text: Texts) -> tuple[float, str]:
    """Length of the scale bar in logical pixels, and its words."""
    length_m, length_px = round_length(view.metres_per_px, BAR_MOST_PX)
    return length_px, distance(length_m, text)


def page_words(store: Store, view: View, *, title: str, scale: str, credit: str, text: Texts) -> PageWords:
    session, now = store.session, store.server_now()
    place = text("seat.nobody")
    if session is not None:
        path = jurisdiction_path(store.picture, session.jurisdiction_id)
        place = text("print.place", place=path or session.jurisdiction_id, name=session.name)
    corners = [view.place_at(x, y) for y in (0, view.height) for x in (0, view.width)]
    north_west, north_east, south_west, south_east = (text("print.corner", lat=lat, lon=lon) for lat, lon in corners)
    return PageWords(
        title=title,
        place=place,
        moment=text("print.moment", day=day(now), time=clock_time(now)),
        datum=text("print.datum", datum=Datum.WGS84.label),
        credit=credit,
        scale=scale,
        north=text("map.north"),
        legend=text("print.legend"),
        more=text("print.more"),
        corners=(north_west, north_east, south_west, south_east),
    )


def legend_items(layers: Iterable[Layer], drawing: Drawing, view: View, text: Texts) -> tuple[LegendItem, ...]:
    """Units and orders while they are shown, then the layers that have something in the view, most first."""
    on = {layer.id: layer for layer in layers}
    items: list[LegendItem] = []
    if LayerId(Live.UNITS.value) in on:
        items += [LegendItem(text(f"status.{status.value}"), status=status) for status in UnitStatus]
    if LayerId(Live.ORDERS.value) in on:
        items += [LegendItem(text(f"map.order.{stage.value}"), stage=stage) for stage in OrderStage]
    counted = [(ready.count_within(view.bounds()), ready.layer) for ready in drawing.ground.layers]
    for count, layer in sorted(counted, key=lambda one: -one[0]):
        if count and stage_of(layer, view.zoom) != "none":
            paint = layer.style.base
            items.append(LegendItem(layer_words(layer, text), colour=paint.colour, symbol=paint.symbol))
    return tuple(items)
