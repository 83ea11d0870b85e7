"""A geofence on a sheet: which one, its name and shape, whom it watches for what, when it counts, on or off."""

import msgspec
from PySide6.QtWidgets import QCheckBox, QLineEdit, QPushButton, QSpinBox, QWidget

from comms.domain.fence import Fence, FenceCircle, FencePolygon, fence_fault
from comms.domain.ids import FenceId
from console.store.store import Store
from ui.alarm.fence_controls import NEW, FenceControls
from ui.dialogs.fence_people import FencePeople
from ui.dialogs.fence_rules import HoursForm, RulesForm
from ui.dialogs.form_sheet import FormSheet, Rows
from ui.map.tools import MapTool
from ui.text import Texts
from ui.theme import Look
from ui.widgets.labels import label
from ui.widgets.row import row_of


class FenceSheet(FormSheet):
    def __init__(self, host: QWidget, *, store: Store, controls: FenceControls, look: Look, text: Texts) -> None:
        super().__init__(host, title="fence.title", look=look, text=text)
        self._store = store
        self._controls = controls
        self._fence: Fence | None = None
        self.name = QLineEdit(self)
        self.name.setMaxLength(60)
        self.radius = QSpinBox(self)
        self.radius.setRange(20, 20_000)
        self.radius.setSingleStep(50)
        self.people = FencePeople(store, text, self)
        self.rules, self.hours = RulesForm(text, self), HoursForm(text, self)
        self.is_on = QCheckBox(self)
        self._shape = label(parent=self)
        self.draw_circle, self.draw_polygon = QPushButton(self), QPushButton(self)
        self.keep, self.erase = QPushButton(self), QPushButton(self)
        for button in (self.draw_circle, self.draw_polygon):
            button.setProperty("tone", "flat")
        rows: Rows = {
            "fence.which": self.which,
            "fence.name": self.name,
            "fence.shape": row_of(self._shape, self.radius, None, self.draw_circle, self.draw_polygon),
            "fence.watched": self.people.watched,
            "fence.told": self.people.told,
        }
        self._lay_out(rows, (self.rules, self.hours, self.is_on), undo=self.erase, confirm=self.keep)
        self._connect()
        self._read()

    def _connect(self) -> None:
        self.which.activated.connect(self._choose)
        self.draw_circle.clicked.connect(self._draw_circle)
        self.draw_polygon.clicked.connect(self._draw_polygon)
        self.keep.clicked.connect(self.confirm)
        self.erase.clicked.connect(self._erase)
        self.name.returnPressed.connect(self.confirm)

    def edit(self, fence: Fence) -> None:
        self._fence = fence
        self.which.clear()
        self.which.addItem(self._text("fence.new"), NEW)
        for known in sorted(self._store.picture.fences.values(), key=lambda each: each.name):
            key = "fence.which_on" if known.is_on else "fence.which_off"
            self.which.addItem(self._text(key, name=known.name), known.id)
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
        if isinstance(fence.shape, FenceCircle):
            self.radius.setValue(round(fence.shape.radius_m))
        self.radius.setVisible(isinstance(fence.shape, FenceCircle))
        self._shape.setText(self._shape_words(fence))
        self.people.fill(fence, self._controls.picked)
        self.people.choose(fence.subject, fence.jurisdiction_id)
        self.rules.fill(fence.rules)
        self.hours.fill(fence.schedule)
        self.is_on.setChecked(fence.is_on)
        self.erase.setVisible(fence.id != NEW)

    def _shape_words(self, fence: Fence) -> str:
        match fence.shape:
            case FenceCircle():
                return self._text("fence.shape_circle")
            case FencePolygon(ring=ring):
                return self._text("fence.shape_polygon", count=len(ring))
            case None:
                return self._text("fence.shape_none")

    def written(self) -> Fence | None:
        """The fence as the fields say it."""
        fence = self._fence
        if fence is None:
            return None
        shape = fence.shape
        if isinstance(shape, FenceCircle) and round(shape.radius_m) != self.radius.value():
            shape = msgspec.structs.replace(shape, radius_m=float(self.radius.value()))
        return msgspec.structs.replace(
            fence,
            name=self.name.text().strip(),
            jurisdiction_id=self.people.jurisdiction_id,
            shape=shape,
            subject=self.people.subject,
            rules=self.rules.written(),
            schedule=self.hours.written(),
            is_on=self.is_on.isChecked(),
        )

    def _draw_circle(self) -> None:
        self._redraw(MapTool.FENCE_CIRCLE)

    def _draw_polygon(self) -> None:
        self._redraw(MapTool.FENCE_POLYGON)

    def _redraw(self, tool: MapTool) -> None:
        fence = self.written()
        if fence is not None:
            self.dismiss()
            self._controls.redraw(fence, tool)

    def confirm(self) -> None:
        fence = self.written()
        if fence is None:
            return
        fault = fence_fault(fence)
        if fault is not None:
            self._say_fault(self._text(f"fence.fault.{fault.value}"))
            return
        self.dismiss()
        self._controls.keep(fence)

    def _erase(self) -> None:
        if self._fence is not None:
            self.dismiss()
            self._controls.erase(self._fence.id)

    def _read(self) -> None:
        super()._read()
        text = self._text
        self.radius.setSuffix(text("fence.metres"))
        self.radius.setAccessibleName(text("fence.radius"))
        self.rules.retranslate()
        self.hours.retranslate()
        self.is_on.setText(text("fence.is_on"))
        self.draw_circle.setText(text("fence.draw_circle"))
        self.draw_polygon.setText(text("fence.draw_polygon"))
        self.keep.setText(text("fence.keep"))
        self.erase.setText(text("fence.erase"))
