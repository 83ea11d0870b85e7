"""The sheet of patrols put into the window: its places are an overlay of the map."""

from ui.map.map_canvas import MapCanvas
from ui.patrol.sheet import PatrolSheet
from ui.workplace import Workplace


def make_patrol(place: Workplace) -> PatrolSheet:
    sheet = PatrolSheet(place)
    canvas = place.host.findChild(MapCanvas)
    if canvas is not None:
        canvas.drawing.overlays.add(sheet.overlay)
        sheet.spotsChanged.connect(canvas.schedule)
    return sheet
