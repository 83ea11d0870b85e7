"""One field of a form, by its kind: shows a value and hands over what was made of it. The simple ones; those made of
others are in `composed`."""

import re
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QCompleter,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from console.scenario.edit import Path
from console.scenario.fields import Field, FieldKind
from ui.scenario.inputs import Combo, Line, Text
from ui.scenario.sense import Sense
from ui.scenario.words import choice_words, part_words, unit_words
from ui.widgets.labels import label
from ui.words import duration

NOBODY = "—"
LOCALES = ("zh_CN", "en")
_NUMBER = re.compile(r"-?\d+(\.\d*)?")
_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,4}):(\d{2})")


class FieldView(QWidget):
    """`edited` carries the path within the field and the new value, `refused` why what is written there is none."""

    edited = Signal(object, object)
    refused = Signal(str)

    def __init__(self, field: Field, sense: Sense, parent: QWidget) -> None:
        super().__init__(parent)
        self.field, self.sense = field, sense
        self._shown: Any = self  # nothing a field can hold
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(6)

    def show_value(self, value: Any) -> None:
        """Leaves alone what is shown already: somebody may be writing there."""
        if value != self._shown or self.is_stale():
            self._shown = value
            if self.value() != value or self.is_stale():
                self.fill(value)

    def is_stale(self) -> bool:
        """What can be chosen has changed."""
        return False

    def value(self) -> Any:
        """What is written there; what no value can be is `NotImplemented`."""
        raise NotImplementedError

    def fill(self, value: Any) -> None:
        raise NotImplementedError

    def focus_at(self, _path: Path) -> None:
        first = self.focusProxy() or self
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def say(self, value: Any) -> None:
        self._shown = value
        self.edited.emit((), value)


class WordsView(FieldView):
    """In Chinese and in English, side by side. What was said in one language stays so until another is written."""

    def __init__(self, field: Field, sense: Sense, parent: QWidget) -> None:
        super().__init__(field, sense, parent)
        self._edits: dict[str, QLineEdit | QPlainTextEdit] = {}
        for locale in LOCALES:
            edit = self._made()
            edit.setPlaceholderText(sense.text(f"scenario.in.{locale.lower()}"))
            edit.setObjectName(f"{field.name}_{locale}")
            self._edits[locale] = edit
            self.row.addWidget(edit, 1)
        self.setFocusProxy(self._edits[LOCALES[0]])

    def _made(self) -> QLineEdit | QPlainTextEdit:
        if not self.field.is_long:
            line = Line(self)
            line.textEdited.connect(self._written)
            return line
        text = Text(self, self.sense.look.px(66))
        text.textChanged.connect(self._written)
        return text

    def _said(self, locale: str) -> str:
        edit = self._edits[locale]
        return edit.toPlainText() if isinstance(edit, QPlainTextEdit) else edit.text()

    def value(self) -> Any:
        said = {locale: self._said(locale) for locale in LOCALES if self._said(locale)}
        if isinstance(self._shown, dict):
            return {key: words for key, words in self._shown.items() if key not in LOCALES} | said or ""
        return (said.get(LOCALES[0], "") if set(said) <= {LOCALES[0]} else said) or ""

    def fill(self, value: Any) -> None:
        for locale, edit in self._edits.items():
            words = value.get(locale, "") if isinstance(value, dict) else value if locale == LOCALES[0] else ""
            if self._said(locale) == words:
                continue
            edit.blockSignals(True)
            edit.setPlainText(words) if isinstance(edit, QPlainTextEdit) else edit.setText(words)
            edit.blockSignals(False)

    def _written(self) -> None:
        self.say(self.value())


class LineView(FieldView):
    """A name of the town or a word of its own; what is known is offered while one writes."""

    def __init__(self, field: Field, sense: Sense, parent: QWidget) -> None:
        super().__init__(field, sense, parent)
        self.edit = Line(self)
        self.edit.setObjectName(field.name)
        self._offered = QStringListModel(self)
        if field.known:
            completer = QCompleter(self._offered, self)
            completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
            completer.activated.connect(self._take)
            self.edit.setCompleter(completer)
        if field.kind is FieldKind.ID:
            self.edit.editingFinished.connect(self._written)  # letter by letter it would be taken by others
        else:
            self.edit.textEdited.connect(self._written)
        self.row.addWidget(self.edit, 1)
        self.setFocusProxy(self.edit)

    def value(self) -> Any:
        return self.edit.text() or (None if self.field.is_optional else "")

    def fill(self, value: Any) -> None:
        self.edit.setText(value or "")

    def _take(self, name: str) -> None:
        self.edit.setText(name)
        self._written()

    def _written(self) -> None:
        if self.field.known:
            self._offered.setStringList(self.sense.known.offered(self.field.known, self.edit.text()))
        if self.value() != self._shown:
            self.say(self.value())


class LinesView(FieldView):
    """One on each line; what is known can be taken from a list."""

    def __init__(self, field: Field, sense: Sense, parent: QWidget) -> None:
        super().__init__(field, sense, parent)
        self.edit = Text(self, sense.look.px(66))
        self.edit.setObjectName(field.name)
        self.edit.setPlaceholderText(sense.text("scenario.one_a_line"))
        self.edit.textChanged.connect(self._written)
        self.row.addWidget(self.edit, 1)
        self.setFocusProxy(self.edit)
        if field.known:
            self._menu = QMenu(self)
            self._menu.aboutToShow.connect(self._offer)
            self._menu.triggered.connect(lambda action: self.edit.appendPlainText(action.text()))
            button = QPushButton(sense.text("scenario.take_known"), self)
            button.setMenu(self._menu)
            self.row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)

    def value(self) -> Any:
        return tuple(line.strip() for line in self.edit.toPlainText().split("\n") if line.strip())

    def fill(self, value: Any) -> None:
        self.edit.blockSignals(True)
        self.edit.setPlainText("\n".join(value))
        self.edit.blockSignals(False)

    def _offer(self) -> None:
        self._menu.clear()
        for name in self.sense.known.offered(self.field.known, ""):
            self._menu.addAction(name)

    def _written(self) -> None:
        if self.value() != self._shown:
            self.say(self.value())


class NumberView(FieldView):
    """With its unit; seconds may be written as minutes and seconds too, and are told so."""

    def __init__(self, field: Field, sense: Sense, parent: QWidget) -> None:
        super().__init__(field, sense, parent)
        self.edit = Line(self)
        self.edit.setObjectName(field.name)
        self.edit.setFixedWidth(sense.look.px(110))
        self.edit.textEdited.connect(self._written)
        self._hint = label(unit_words(field, sense.text), tone="dim", parent=self)
        if field.is_optional:
            self.edit.setPlaceholderText(sense.text("scenario.not_said"))
        self.row.addWidget(self.edit)
        self.row.addWidget(self._hint)
        self.row.addStretch(1)
        self.setFocusProxy(self.edit)

    def value(self) -> Any:
        text = self.edit.text().strip()
        if not text and self.field.is_optional:
            return None
        clock = _CLOCK.fullmatch(text) if self.field.unit == "s" else None
        if clock is not None:
            hours, minutes, seconds = (int(part or 0) for part in clock.groups())
            return float(hours * 3600 + minutes * 60 + seconds)
        if not _NUMBER.fullmatch(text):
            return NotImplemented
        number = float(text)
        return int(number) if self.field.is_whole and number.is_integer() else number

    def fill(self, value: Any) -> None:
        self.edit.setText("" if value is None else _written(value))
        self._tell()

    def _tell(self) -> None:
        value, unit = self.value(), unit_words(self.field, self.sense.text)
        is_long = self.field.unit == "s" and isinstance(value, float) and value >= 60
        self._hint.setText(f"{unit}  =  {duration(value)}" if is_long else unit)

    def _written(self) -> None:
        self._tell()
        value = self.value()
        if value is NotImplemented:
            self.refused.emit(self.sense.text("scenario.no_number"))
        else:
            self.say(value)


def _written(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else f"{value:.7f}".rstrip("0")


class FlagView(FieldView):
    def __init__(self, field: Field, sense: Sense, parent: QWidget) -> None:
        super().__init__(field, sense, parent)
        self.box = QCheckBox(sense.text("scenario.yes"), self)
        self.box.setObjectName(field.name)
        self.box.toggled.connect(self.say)
        self.row.addWidget(self.box)
        self.row.addStretch(1)
        self.setFocusProxy(self.box)

    def value(self) -> Any:
        return self.box.isChecked()

    def fill(self, value: Any) -> None:
        self.box.blockSignals(True)
        self.box.setChecked(bool(value))
        self.box.blockSignals(False)


class ChoiceView(FieldView):
    """One of what there is: words of a table, or the parts of the scenario that may be named."""

    def __init__(self, field: Field, sense: Sense, parent: QWidget) -> None:
        super().__init__(field, sense, parent)
        self.combo = Combo(self)
        self.combo.setObjectName(field.name)
        self._items: list[tuple[str, str | None]] = []
        self.combo.activated.connect(lambda _: self.say(self.value()))
        self.row.addWidget(self.combo, 1)
        self.setFocusProxy(self.combo)

    def _wanted(self) -> list[tuple[str, str | None]]:
        """Words and value of each, with what is chosen already though nobody knows it."""
        known = self._named() if self.field.kind is FieldKind.NAMED else self._chosen()
        values = {value for _, value in known}
        if isinstance(self._shown, str) and str(self._shown) not in values:
            known.append((self.sense.text("scenario.unknown", name=self._shown), str(self._shown)))
        return known

    def _chosen(self) -> list[tuple[str, str | None]]:
        nobody: list[tuple[str, str | None]] = [(NOBODY, None)] if self.field.is_optional else []
        return [*nobody, *((choice_words(self.field, each, self.sense.text), each) for each in self.field.choices)]

    def _named(self) -> list[tuple[str, str | None]]:
        nobody: list[tuple[str, str | None]] = [(NOBODY, None)] if self.field.is_optional else []
        parts = getattr(self.sense.scenario(), self.field.group)
        return [*nobody, *((part_words(part, self.sense), part.id) for part in parts)]

    def is_stale(self) -> bool:
        return self._wanted() != self._items

    def value(self) -> Any:
        at = self.combo.currentIndex()
        return self._items[at][1] if 0 <= at < len(self._items) else NotImplemented

    def fill(self, value: Any) -> None:
        self._items = self._wanted()
        self.combo.clear()
        self.combo.addItems([words for words, _ in self._items])
        values = [each for _, each in self._items]
        self.combo.setCurrentIndex(values.index(None if value is None else str(value)) if value in values else -1)


class NamedManyView(FieldView):
    """Those of the scenario, ticked or not."""

    def __init__(self, field: Field, sense: Sense, parent: QWidget) -> None:
        super().__init__(field, sense, parent)
        self.list = QListWidget(self)
        self.list.setObjectName(field.name)
        self.list.setFixedHeight(sense.look.px(92))
        self.list.itemChanged.connect(lambda _: self.say(self.value()))
        self._items: list[tuple[str, str]] = []
        self.row.addWidget(self.list, 1)
        self.setFocusProxy(self.list)

    def _wanted(self) -> list[tuple[str, str]]:
        found = [(part_words(part, self.sense), part.id) for part in getattr(self.sense.scenario(), self.field.group)]
        known = {name for _, name in found}
        gone = [name for name in self._shown if name not in known] if isinstance(self._shown, tuple) else []
        return [*found, *((self.sense.text("scenario.unknown", name=name), name) for name in gone)]

    def is_stale(self) -> bool:
        return self._wanted() != self._items

    def value(self) -> Any:
        ticked = [
            name
            for at, (_, name) in enumerate(self._items)
            if (item := self.list.item(at)) is not None and item.checkState() is Qt.CheckState.Checked
        ]
        before = self._shown if isinstance(self._shown, tuple) else ()
        return (*(name for name in before if name in ticked), *(name for name in ticked if name not in before))

    def fill(self, value: Any) -> None:
        self._items = self._wanted()
        self.list.blockSignals(True)
        self.list.clear()
        for words, name in self._items:
            item = QListWidgetItem(words, self.list)
            item.setCheckState(Qt.CheckState.Checked if name in value else Qt.CheckState.Unchecked)
        self.list.blockSignals(False)


Maker = Callable[[Field, Sense, QWidget], FieldView]
SIMPLE: dict[FieldKind, Maker] = {
    FieldKind.ID: LineView,
    FieldKind.WORDS: WordsView,
    FieldKind.LINE: LineView,
    FieldKind.LINES: LinesView,
    FieldKind.NUMBER: NumberView,
    FieldKind.CHOICE: ChoiceView,
    FieldKind.FLAG: FlagView,
    FieldKind.NAMED: ChoiceView,
    FieldKind.NAMED_MANY: NamedManyView,
}
