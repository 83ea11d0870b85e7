"""Which rules raise alarms, and how well each does: alarms of the last seven days, and those said to be false."""

from collections.abc import Iterator

from PySide6.QtCore import QModelIndex, QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from comms.domain.fence import KINDS
from comms.domain.ids import FenceId
from comms.domain.rule_score import fence_rule
from console.store.store import Store
from ui.alarm.fence_controls import FenceControls
from ui.alarm.words import figures_of
from ui.text import Texts
from ui.theme import Look
from ui.widgets.labels import label
from ui.widgets.lines import LINE_ROLE, Line, LinesModel, keep_shown, lines_view
from ui.widgets.overlay import Corner, Sheet
from ui.widgets.sheet_head import SheetHead

REFRESH_MS = 2_000
DOUBTFUL_SHARE = 0.5
DOUBTFUL_FROM = 4
"""Alarms; of a rule with fewer nobody can tell yet."""


class RulesSheet(Sheet):
    """Lines keep their places while it is open; Enter on a fence's rule opens the fence."""

    def __init__(self, host: QWidget, *, store: Store, controls: FenceControls, look: Look, text: Texts) -> None:
        super().__init__(host, Corner.RIGHT)
        self._store = store
        self._controls = controls
        self._look = look
        self._text = text
        head = SheetHead("rules", look, text, self, title="rules.head", close="rules.close")
        head.close_button.clicked.connect(self.dismiss)
        head.where.hide()
        self._note = label(tone="dim", wraps=True, parent=self)
        self.model = LinesModel(self)
        self.view = lines_view(self.model, look, self)
        self.view.activated.connect(self._go)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 10)
        column.addWidget(head)
        column.addWidget(self._note)
        column.addWidget(self.view, 1)
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self._update)
        text.changed.connect(self._read)
        look.changed.connect(self.place)
        self._read()

    def wanted_width(self) -> int:
        return self._look.px(344)

    def open(self) -> None:
        self.model.show_lines(tuple(self._lines()))
        self.appear()
        self._timer.start()
        self.view.setFocus()

    def dismiss(self) -> None:
        self._timer.stop()
        super().dismiss()

    def _update(self) -> None:
        fresh = {line.key: line for line in self._lines()}
        keep_shown(self.view, self.model, tuple(fresh.get(line.key, line) for line in self.model.lines))

    def _lines(self) -> Iterator[Line]:
        """Rules of fences by their names, then those of warnings that have raised any."""
        text, picture = self._text, self._store.picture
        of_fences = set()
        yield Line("fences", text("rules.fences"), figure=str(len(picture.fences)), is_head=True)
        for fence in sorted(picture.fences.values(), key=lambda each: (each.name, each.id)):
            for rule in fence.rules:
                key = fence_rule(fence.id, KINDS[rule.trigger])
                of_fences.add(key)
                name = text("rules.of_fence", fence=fence.name, kind=text(f"alarm.kind.{KINDS[rule.trigger].value}"))
                yield self._line(("fence", fence.id, rule.trigger), key, name, is_on=fence.is_on)
        warnings = sorted(rule for rule in picture.alarms.scores if ":" not in rule)
        yield Line("warnings", text("rules.warnings"), figure=str(len(warnings)), is_head=True)
        for key in warnings:
            known = f"rules.warning.{key}"
            yield self._line(("warning", key), key, text(known) if text.has(known) else key)

    def _line(self, key: tuple[str, ...], rule: str, name: str, *, is_on: bool = True) -> Line:
        text, (raised, false) = self._text, figures_of(rule, self._store)
        words = text("rules.figures", raised=raised, false=false) if raised else text("rules.none_raised")
        is_doubtful = raised >= DOUBTFUL_FROM and false / raised >= DOUBTFUL_SHARE
        parts = (text("rules.doubtful") if is_doubtful else "", "" if is_on else text("rules.off"))
        return Line(
            key,
            name,
            text("around.dot").join([words, *filter(None, parts)]),
            icon="warning" if is_doubtful else "bell",
            tone="warn" if is_doubtful else "",
        )

    def _go(self, index: QModelIndex) -> None:
        line = index.data(LINE_ROLE)
        if isinstance(line.key, tuple) and line.key[0] == "fence":
            self.dismiss()
            self._controls.edit(FenceId(line.key[1]))

    def _read(self) -> None:
        text = self._text
        self._note.setText(text("rules.note"))
        self.view.setAccessibleName(text("rules.head"))
        if self.isVisible():
            self._update()
        self.place()
