"""Findings, and what is to be done about them: who answers for it, by when, and what became of it in later drills."""

from uuid import uuid4

from PySide6.QtCore import QDate
from PySide6.QtWidgets import QComboBox, QDateEdit, QLineEdit, QListView, QPushButton, QSplitter, QVBoxLayout, QWidget

from comms.domain.drill_events import ImprovementRaised
from console.drill.improving import Action, actions_of, settling
from console.drill.review import Finding, FindingKind, suggested
from console.drill.run import Run
from ui.review.grid import Grid, GridRow
from ui.review.keeping import Keeping
from ui.review.page import ReviewPage
from ui.review.place import ReviewPlace
from ui.review.staff_field import StaffField
from ui.review.words import points_words, said_here
from ui.text import Texts
from ui.widgets.labels import label
from ui.widgets.lines import Line, LinesModel, lines_view
from ui.widgets.row import row_of

_DAYS = 30
_ICONS = {FindingKind.WEAKNESS: "warning", FindingKind.CONDUCT: "talk", FindingKind.STRENGTH: "check"}
_TONES = {FindingKind.WEAKNESS: "danger", FindingKind.CONDUCT: "warn", FindingKind.STRENGTH: ""}


class ImprovePage(ReviewPage):
    def __init__(self, place: ReviewPlace, parent: QWidget | None = None) -> None:
        super().__init__(place, parent)
        look = place.look
        self.keeping = Keeping(place, self)
        self._as = label(tone="dim", parent=self)
        self.who = StaffField(place.text, self)
        self._findings_head = label(tone="head", parent=self)
        self.findings = LinesModel(self)
        self.findings_view: QListView = lines_view(self.findings, look, self)
        self.findings_view.setObjectName("review_findings")
        self.take_up = self._button("take_up")
        self._actions_head = label(tone="head", parent=self)
        self.table = Grid("review_actions", look, self)
        self.result = QLineEdit(self)
        self.settle = self._button("settle")
        self.action = QLineEdit(self)
        self.owner = QComboBox(self)
        self.owner.setObjectName("review_owner")
        self.owner.setEditable(True)
        self.owner.setMinimumWidth(look.px(170))
        self.due = QDateEdit(self)
        self.due.setObjectName("review_due")
        self.due.setDisplayFormat("yyyy-MM-dd")
        self.due.setCalendarPopup(True)
        self.propose = self._button("propose")
        self.propose.setProperty("tone", "primary")
        self._objective: str | None = None
        self._lay_out()
        self.take_up.clicked.connect(self.take_finding)
        self.findings_view.activated.connect(self.take_finding)
        self.settle.clicked.connect(self.keep_settled)
        self.result.returnPressed.connect(self.keep_settled)
        self.propose.clicked.connect(self.keep_action)
        self.action.returnPressed.connect(self.keep_action)
        self.table.chosen.connect(self._allow)
        self.keeping.kept.connect(self._clear)
        self.setFocusProxy(self.table)

    def _button(self, name: str) -> QPushButton:
        button = QPushButton(self)
        button.setObjectName(f"review_{name}")
        return button

    def _lay_out(self) -> None:
        look = self._place.look
        left, right = QWidget(self), QWidget(self)
        found = QVBoxLayout(left)
        found.setContentsMargins(0, 0, 8, 0)
        found.addWidget(self._findings_head)
        found.addWidget(self.findings_view, 1)
        found.addLayout(row_of(self.take_up, None))
        done = QVBoxLayout(right)
        done.setContentsMargins(8, 0, 0, 0)
        done.addWidget(self._actions_head)
        done.addWidget(self.table, 1)
        settle = row_of(self.result, self.settle)
        settle.setStretch(0, 1)
        done.addLayout(settle)
        wish = row_of(self.action, self.owner, self.due, self.propose)
        wish.setStretch(0, 1)
        done.addLayout(wish)
        split = QSplitter(self)
        split.addWidget(left)
        split.addWidget(right)
        split.setChildrenCollapsible(False)
        split.setSizes([look.px(430), look.px(850)])
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.addLayout(row_of(self._as, self.who, None))
        column.addWidget(split, 1)

    # --- showing ------------------------------------------------------------------------------------------

    @property
    def known(self) -> tuple[Action, ...]:
        run = self._place.run
        if run is None:
            return ()
        before = sorted((one for one in self._place.earlier if one.order < run.order), key=lambda one: one.order)
        return actions_of(run.review, [one.review for one in before])

    def show_run(self, *_: object) -> None:
        text, run = self._place.text, self._place.run
        self._as.setText(text("review.as"))
        self._findings_head.setText(text("aar.findings"))
        self._actions_head.setText(text("aar.improvements"))
        self.take_up.setText(text("review.take_up"))
        self.settle.setText(text("review.settle"))
        self.result.setPlaceholderText(text("review.settle_words"))
        self.action.setPlaceholderText(text("review.action_words"))
        self.owner.setAccessibleName(text("aar.head.owner"))
        self.owner.setToolTip(text("aar.head.owner"))
        self.due.setAccessibleName(text("aar.head.due"))
        self.propose.setText(text("review.propose"))
        if run is None:
            return
        self.who.show_run(run)
        self._show_owners(run)
        self.findings.show_lines(tuple(finding_line(one, self._place.text) for one in run.review.findings))
        self._show_actions()
        self._allow()

    def _show_owners(self, run: Run) -> None:
        """Roles, not names: who sits there may be another by then."""
        words = self.owner.currentText()
        names = [said_here(role.name, self._place.text) for role in run.review.scenario.roles]
        self.owner.clear()
        self.owner.addItems(list(dict.fromkeys(names)))
        self.owner.setCurrentText(words or (names[0] if names else ""))
        if not words:
            self.due.setDate(QDate.fromString(self._place.today(), "yyyy-MM-dd").addDays(_DAYS))

    def _show_actions(self) -> None:
        text = self._place.text
        today = self._place.today()
        self.table.empty_words = text("review.no_actions")
        heads = (*(text(f"aar.head.{key}") for key in ("action", "owner", "due", "state")), text("review.head.from"))
        rows = [action_row(at, action, today, text) for at, action in enumerate(self.known)]
        self.table.show_rows((*heads, text("aar.head.words")), rows, widths=(0, 110, 92, 92, 150, 150))

    def _chosen(self) -> Action | None:
        key = self.table.key
        return next((one for one in self.known if one.improvement.raised.improvement_id == key), None)

    def _allow(self, *_: object) -> None:
        chosen = self._chosen()
        may = self.who.party is not None
        self.settle.setEnabled(may and chosen is not None and chosen.is_open)
        self.propose.setEnabled(may)

    # --- saying -------------------------------------------------------------------------------------------

    def take_finding(self, *_: object) -> None:
        """The chosen finding as the beginning of an action, to be said better."""
        run, row = self._place.run, self.findings_view.currentIndex().row()
        if run is None or row < 0:
            self._place.say("warn", self._place.text("review.finding_wanted"))
            return
        finding = run.review.findings[row]
        day = self.due.date().toString("yyyy-MM-dd")
        wishes = suggested(run.review, by_day=day, locale=self._place.text.locale.value)
        name = finding.line.id.partition(":")[2]
        wish = next((one for one in wishes if one.improvement_id.endswith(f"/{name}")), None)
        if wish is None:
            self._place.say("dim", self._place.text("review.is_strength"))
            return
        self._objective = wish.objective
        self.action.setText(self._place.text("aar.suggestion", what=wish.text))
        self.owner.setCurrentText(wish.owner)
        self.action.setFocus()
        self.action.selectAll()

    def keep_action(self) -> None:
        run, by = self._place.run, self.who.party
        words, owner = self.action.text().strip(), self.owner.currentText().strip()
        if run is None or by is None:
            return
        if not words or not owner:
            self._place.say("warn", self._place.text("review.action_wanted"))
            return
        event = ImprovementRaised(
            improvement_id=f"{run.review.score.drill_id}/{uuid4().hex[:8]}",
            text=words,
            owner=owner,
            due=self.due.date().toString("yyyy-MM-dd"),
            objective=self._objective,
        )
        self.keeping.keep(by, [event])

    def keep_settled(self) -> None:
        by, chosen = self.who.party, self._chosen()
        words = self.result.text().strip()
        if by is None or chosen is None or not chosen.is_open:
            return
        if not words:
            self._place.say("warn", self._place.text("review.settle_wanted"))
        else:
            self.keeping.keep(by, settling(chosen, words))

    def _clear(self) -> None:
        self._objective = None
        for field in (self.result, self.action):
            field.clear()


def finding_line(one: Finding, text: Texts) -> Line:
    return Line(
        one.line.id,
        said_here(one.line.title, text),
        detail=f"{text(f'aar.finding.{one.kind.value}')}  ·  {said_here(one.line.sentences, text)}",
        figure=points_words(one.line),
        icon=_ICONS[one.kind],
        tone=_TONES[one.kind],
    )


def action_row(at: int, action: Action, today: str, text: Texts) -> GridRow:
    raised = action.improvement.raised
    is_late = action.is_overdue(today)
    state = "review.action.overdue" if is_late else f"aar.improvement.{'open' if action.is_open else 'settled'}"
    origin = "review.action.here" if not action.from_drill else "review.action.from"
    cells = (
        raised.text,
        raised.owner,
        raised.due,
        text(state),
        text(origin, drill=action.from_drill) if action.from_drill else text(origin),
        action.improvement.words,
    )
    tone = "danger" if is_late else "warn" if action.is_open else "ok"
    icon = "warning" if is_late else "clock" if action.is_open else "check"
    return GridRow(raised.improvement_id, cells, tones={3: tone}, icons={3: icon}, order={0: at})
