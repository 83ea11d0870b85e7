"""Marks within the desk's map: which is chosen, its menu, and what becomes of a changed shape."""

from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QCursor

from comms.domain.ids import MarkId
from comms.domain.mark import Mark, MarkColour
from comms.domain.order import Place
from comms.protocol.pushes import Done
from console.actions.requester import Outcome
from console.around.subject import place_of_mark
from console.store.notices import Changed, Notice, Reset
from ui.controls import Controls
from ui.map.grips import Grips
from ui.map.map_widget import MapWidget
from ui.map.mark_overlay import KIND, MarkOverlay
from ui.map.navigation import UNIT_ZOOM
from ui.map.tools import MARK_TOOLS, MARKING, MapTool
from ui.map_menu import MapMenu
from ui.mark.hands import MarkHands
from ui.text import Texts
from ui.watch import follow

MARGIN_PX = 80.0


class MarkDesk(QObject):
    """A changed shape shows as it is to be until the gateway has said yes or no."""

    def __init__(self, desk_map: MapWidget, controls: Controls, text: Texts, parent: QObject) -> None:
        super().__init__(parent)
        self._map = desk_map
        self._controls = controls
        self._marks = controls.marks
        self._text = text
        self._overlay = MarkOverlay(controls.store)
        self._grips = Grips()
        for overlay in (self._overlay, self._grips):
            desk_map.drawing.overlays.add(overlay)
        self.hands = MarkHands(desk_map, self._overlay, self._grips, text, self)
        self.hands.shaped.connect(self._keep)
        self.hands.left.connect(self._choose_none)
        self.hands.menuWanted.connect(self.open_menu)
        self.hands.eraseWanted.connect(self._marks.erase)
        desk_map.shapeDrawn.connect(self._marks.drawn)
        desk_map.toolChanged.connect(self._tool_changed)
        desk_map.overlayPicked.connect(self._picked)
        self._marks.chosenChanged.connect(self._show_chosen)
        self._marks.going.connect(self.go)
        self._marks.adjusting.connect(self.hands.begin_by_keys)
        follow(self, controls.store, self._notice)

    # --- choosing ---------------------------------------------------------------------------------------

    def _picked(self, kind: str, key: str) -> None:
        if kind == KIND:
            self._marks.choose(MarkId(key))

    def _choose_none(self) -> None:
        self._marks.choose(None)

    def _show_chosen(self) -> None:
        """Its grips; from now on mouse and keys are looked at before the map has them."""
        self.hands.give_up()
        self._map.removeEventFilter(self.hands)
        self._map.setCursor(Qt.CursorShape.ArrowCursor)
        if self._marks.chosen is not None:
            self._map.installEventFilter(self.hands)
        self._show_grips()

    def _show_grips(self) -> None:
        mark = self._marks.chosen if self._marks.can_change else None
        draft = self._overlay.draft
        self._grips.mark = draft if draft is not None and mark is not None and draft.id == mark.id else mark
        self._map.schedule()

    def _notice(self, notice: Notice) -> None:
        match notice:
            case Changed(noun="mark", id=mark_id):
                draft = self._overlay.draft
                if draft is not None and draft.id == mark_id and not self.hands.shaping.is_on:
                    self._overlay.draft = None  # the gateway has it
            case Reset():
                self._overlay.draft = None
            case _:
                return
        if self._marks.chosen is None:
            self._marks.choose(None)  # erased by somebody else
        if not self.hands.shaping.is_on:
            self._show_grips()

    def go(self) -> None:
        """The map goes to the chosen mark; a line or area is seen as a whole."""
        mark = self._marks.chosen
        if mark is not None:
            lats, lons = [lat for lat, _ in mark.points], [lon for _, lon in mark.points]
            bounds = {"south": min(lats), "west": min(lons), "north": max(lats), "east": max(lons)}
            view = self._map.view.fitted(**bounds, margin_px=MARGIN_PX)
            self._map.show_view(view.zoomed(min(view.zoom, UNIT_ZOOM), view.width / 2, view.height / 2))

    def give_up_shaping(self) -> bool:
        """False when nothing was in hand."""
        was_on = self.hands.give_up()
        self._show_grips()
        return was_on

    # --- changing ---------------------------------------------------------------------------------------

    def _keep(self, mark: Mark) -> None:
        self._marks.reshape(mark, self._answered, self._answered)

    def _answered(self, answer: Outcome | None = None) -> None:
        """A yes comes with the change itself."""
        if not isinstance(answer, Done) and not self.hands.shaping.is_on:
            self._overlay.draft = None
            self._show_grips()

    def _redraw(self) -> None:
        """Drawn anew, where it is to be."""
        kind = self._marks.move()
        if kind is not None:
            self._map.begin_by_keys(MARK_TOOLS[kind])

    def _tool_changed(self, tool: MapTool) -> None:
        if tool is not MapTool.PAN:
            self.hands.give_up()
            self._show_grips()
            if tool not in MARKING:
                self._marks.give_up_moving()

    # --- the menu ---------------------------------------------------------------------------------------

    def offer(self, lat: float, lon: float) -> bool:
        """The menu of the mark there; False without one."""
        x, y = self._map.view.screen_at(lat=lat, lon=lon)
        drawing = self._map.drawing
        hit = drawing.overlays.at(self._map.view, x, y, drawing.scale)
        if hit is None or hit.kind != KIND:
            return False
        self._marks.choose(MarkId(hit.id))
        self.open_menu(QCursor.pos())
        return True

    def open_menu(self, where: QPoint | None = None) -> None:
        """What can be done with the chosen mark; over the map's middle when it was asked for by a key."""
        menu, marks = MapMenu(self._map, self._text), self._marks
        can = marks.can_change
        menu.offer("mark.adjust", self.hands.begin_by_keys, is_enabled=can)
        menu.offer("mark.rename", marks.rename, is_enabled=can)
        menu.offer("mark.move", self._redraw, is_enabled=can)
        menu.offer("mark.erase", marks.erase, is_enabled=can)
        menu.offer("map_menu.around", self._around)
        menu.addSeparator()
        for colour in MarkColour:
            menu.offer(f"mark.colour.{colour.value}", partial(marks.paint_chosen, colour), is_enabled=can)
        menu.popup(where or self._map.mapToGlobal(self._map.rect().center()))

    def _around(self) -> None:
        mark = self._marks.chosen
        if mark is not None:
            lat, lon = place_of_mark(mark)
            self._controls.selection.set_place(Place(lat=lat, lon=lon, text=mark.label))
            self._controls.showing.emit("around")
