"""The fields of a patrol plan: which places, how often, what is asked. What is on the form, not what becomes of it."""

import re
from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSpinBox,
    QWidget,
)

from comms.domain.ids import JurisdictionId, PatrolPlanId, QuestionId
from comms.domain.patrol import PatrolPlan, Question, Rhythm, Selection
from comms.domain.time_limit import TimeLimit, TimeUnit
from ui.text import Texts
from ui.widgets.labels import label

_FIELDS = ("name", "places", "rhythm", "limit", "skill", "strict", "questions")
_KEY = int(Qt.ItemDataRole.UserRole)


class PlanForm(QWidget):
    """What a plan has beyond these fields (hours, levels, places named one by one) stays as it was."""

    def __init__(self, text: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._text = text
        self._kept: PatrolPlan | None = None
        self.name, self.places, self.skill = (QLineEdit(self) for _ in range(3))
        self.name.setMaxLength(60)
        self.skill.setMaxLength(60)
        self.rhythm = QComboBox(self)
        self.limit = QSpinBox(self)
        self.limit.setRange(0, 60)
        self.strict = QCheckBox(self)
        self.questions = QListWidget(self)
        self._captions = {key: label(tone="dim", parent=self) for key in _FIELDS}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(1, 1)
        fields: tuple[QWidget, ...] = (
            self.name, self.places, self.rhythm, self.limit, self.skill, self.strict, self.questions,
        )  # fmt: skip
        for row, (key, field) in enumerate(zip(_FIELDS, fields, strict=True)):
            top = Qt.AlignmentFlag.AlignTop if field is self.questions else Qt.AlignmentFlag.AlignVCenter
            grid.addWidget(self._captions[key], row, 0, top)
            grid.addWidget(field, row, 1)
        self.retranslate()

    def fill(self, plan: PatrolPlan | None, questions: Iterable[Question]) -> None:
        """None begins a new one."""
        self._kept = plan
        self.name.setText(plan.name if plan is not None else "")
        self.places.setText(self._text("list.separator").join(plan.selection.categories) if plan is not None else "")
        self.skill.setText(plan.skill if plan is not None else "")
        self.rhythm.setCurrentIndex(list(Rhythm).index(plan.rhythm if plan is not None else Rhythm.MONTHLY))
        days = plan.limit if plan is not None and plan.limit is not None else None
        self.limit.setValue(round(days.amount) if days is not None and days.unit is TimeUnit.WORK_DAY else 0)
        self.strict.setChecked(plan is not None and plan.is_strict)
        asked = plan.question_ids if plan is not None else ()
        self.questions.clear()
        for question in questions:
            entry = QListWidgetItem(question.words, self.questions)
            entry.setData(_KEY, question.id)
            entry.setCheckState(Qt.CheckState.Checked if question.id in asked else Qt.CheckState.Unchecked)

    def plan(self, where: JurisdictionId) -> PatrolPlan | None:
        """What the fields say; None without a name or a question. A new plan is of `where`."""
        asked = tuple(
            QuestionId(entry.data(_KEY))
            for entry in (self.questions.item(row) for row in range(self.questions.count()))
            if entry.checkState() is Qt.CheckState.Checked
        )
        name = self.name.text().strip()
        if not name or not asked:
            return None
        kept = self._kept or PatrolPlan(id=PatrolPlanId(""), name=name, jurisdiction_id=where, question_ids=asked)
        words = (word.strip() for word in re.split(f"[{self._text('patrol.form.separators')}]", self.places.text()))
        days = self.limit.value()
        known = kept.limit if kept.limit is not None and kept.limit.unit is not TimeUnit.WORK_DAY else None
        return PatrolPlan(
            id=kept.id,
            name=name,
            jurisdiction_id=kept.jurisdiction_id,
            question_ids=asked,
            selection=Selection(
                categories=tuple(word for word in words if word),
                levels=kept.selection.levels,
                place_ids=kept.selection.place_ids,
            ),
            rhythm=list(Rhythm)[self.rhythm.currentIndex()],
            by_level=kept.by_level,
            limit=TimeLimit(amount=float(days), unit=TimeUnit.WORK_DAY) if days else known,
            skill=self.skill.text().strip(),
            window=kept.window,
            is_strict=self.strict.isChecked(),
        )

    def retranslate(self) -> None:
        text, chosen = self._text, max(0, self.rhythm.currentIndex())
        for key, caption in self._captions.items():
            caption.setText(text(f"patrol.form.{key}"))
        self.rhythm.clear()
        self.rhythm.addItems([text(f"patrol.rhythm.{rhythm.value}") for rhythm in Rhythm])
        self.rhythm.setCurrentIndex(chosen)
        self.places.setPlaceholderText(text("patrol.form.places_hint"))
        self.limit.setSuffix(text("patrol.form.limit_days"))
        self.limit.setSpecialValueText(text("patrol.to_the_end"))
        self.strict.setText(text("patrol.strict"))
        for field, key in ((self.name, "name"), (self.places, "places"), (self.skill, "skill")):
            field.setAccessibleName(text(f"patrol.form.{key}"))
