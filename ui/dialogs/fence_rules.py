"""What a geofence looks for, and when: the boxes of its sheet."""

import msgspec
from PySide6.QtCore import QTime
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QSpinBox, QTimeEdit, QWidget

from comms.domain.fence import DAY_MIN, LIMITED, FenceRule, FenceTrigger, Schedule
from ui.text import Texts
from ui.widgets.labels import label

_FIRST_LIMITS = {
    FenceTrigger.DWELL: 30,
    FenceTrigger.SPEED: 40,
    FenceTrigger.OUT_OF_GRID: 5,
    FenceTrigger.SILENT: 10,
}


class RulesForm(QWidget):
    """A box for each thing to look for, with its limit."""

    def __init__(self, text: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._text = text
        self._known: dict[FenceTrigger, FenceRule] = {}
        self.triggers = {trigger: QCheckBox(self) for trigger in FenceTrigger}
        self.limits = {trigger: QSpinBox(self) for trigger in FenceTrigger if trigger in LIMITED}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        for place, (trigger, box) in enumerate(self.triggers.items()):
            grid.addWidget(box, place, 0)
            if trigger in self.limits:
                self.limits[trigger].setRange(1, 1440)
                grid.addWidget(self.limits[trigger], place, 1)
                box.toggled.connect(self.limits[trigger].setEnabled)
        self.retranslate()

    def fill(self, rules: tuple[FenceRule, ...]) -> None:
        self._known = known = {rule.trigger: rule for rule in rules}
        for trigger, box in self.triggers.items():
            box.setChecked(trigger in known)
            if trigger in self.limits:
                limit = known[trigger].limit if trigger in known else None
                self.limits[trigger].setValue(round(limit or _FIRST_LIMITS[trigger]))
                self.limits[trigger].setEnabled(trigger in known)

    def written(self) -> tuple[FenceRule, ...]:
        rules = []
        for trigger, box in self.triggers.items():
            if box.isChecked():
                limit = float(self.limits[trigger].value()) if trigger in self.limits else None
                rule = self._known.get(trigger, FenceRule(trigger=trigger))
                rules.append(msgspec.structs.replace(rule, limit=limit))
        return tuple(rules)

    def retranslate(self) -> None:
        for trigger, box in self.triggers.items():
            box.setText(self._text(f"fence.trigger.{trigger.value}"))
        for trigger, field in self.limits.items():
            field.setSuffix(self._text("fence.km_h" if trigger is FenceTrigger.SPEED else "fence.minutes"))


class HoursForm(QWidget):
    """From when to when, on which days."""

    def __init__(self, text: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._text = text
        self._caption = label(tone="dim", parent=self)
        self.days = [QCheckBox(self) for _ in range(7)]
        self.begins, self._until, self.ends = QTimeEdit(self), label(tone="dim", parent=self), QTimeEdit(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for field in (self._caption, self.begins, self._until, self.ends, *self.days):
            row.addWidget(field, 0 if field is self._until else 1)
        for edit in (self.begins, self.ends):
            edit.setDisplayFormat("HH:mm")
        self.retranslate()

    def fill(self, schedule: Schedule) -> None:
        for day, box in enumerate(self.days):
            box.setChecked(day in schedule.weekdays)
        self.begins.setTime(_time(schedule.begins_min))
        self.ends.setTime(_time(schedule.ends_min))

    def written(self) -> Schedule:
        return Schedule(
            weekdays=tuple(day for day, box in enumerate(self.days) if box.isChecked()),
            begins_min=_minutes(self.begins),
            ends_min=_minutes(self.ends) or DAY_MIN,
        )

    def retranslate(self) -> None:
        self._caption.setText(self._text("fence.hours"))
        self._until.setText(self._text("fence.until"))
        for edit in (self.begins, self.ends):
            edit.setToolTip(self._text("fence.hours_tip"))
        for day, box in enumerate(self.days):
            box.setText(self._text(f"fence.day.{day}"))


def _time(minutes: int) -> QTime:
    """Midnight at the end of a day is shown as 00:00."""
    return QTime(minutes // 60 % 24, minutes % 60)


def _minutes(field: QTimeEdit) -> int:
    return field.time().hour() * 60 + field.time().minute()
