"""The words of an item: class, conditions, limit, department, evidence. What is on the form, not what becomes of it."""

import msgspec
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLayout,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QWidget,
)

from comms.domain.ids import DepartmentId
from comms.domain.item import MOST_AMOUNT, Evidence, Item, ItemClass, ItemKind, ItemTerms
from comms.domain.time_limit import TimeLimit, TimeUnit
from ui.text import Texts
from ui.widgets.choices import Choices
from ui.widgets.labels import label

_FIELDS = ("kind", "major", "minor", "opens", "closes", "limit", "department", "evidence", "reason")
_NO_CLASS = ItemClass(kind=ItemKind.EVENT, major="", minor="")


class ItemForm(QWidget):
    """Without a department or conditions it is an application still; the gateway says what is missing."""

    def __init__(self, text: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._text = text
        self._kept, self._kept_class = ItemTerms(), _NO_CLASS
        self.kind = Choices(tuple(kind.value for kind in ItemKind), "item_kind", text, self)
        self.major, self.minor, self.department, self.reason = (QLineEdit(self) for _ in range(4))
        for field in (self.major, self.minor):
            field.setMaxLength(60)
        self.department.setMaxLength(60)
        self.opens, self.closes = QPlainTextEdit(self), QPlainTextEdit(self)
        for words in (self.opens, self.closes):
            words.setTabChangesFocus(True)
            words.setFixedHeight(44)
        self.amount = QSpinBox(self)
        self.amount.setRange(0, int(MOST_AMOUNT))
        self.unit = QComboBox(self)
        self.evidence = {each: QCheckBox(self) for each in Evidence}
        self._captions = {key: label(tone="dim", parent=self) for key in _FIELDS}
        self._arrange()
        self.retranslate()

    def _arrange(self) -> None:
        limit, evidence = QHBoxLayout(), QGridLayout()
        limit.addWidget(self.amount)
        limit.addWidget(self.unit, 1)
        for place, box in enumerate(self.evidence.values()):
            evidence.addWidget(box, place // 3, place % 3)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(1, 1)
        upper: tuple[QWidget | QLayout, ...] = (self.kind, self.major, self.minor, self.opens, self.closes)
        fields = (*upper, limit, self.department, evidence, self.reason)
        for row, field in enumerate(fields):
            grid.addWidget(self._captions[_FIELDS[row]], row, 0)
            if isinstance(field, QWidget):
                grid.addWidget(field, row, 1)
            else:
                grid.addLayout(field, row, 1)

    def retranslate(self) -> None:
        text = self._text
        for key, caption in self._captions.items():
            caption.setText(text(f"item.form.{key}"))
        self.kind.retranslate()
        at = max(0, self.unit.currentIndex())
        self.unit.clear()
        for unit in TimeUnit:
            self.unit.addItem(text(f"item.unit.{unit.value}"), unit.value)
        self.unit.setCurrentIndex(at)
        for each, box in self.evidence.items():
            box.setText(text(f"item.evidence.{each.value}"))
        for key, fields in (("opens", (self.opens,)), ("closes", (self.closes,)), ("limit", (self.amount, self.unit))):
            for field in fields:
                field.setAccessibleName(text(f"item.form.{key}"))

    # --- filling and reading ------------------------------------------------------------------------------

    def fill(self, item: Item) -> None:
        of, terms = item.item_class, item.terms
        self._kept, self._kept_class = terms, of
        self.kind.choose(of.kind.value)
        self.major.setText(of.major)
        self.minor.setText(of.minor)
        self.opens.setPlainText(terms.opens_when)
        self.closes.setPlainText(terms.closes_when)
        self.amount.setValue(int(terms.limit.amount) if terms.limit is not None else 0)
        if terms.limit is not None:
            self.unit.setCurrentIndex(self.unit.findData(terms.limit.unit.value))
        self.department.setText(terms.department_id or "")
        for each, box in self.evidence.items():
            box.setChecked(each in terms.evidence)
        self.reason.clear()

    def ask_reason(self, is_asked: bool) -> None:
        """Only who applies gives one."""
        for part in (self._captions["reason"], self.reason):
            part.setVisible(is_asked)

    @property
    def item_class(self) -> ItemClass | None:
        """None without a class and a name."""
        major, minor = self.major.text().strip(), self.minor.text().strip()
        if not (major and minor):
            return None
        kind = ItemKind(self.kind.chosen)
        return msgspec.structs.replace(self._kept_class, kind=kind, major=major, minor=minor)

    @property
    def terms(self) -> ItemTerms:
        department = self.department.text().strip()
        is_same = department == (self._kept.department_id or "")
        return msgspec.structs.replace(
            self._kept,
            opens_when=self.opens.toPlainText().strip(),
            closes_when=self.closes.toPlainText().strip(),
            limit=self._limit(),
            department_id=DepartmentId(department) if department else None,
            department=self._kept.department if is_same else department,
            evidence=tuple(each for each, box in self.evidence.items() if box.isChecked()),
        )

    def _limit(self) -> TimeLimit | None:
        """As it was, when neither part of it was changed: a sheet may say half an hour."""
        amount, unit, kept = self.amount.value(), TimeUnit(self.unit.currentData()), self._kept.limit
        if kept is not None and (amount, unit) == (int(kept.amount), kept.unit):
            return kept
        return TimeLimit(amount=amount, unit=unit) if amount else None

    def next_part(self) -> None:
        """The same class, other conditions."""
        self.opens.clear()
        self.closes.clear()
        self.opens.setFocus()
