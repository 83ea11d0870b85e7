"""To what was told: whoever calls for help, what an alarm is about, a scenario that is to be played."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from comms.domain.alarm import AlarmKind, AlarmState
from comms.domain.ids import IncidentId, party_unit
from ui.panels.alerts import Alert
from ui.shows import Shows
from ui.work_sheets import PicksScenario

if TYPE_CHECKING:
    from ui.main_window import MainWindow


class Going(QObject):
    """Hears by itself of what there is to go to."""

    def __init__(self, window: "MainWindow", shows: Shows) -> None:
        super().__init__(window)
        self._window = window
        self._shows = shows
        window.parts.situation.alertClicked.connect(self.go_to_alert)
        window.controls.alarms.going.connect(self.go_to_alarm)
        window.controls.drilling.connect(self.play_scenario)

    def go_to_alert(self, alert: Alert) -> None:
        """To who calls for help, and ready to talk to their talkgroup."""
        controls = self._window.controls
        if alert.shows:
            self._shows.show(alert.shows)
        unit_id = party_unit(alert.party) if alert.party is not None else None
        if unit_id is not None:
            self._window.selection.set_units((unit_id,))
            controls.centre_unit()
        if alert.talkgroup_id is not None:
            controls.select_talkgroup(alert.talkgroup_id)

    def go_to_alarm(self, state: AlarmState) -> None:
        """Its place, and its unit and order picked: the next key can call, order or remind."""
        alarm, window = state.alarm, self._window
        if alarm.incident_id is not None:
            window.controls.hub.pick(alarm.incident_id)
            self._shows.work_sheets.open("case")
        if alarm.order_id is not None:
            window.selection.set_order(alarm.order_id)
        if alarm.unit_id is not None:
            window.selection.set_units((alarm.unit_id,))
        if alarm.place is not None:
            window.controls.centring.emit(alarm.place.lat, alarm.place.lon)
        else:
            window.controls.centre_unit()
        if alarm.talkgroup_id is not None:
            window.controls.select_talkgroup(alarm.talkgroup_id)
        if alarm.kind is AlarmKind.PLAN_OVERDUE:
            window.selection.set_incidents(tuple(IncidentId(one.id) for one in alarm.evidence))
            self._shows.show("plan")

    def play_scenario(self, path: str) -> None:
        """In the sheet that starts drills, picked and not begun."""
        sheet = self._shows.work_sheets.sheet("drills")
        if isinstance(sheet, PicksScenario):
            sheet.pick_scenario(path)
        self._shows.work_sheets.open("drills")
