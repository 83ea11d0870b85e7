"""Incidents on the desk: drawn as they come and go, and what can be done about one, in a menu."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QCursor
from PySide6.QtWidgets import QMenu

from comms.domain.ids import IncidentId
from comms.domain.incident import IncidentOutcome
from console.store.notices import Changed, Notice, Reset
from console.store.store import Store
from ui.controls import Controls
from ui.map.incident_overlay import IncidentOverlay
from ui.map.map_widget import MapWidget
from ui.text import Texts
from ui.watch import follow
from ui.widgets.triggered import Triggered

if TYPE_CHECKING:
    from ui.place.places import Places


class IncidentDesk(QObject):
    photosWanted = Signal(object)
    """Ids of an incident's photos."""

    def __init__(
        self,
        desk_map: MapWidget,
        places: "Places",
        *,
        store: Store,
        controls: Controls,
        text: Texts,
    ) -> None:
        super().__init__(places)
        self._map = desk_map
        self._places = places
        self._store = store
        self._controls = controls
        self._text = text
        self.overlay = IncidentOverlay()
        desk_map.drawing.overlays.add(self.overlay)
        controls.hub.going.connect(self.go_to)
        follow(self, store, self._notice)
        self._show()

    def _notice(self, notice: Notice) -> None:
        match notice:
            case Reset():
                self._show()
            case Changed(noun="incident", id=key):
                state = self._store.picture.incidents.states.get(IncidentId(key))
                if state is not None:
                    self.overlay.put(state)
                    self._map.schedule()
            case _:
                pass

    def _show(self) -> None:
        self.overlay.show(self._store.picture.incidents.open())
        self._map.schedule()

    def go_to(self, incident_id: IncidentId) -> None:
        """Show it on the map, with what can be done."""
        state = self._store.picture.incidents.states.get(incident_id)
        if state is not None:
            self._controls.selection.set_place(state.incident.place)
            self._controls.centring.emit(state.incident.place.lat, state.incident.place.lon)

    def offer(self, incident_id: IncidentId) -> None:
        """The menu of one incident."""
        state = self._store.picture.incidents.states.get(incident_id)
        if state is None:
            return
        incident = state.incident
        self._controls.selection.set_place(incident.place)
        menu = QMenu(self._map)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addSection(incident.kind)
        self._add(menu, self._text("incident.order"), partial(self._controls.hub.dispatch_for, state))
        self._add(menu, self._text("incident.in_hub"), partial(self._controls.hub.picking.emit, incident.id))
        if incident.photos:
            words = self._text("incident.photos", count=len(incident.photos))
            self._add(menu, words, partial(self.photosWanted.emit, incident.photos))
        self._add(menu, self._text("incident.near"), partial(self._places.ask_near, incident.place))
        self._add(menu, self._text("incident.around"), partial(self._places.ask_around, incident.place))
        if state.stands:
            menu.addSeparator()
            for outcome in IncidentOutcome:
                words = self._text("incident.close", outcome=self._text(f"outcome.{outcome.value}"))
                self._add(menu, words, partial(self._controls.hub.close, (incident.id,), outcome))
        menu.popup(QCursor.pos())

    def _add(self, menu: QMenu, words: str, run: partial[None]) -> None:
        action = QAction(words, menu)
        action.triggered.connect(Triggered(run))
        menu.addAction(action)
