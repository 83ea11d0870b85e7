"""What the officer has picked: units, an order, a place, the talkgroup under the space key."""

from PySide6.QtCore import QObject, Signal

from comms.domain.ids import AlarmId, IncidentId, OrderId, TalkgroupId, UnitId
from comms.domain.order import Place


class Selection(QObject):
    """Shared by the map, the lists and the commands. Setting what is already set tells nobody."""

    unitsChanged = Signal()
    orderChanged = Signal()
    talkgroupChanged = Signal()
    placeChanged = Signal()
    alarmsChanged = Signal()
    incidentsChanged = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._unit_ids: tuple[UnitId, ...] = ()
        self._order_id: OrderId | None = None
        self._talkgroup_id: TalkgroupId | None = None
        self._place: Place | None = None
        self._alarm_ids: tuple[AlarmId, ...] = ()
        self._incident_ids: tuple[IncidentId, ...] = ()

    @property
    def unit_ids(self) -> tuple[UnitId, ...]:
        return self._unit_ids

    @property
    def unit_id(self) -> UnitId | None:
        """The one unit meant by commands about a unit: the first picked."""
        return self._unit_ids[0] if self._unit_ids else None

    @property
    def order_id(self) -> OrderId | None:
        return self._order_id

    @property
    def talkgroup_id(self) -> TalkgroupId | None:
        return self._talkgroup_id

    @property
    def place(self) -> Place | None:
        """The place last pointed at on the map or found by search."""
        return self._place

    @property
    def alarm_ids(self) -> tuple[AlarmId, ...]:
        return self._alarm_ids

    @property
    def incident_ids(self) -> tuple[IncidentId, ...]:
        return self._incident_ids

    def set_incidents(self, incident_ids: tuple[IncidentId, ...]) -> None:
        if incident_ids != self._incident_ids:
            self._incident_ids = incident_ids
            self.incidentsChanged.emit()

    def set_alarms(self, alarm_ids: tuple[AlarmId, ...]) -> None:
        if alarm_ids != self._alarm_ids:
            self._alarm_ids = alarm_ids
            self.alarmsChanged.emit()

    def set_units(self, unit_ids: tuple[UnitId, ...]) -> None:
        if unit_ids != self._unit_ids:
            self._unit_ids = unit_ids
            self.unitsChanged.emit()

    def set_order(self, order_id: OrderId | None) -> None:
        if order_id != self._order_id:
            self._order_id = order_id
            self.orderChanged.emit()

    def set_talkgroup(self, talkgroup_id: TalkgroupId | None) -> None:
        if talkgroup_id != self._talkgroup_id:
            self._talkgroup_id = talkgroup_id
            self.talkgroupChanged.emit()

    def set_place(self, place: Place | None) -> None:
        if place != self._place:
            self._place = place
            self.placeChanged.emit()
