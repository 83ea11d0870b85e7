"""A geofence on a sheet: which one, its name and size, what it looks for, when it counts, on or off."""

import msgspec
from PySide6.QtCore import Qt, QTime
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QTimeEdit,
    QVBoxLayout,
    QWidget,
)

from comms.domain.fence import (
    DAY_MIN,
    LIMITED,
    Fence,
    FenceCircle,
    FenceRule,
    FenceTrigger,
    Schedule,
    fence_fault,
)
from comms.domain.ids import FenceId
from console.store.store import Store
from ui.fence_controls import NEW, FenceControls
from ui.text import Texts
from ui.theme import Look
from ui.widgets.labels import label
from ui.widgets.overlay import Corner, Overlay

_FIRST_LIMITS = {
    FenceTrigger.DWELL: 30,
    FenceTrigger.SPEED: 40,
    FenceTrigger.OUT_OF_GRID: 5,
    FenceTrigger.SILENT: 10,
}


class FenceSheet(Overlay):
    """What cannot work is said beneath the fields, and is not sent. Esc leaves everything as it is."""

    def __init__(self, host: QWidget, *, store: Store, controls: FenceControls, look: Look, text: Texts) -> None:
        super().__init__(host, Corner.CENTRE, "sheet")
        self._store = store
        self._controls = controls
        self._look = look
        self._text = text
        self._fence: Fence | None = None
        self._title = label(tone="title", parent=self)
        self.which = QComboBox(self)
        self.name = QLineEdit(self)
        self.name.setMaxLength(60)
        self.radius = QSpinBox(self)
        self.radius.setRange(20, 20_000)
        self.radius.setSingleStep(50)
        self.is_on = QCheckBox(self)
        self.triggers = {trigger: QCheckBox(self) for trigger in FenceTrigger}
        self.limits = {trigger: QSpinBox(self) for trigger in FenceTrigger if trigger in LIMITED}
        self.days = [QCheckBox(self) for _ in range(7)]
        self.begins, self.ends = QTimeEdit(self), QTimeEdit(self)
        self._captions = {key: label(tone="dim", parent=self) for key in ("which", "name", "radius", "hours")}
        self._fault = label(tone="danger", wraps=True, parent=self)
        self.keep, self.erase, self._back = QPushButton(self), QPushButton(self), QPushButton(self)
        self._arrange()
        self._connect()
        self._read()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.addWidget(self._title)
        grid = QGridLayout()
        for row, (key, field) in enumerate((("which", self.which), ("name", self.name), ("radius", self.radius))):
            grid.addWidget(self._captions[key], row, 0)
            grid.addWidget(field, row, 1)
        column.addLayout(grid)
        rules = QGridLayout()
        for place, (trigger, box) in enumerate(self.triggers.items()):
            rules.addWidget(box, place, 0)
            if trigger in self.limits:
                self.limits[trigger].setRange(1, 1440)
                rules.addWidget(self.limits[trigger], place, 1)
        column.addLayout(rules)
        hours = QHBoxLayout()
        for field in (self._captions["hours"], self.begins, self.ends, *self.days):
            hours.addWidget(field)
        column.addLayout(hours)
        column.addWidget(self.is_on)
        column.addWidget(self._fault)
        foot = QHBoxLayout()
        foot.addWidget(self.erase)
        foot.addStretch(1)
        foot.addWidget(self._back)
        foot.addWidget(self.keep)
        column.addLayout(foot)
        self.keep.setProperty("tone", "primary")
        self._back.setProperty("tone", "flat")

    def _connect(self) -> None:
        self.which.activated.connect(self._choose)
        self.keep.clicked.connect(self._keep)
        self.erase.clicked.connect(self._erase)
        self._back.clicked.connect(self.dismiss)
        self.name.returnPressed.connect(self._keep)
        for trigger, box in self.triggers.items():
            if trigger in self.limits:
                box.toggled.connect(self.limits[trigger].setEnabled)
        self._text.changed.connect(self._read)

    def wanted_width(self) -> int:
        return self._look.px(520)

    def edit(self, fence: Fence) -> None:
        self._fence = fence
        self.which.clear()
        self.which.addItem(self._text("fence.new"), NEW)
        for known in self._store.picture.fences.values():
            self.which.addItem(known.name, known.id)
        self.which.setCurrentIndex(self.which.findData(fence.id))
        self._fill(fence)
        self._fault.clear()
        self.appear()
        self.name.setFocus()

    def _choose(self, _place: int) -> None:
        """Another fence, or a new one beside the one shown."""
        fence_id = FenceId(self.which.currentData())
        if fence_id == NEW:
            self._controls.begin()
        else:
            self._controls.edit(fence_id)

    def _fill(self, fence: Fence) -> None:
        self.name.setText(fence.name)
        is_circle = isinstance(fence.shape, FenceCircle)
        self.radius.setEnabled(is_circle)
        self.radius.setValue(round(fence.shape.radius_m) if isinstance(fence.shape, FenceCircle) else 300)
        rules = {rule.trigger: rule for rule in fence.rules}
        for trigger, box in self.triggers.items():
            box.setChecked(trigger in rules)
            if trigger in self.limits:
                known = rules[trigger].limit if trigger in rules else None
                self.limits[trigger].setValue(round(known or _FIRST_LIMITS[trigger]))
                self.limits[trigger].setEnabled(trigger in rules)
        for day, box in enumerate(self.days):
            box.setChecked(day in fence.schedule.weekdays)
        self.begins.setTime(_time(fence.schedule.begins_min))
        self.ends.setTime(_time(fence.schedule.ends_min))
        self.is_on.setChecked(fence.is_on)
        self.erase.setVisible(fence.id != NEW)

    def written(self) -> Fence | None:
        """The fence as the fields say it."""
        fence = self._fence
        if fence is None:
            return None
        shape = fence.shape
        if isinstance(shape, FenceCircle):
            shape = msgspec.structs.replace(shape, radius_m=float(self.radius.value()))
        known = {rule.trigger: rule for rule in fence.rules}
        rules = []
        for trigger, box in self.triggers.items():
            if box.isChecked():
                limit = float(self.limits[trigger].value()) if trigger in self.limits else None
                rule = known.get(trigger, FenceRule(trigger=trigger))
                rules.append(msgspec.structs.replace(rule, limit=limit))
        schedule = Schedule(
            weekdays=tuple(day for day, box in enumerate(self.days) if box.isChecked()),
            begins_min=_minutes(self.begins),
            ends_min=_minutes(self.ends) or DAY_MIN,
        )
        return msgspec.structs.replace(
            fence,
            name=self.name.text().strip(),
            shape=shape,
            rules=tuple(rules),
            schedule=schedule,
            is_on=self.is_on.isChecked(),
        )

    def _keep(self) -> None:
        fence = self.written()
        if fence is None:
            return
        fault = fence_fault(fence)
        if fault is not None:
            self._fault.setText(self._text(f"fence.fault.{fault.value}"))
            self.place()
            return
        self.dismiss()
        self._controls.keep(fence)

    def _erase(self) -> None:
        if self._fence is not None:
            self.dismiss()
            self._controls.erase(self._fence.id)

    def _read(self) -> None:
        text = self._text
        self._title.setText(text("fence.title"))
        for key, caption in self._captions.items():
            caption.setText(text(f"fence.{key}"))
        self.radius.setSuffix(text("fence.metres"))
        for trigger, box in self.triggers.items():
            box.setText(text(f"fence.trigger.{trigger.value}"))
        for trigger, field in self.limits.items():
            field.setSuffix(text("fence.km_h" if trigger is FenceTrigger.SPEED else "fence.minutes"))
        for day, box in enumerate(self.days):
            box.setText(text(f"fence.day.{day}"))
        self.begins.setDisplayFormat("HH:mm")
        self.ends.setDisplayFormat("HH:mm")
        self.is_on.setText(text("fence.is_on"))
        self.keep.setText(text("fence.keep"))
        self.erase.setText(text("fence.erase"))
        self._back.setText(text("reason.back"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)


def _time(minutes: int) -> QTime:
    """Midnight at the end of a day is shown as 00:00."""
    return QTime(minutes // 60 % 24, minutes % 60)


def _minutes(field: QTimeEdit) -> int:
    return field.time().hour() * 60 + field.time().minute()
