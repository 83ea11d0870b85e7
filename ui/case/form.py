"""What a step of a case is taken with: opinion, item, conditions, department, limit, deadline, photos. Every
field has its place whatever the step; those it does not need are greyed."""

from collections.abc import Iterable

from PySide6.QtCore import QDateTime, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDateTimeEdit,
    QGridLayout,
    QLayout,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from comms.domain.case import CaseStep
from comms.domain.ids import DepartmentId
from comms.domain.item import MOST_AMOUNT
from comms.domain.officer import Department
from comms.domain.time_limit import TimeLimit, TimeUnit
from ui.case.conditions import ConditionList
from ui.case.needs import fields_of, needs_reason
from ui.case.words import do_name
from ui.item.choice import ItemChoice
from ui.text import Texts
from ui.theme import Look
from ui.widgets.item_field import ItemField
from ui.widgets.labels import ElidedLabel, label
from ui.widgets.row import row_of

_CAPTIONS = ("item", "conditions", "department", "until", "opinion", "photos")
_CONDITIONS_PX, _OPINION_PX = 74, 54


class CaseForm(QWidget):
    conditionsWanted = Signal()
    """Another item is chosen: its conditions are to be shown."""

    def __init__(self, choice: ItemChoice, look: Look, text: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._text = text
        self._step: CaseStep | None = None
        self._captions = {name: label(tone="dim", parent=self) for name in _CAPTIONS}
        self.head = label(tone="head", parent=self)
        self.item = ItemField(choice, text, self)
        self.item.setObjectName("case_item")
        self.conditions = ConditionList(self)
        self.evidence = ElidedLabel(tone="dim", parent=self)
        self.department = QComboBox(self)
        self.department.setObjectName("case_department")
        self.amount = QSpinBox(self)
        self.amount.setRange(0, int(MOST_AMOUNT))
        self.unit = QComboBox(self)
        self.until = QDateTimeEdit(self)
        self.until.setDisplayFormat("yyyy-MM-dd HH:mm")
        self.until.setCalendarPopup(True)
        self.opinion = QPlainTextEdit(self)
        self.opinion.setObjectName("case_opinion")
        self.opinion.setTabChangesFocus(True)
        self.photos = ElidedLabel(tone="dim", parent=self)
        self.buttons = {name: QPushButton(self) for name in ("add_photo", "no_photos", "send")}
        for name, button in self.buttons.items():
            button.setObjectName(f"case_{name}")
        self.buttons["send"].setProperty("tone", "primary")
        self.buttons["no_photos"].setProperty("tone", "flat")
        self.fault = label(tone="danger", wraps=True, parent=self)
        self.fault.setObjectName("case_fault")
        self._arrange()
        self.item.changed.connect(self.conditionsWanted)
        look.changed.connect(self._size)
        self._size()
        self.retranslate()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.head)
        grid = QGridLayout()
        grid.setSpacing(4)
        grid.setColumnStretch(1, 1)
        sent_to = row_of(self.department, self.amount, self.unit)
        sent_to.setStretch(0, 1)
        fields: tuple[QWidget | QLayout, ...] = (
            self.item,
            self.conditions,
            sent_to,
            self.until,
            self.opinion,
            row_of(self.photos, self.buttons["no_photos"], self.buttons["add_photo"]),
        )
        for row, (name, field) in enumerate(zip(_CAPTIONS, fields, strict=True)):
            top = Qt.AlignmentFlag.AlignTop if name in ("conditions", "opinion") else Qt.AlignmentFlag.AlignVCenter
            grid.addWidget(self._captions[name], row, 0, top)
            if isinstance(field, QWidget):
                grid.addWidget(field, row, 1)
            else:
                grid.addLayout(field, row, 1)
        column.addLayout(grid)
        column.addWidget(self.evidence)
        column.addStretch(1)
        foot = row_of(self.fault, self.buttons["send"])
        foot.setStretch(0, 1)
        column.addLayout(foot)

    def _size(self) -> None:
        px = self._look.px
        self.conditions.setFixedHeight(px(_CONDITIONS_PX))
        self.opinion.setFixedHeight(px(_OPINION_PX))
        self.fault.setFixedHeight(px(2 * 18))

    # --- what the step needs ----------------------------------------------------------------------------

    def open_for(self, step: CaseStep | None) -> None:
        """Only the fields of this step can be filled in; what stands in the others stays."""
        self._step = step
        wanted = fields_of(step)
        self.item.setEnabled("item" in wanted)
        self.conditions.setEnabled("conditions" in wanted)
        for part in (self.department, self.amount, self.unit):
            part.setEnabled("department" in wanted)
        self.until.setEnabled("until" in wanted)
        self.opinion.setEnabled("opinion" in wanted)
        self.buttons["add_photo"].setEnabled("photos" in wanted)
        self._say_step()

    def first_field(self) -> QWidget:
        """Where writing begins."""
        order = (self.item, self.conditions, self.department, self.until, self.opinion)
        for field in order:
            is_empty_list = field is self.conditions and not self.conditions.count()
            if field.isEnabled() and not is_empty_list:
                return field
        return self.opinion

    def list_departments(self, departments: Iterable[Department], usual: DepartmentId | None) -> None:
        """Those that may be sent a case from here; what is chosen stays chosen."""
        known = [(one.name, one.id) for one in departments]
        if known != [(self.department.itemText(at), self.department.itemData(at)) for at in range(1, self._count())]:
            chosen = self.department.currentData()
            self.department.clear()
            self.department.addItem("", None)
            for name, department_id in known:
                self.department.addItem(name, department_id)
            self.department.setCurrentIndex(max(0, self.department.findData(chosen or usual)))
        elif self.department.currentIndex() == 0 and usual is not None:
            self.department.setCurrentIndex(max(0, self.department.findData(usual)))
        self._say_usual()

    def _count(self) -> int:
        return max(1, self.department.count())

    @property
    def department_id(self) -> DepartmentId | None:
        found = self.department.currentData()
        return DepartmentId(found) if found else None

    @property
    def limit(self) -> TimeLimit | None:
        amount = self.amount.value()
        return TimeLimit(amount=amount, unit=TimeUnit(self.unit.currentData())) if amount else None

    @property
    def until_at(self) -> float:
        return float(self.until.dateTime().toSecsSinceEpoch())

    def propose_until(self, at: float) -> None:
        self.until.setDateTime(QDateTime.fromSecsSinceEpoch(int(at)))

    def empty(self) -> None:
        """A step was taken, or another case is looked at: nothing of the last one may slip into the next."""
        self.opinion.clear()
        self.item.empty()
        self.conditions.clear()
        self.amount.setValue(0)
        self.department.setCurrentIndex(0)
        self.fault.clear()

    # --- words --------------------------------------------------------------------------------------------

    def _say_step(self) -> None:
        text, step = self._text, self._step
        self.head.setText(text("case.form.step", step=do_name(step, text)) if step else text("case.form.none"))
        key = "case.form.reason" if needs_reason(step) else "case.form.opinion"
        self._captions["opinion"].setText(text(key))
        self.opinion.setAccessibleName(text(key))
        self.opinion.setPlaceholderText(text("case.form.reason_hint") if needs_reason(step) else "")

    def _say_usual(self) -> None:
        self.department.setItemText(0, self._text("case.form.by_item"))
        self.amount.setSpecialValueText(self._text("case.form.limit_by_item"))

    def retranslate(self) -> None:
        text = self._text
        for name in _CAPTIONS:
            self._captions[name].setText(text(f"case.form.{name}"))
        for field, name in ((self.conditions, "conditions"), (self.department, "department"), (self.until, "until")):
            field.setAccessibleName(text(f"case.form.{name}"))
        at = max(0, self.unit.currentIndex())
        self.unit.clear()
        for unit in TimeUnit:
            self.unit.addItem(text(f"item.unit.{unit.value}"), unit.value)
        self.unit.setCurrentIndex(at)
        self.amount.setAccessibleName(text("case.form.limit"))
        self.unit.setAccessibleName(text("case.form.limit"))
        self.buttons["add_photo"].setText(text("case.form.add_photo"))
        self.buttons["no_photos"].setText(text("case.form.no_photos"))
        self.buttons["send"].setText(text("case.form.send"))
        self.item.say()
        if self.department.count():
            self._say_usual()
        self._say_step()

    def sizeHint(self) -> QSize:
        return QSize(self._look.px(480), super().sizeHint().height())
