"""The form of one part of a scenario, made from its type: a caption and a field for each, and beneath it what cannot
be. Fields made of others hold forms again."""

from functools import partial
from typing import Any

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from comms.domain.inject import Spot
from comms.scenario.yaml_text import YamlTextError, read_yaml, write_yaml
from console.scenario.edit import EditError, Path, new_part
from console.scenario.fields import Field, FieldKind, fields_of
from ui.scenario.field import NOBODY, SIMPLE, FieldView
from ui.scenario.inputs import Combo, Text
from ui.scenario.known import BEHAVIOURS
from ui.scenario.sense import Sense
from ui.scenario.words import field_words, type_words
from ui.widgets.labels import label

_LOW = (FieldKind.ID, FieldKind.LINE, FieldKind.NUMBER, FieldKind.CHOICE, FieldKind.FLAG, FieldKind.NAMED)
_CAPTION_PX = 84


class PartForm(QWidget):
    """`edited` carries the path within the part and the new value. Lists of parts are not in it: they have pages of
    their own. `only` and `without` choose among the fields."""

    edited = Signal(object, object)

    def __init__(
        self,
        struct: type[msgspec.Struct],
        sense: Sense,
        parent: QWidget,
        *,
        only: tuple[str, ...] = (),
        without: tuple[str, ...] = (),
    ) -> None:
        super().__init__(parent)
        self.struct, self._sense = struct, sense
        self.views: dict[str, FieldView] = {}
        self._faults: dict[str, QLabel] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        grid.setColumnMinimumWidth(0, sense.look.px(_CAPTION_PX))
        fields = [field for field in fields_of(struct) if field.kind is not FieldKind.PARTS]
        fields.sort(key=lambda field: only.index(field.name) if field.name in only else field.kind is FieldKind.ID)
        for field in fields:
            if (not only or field.name in only) and field.name not in without:
                self._add(grid, field)

    def _add(self, grid: QGridLayout, field: Field) -> None:
        row = grid.rowCount()
        caption = label(field_words(self.struct, field.name, self._sense.text), tone="dim", parent=self)
        is_low = field.kind in _LOW or (field.kind is FieldKind.WORDS and not field.is_long)
        caption.setContentsMargins(0, 0 if is_low else self._sense.look.px(5), 0, 0)
        grid.addWidget(caption, row, 0, Qt.AlignmentFlag.AlignVCenter if is_low else Qt.AlignmentFlag.AlignTop)
        self.views[field.name] = view = make_view(field, self._sense, self)
        _name(view, caption.text())
        caption.setBuddy(view)
        grid.addWidget(view, row, 1)
        self._faults[field.name] = fault = label(tone="danger", wraps=True, parent=self)
        fault.hide()
        grid.addWidget(fault, row + 1, 1)
        view.edited.connect(partial(self._edited, field.name))
        view.refused.connect(partial(self._say, field.name))

    def show_part(self, part: Any) -> None:
        for name, view in self.views.items():
            view.show_value(getattr(part, name))

    def say_fault(self, path: Path, sentence: str) -> None:
        """Beneath the field at the path; an empty sentence takes it away."""
        if path and path[0] in self.views:
            inner = getattr(self.views[str(path[0])], "form", None)
            if isinstance(inner, PartForm) and len(path) > 1:
                inner.say_fault(path[1:], sentence)
            else:
                self._say(str(path[0]), sentence)

    def focus_at(self, path: Path) -> None:
        view = self.views.get(str(path[0])) if path else next(iter(self.views.values()), None)
        if view is not None:
            view.focus_at(path[1:])

    def _say(self, name: str, sentence: str) -> None:
        self._faults[name].setText(sentence)
        self._faults[name].setVisible(bool(sentence))

    def _edited(self, name: str, path: Path, value: Any) -> None:
        self._say(name, "")
        self.edited.emit((name, *path), value)


def _name(view: FieldView, caption: str) -> None:
    """For who hears the window: the caption, and the language where there are two."""
    for part in view.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
        if part.focusPolicy() is not Qt.FocusPolicy.NoFocus and not part.accessibleName():
            hint = getattr(part, "placeholderText", str)()
            part.setAccessibleName(f"{caption} {hint}" if view.field.kind is FieldKind.WORDS else caption)


def make_view(field: Field, sense: Sense, parent: QWidget) -> FieldView:
    composed = {
        FieldKind.SPOT: SpotView,
        FieldKind.BEHAVIOUR: BehaviourView,
        FieldKind.PART: PartView,
        FieldKind.ONE_OF: OneOfView,
    }
    return (SIMPLE | composed)[field.kind](field, sense, parent)


class _Composed(FieldView):
    """A column instead of a row; shows what it is given each time, its parts know what is new."""

    def __init__(self, field: Field, sense: Sense, parent: QWidget) -> None:
        super().__init__(field, sense, parent)
        self.form: PartForm | None = None
        self.column = QVBoxLayout()
        self.column.setSpacing(6)
        self.row.addLayout(self.column, 1)

    def show_value(self, value: Any) -> None:
        self._shown = value
        self.fill(value)

    def value(self) -> Any:
        return self._shown

    def focus_at(self, path: Path) -> None:
        if path and self.form is not None:
            self.form.focus_at(path)
        else:
            super().focus_at(path)

    def pass_on(self, path: Path, value: Any) -> None:
        self.edited.emit(path, value)


class PartView(_Composed):
    """Fields of its own, always there."""

    def __init__(self, field: Field, sense: Sense, parent: QWidget) -> None:
        super().__init__(field, sense, parent)
        self.form = PartForm(field.types[0], sense, self)
        self.form.edited.connect(self.pass_on)
        self.column.addWidget(self.form)

    def fill(self, value: Any) -> None:
        assert self.form is not None
        self.form.show_part(value)


class OneOfView(_Composed):
    """Which of several types, and the fields of that one. What the next has too is kept."""

    def __init__(self, field: Field, sense: Sense, parent: QWidget) -> None:
        super().__init__(field, sense, parent)
        self.combo = Combo(self)
        self.combo.setObjectName(field.name)
        self.combo.addItems([type_words(struct, sense.text) for struct in field.types])
        self.combo.activated.connect(self._choose)
        self.column.addWidget(self.combo)
        self.setFocusProxy(self.combo)

    def fill(self, value: Any) -> None:
        self.combo.setCurrentIndex(self.field.types.index(type(value)))
        if self.form is None or self.form.struct is not type(value):
            if self.form is not None:
                self.form.hide()
                self.form.deleteLater()
            self.form = PartForm(type(value), self.sense, self)
            self.form.edited.connect(self.pass_on)
            self.column.addWidget(self.form)
            self.form.setVisible(bool(self.form.views))
        self.form.show_part(value)

    def _choose(self, at: int) -> None:
        struct = self.field.types[at]
        if struct is type(self._shown):
            return
        try:
            made = new_part(self.sense.scenario(), struct, like=self._shown)
        except EditError as error:
            self.combo.setCurrentIndex(self.field.types.index(type(self._shown)))
            self.refused.emit(error.sentences[self.sense.text.locale.value])
            return
        self.edited.emit((), made)


WAYS = {"point": ("lat", "lon"), "grid": ("grid",), "street": ("street", "crossing"), "named": ("named",)}
"""How a place may be said, with the fields of each."""


class SpotView(_Composed):
    """In exactly one way, or (where it may be left out) not at all."""

    def __init__(self, field: Field, sense: Sense, parent: QWidget) -> None:
        super().__init__(field, sense, parent)
        self.combo = Combo(self)
        self.combo.setObjectName(field.name)
        self._ways = [*([NOBODY] if field.is_optional else []), *WAYS]
        self.combo.addItems([each if each == NOBODY else sense.text(f"scenario.way.{each}") for each in self._ways])
        self.combo.activated.connect(self._choose)
        self.pick = QPushButton(sense.text("scenario.pick"), self)
        self.pick.setToolTip(sense.text("scenario.pick_tip"))
        self.pick.setVisible(sense.pick is not None)
        self.pick.clicked.connect(self._pick)
        top = QGridLayout()
        top.addWidget(self.combo, 0, 0)
        top.addWidget(self.pick, 0, 1)
        top.setColumnStretch(0, 1)
        self.column.addLayout(top)
        self.setFocusProxy(self.combo)
        self._way = ""

    def fill(self, value: Spot | None) -> None:
        way = NOBODY if value is None else _way_of(value) or self._way or "named"
        self.combo.setCurrentIndex(self._ways.index(way) if way in self._ways else -1)
        if way != self._way or (self.form is None) is not (value is None):
            self._rebuild(way)
        if self.form is not None:
            self.form.show_part(value)

    def _rebuild(self, way: str) -> None:
        self._way = way
        if self.form is not None:
            self.form.hide()
            self.form.deleteLater()
            self.form = None
        if way != NOBODY:
            self.form = PartForm(Spot, self.sense, self, only=(*WAYS[way], "text"))
            self.form.edited.connect(self.pass_on)
            self.column.addWidget(self.form)
            self.form.show()  # at once: somebody may be led there

    def _choose(self, at: int) -> None:
        way = self._ways[at]
        if way == self._way:
            return
        self._rebuild(way)
        if way == NOBODY:
            self.edited.emit((), None)
            return
        words = self._shown.text if isinstance(self._shown, Spot) else ""
        self.edited.emit((), Spot(text=words))
        if self.form is not None:
            self.form.show_part(Spot(text=words))
            self.form.focus_at((WAYS[way][0],))

    def _pick(self) -> None:
        if self.sense.pick is not None:
            self.sense.pick(self._picked)

    def _picked(self, lat: float, lon: float) -> None:
        words = self._shown.text if isinstance(self._shown, Spot) else ""
        self.edited.emit((), Spot(text=words, lat=round(lat, 6), lon=round(lon, 6)))


def _way_of(spot: Spot) -> str:
    """Empty where it says nothing yet."""
    ways = [way for way, names in WAYS.items() if any(getattr(spot, name) is not None for name in names)]
    return ways[0] if ways else ""


class BehaviourView(_Composed):
    """A preset, or values of one's own, a line each as in the file: `accept_chance: 0.5`."""

    def __init__(self, field: Field, sense: Sense, parent: QWidget) -> None:
        super().__init__(field, sense, parent)
        self.combo: QComboBox = Combo(self)
        self.combo.setObjectName(field.name)
        self.combo.addItems([*(sense.text(f"scenario.behaviour.{name}") for name in BEHAVIOURS)])
        self.combo.addItem(sense.text("scenario.behaviour.own"))
        self.combo.activated.connect(self._choose)
        self.edit = Text(self, sense.look.px(80))
        self.edit.setObjectName("behaviour_own")
        self.edit.setPlaceholderText(sense.text("scenario.behaviour_own_hint"))
        self.edit.textChanged.connect(self._written)
        self.column.addWidget(self.combo)
        self.column.addWidget(self.edit)
        self.setFocusProxy(self.combo)

    def fill(self, value: Any) -> None:
        is_own = not (isinstance(value, str) and value in BEHAVIOURS)
        self.combo.setCurrentIndex(len(BEHAVIOURS) if is_own else BEHAVIOURS.index(value))
        self.edit.setVisible(is_own)
        if is_own and self._read() != value:
            self.edit.blockSignals(True)
            self.edit.setPlainText(write_yaml(value) if isinstance(value, dict) else str(value))
            self.edit.blockSignals(False)

    def _read(self) -> Any:
        """Raises nothing: what is no list of values is None."""
        try:
            found, _ = read_yaml(self.edit.toPlainText().encode())
        except YamlTextError:
            return None
        return found if isinstance(found, dict | str) else None

    def _choose(self, at: int) -> None:
        if at < len(BEHAVIOURS):
            self.edited.emit((), BEHAVIOURS[at])
        else:
            self.edited.emit((), {"accept_chance": 1.0})
            self.edit.setFocus()

    def _written(self) -> None:
        found = self._read()
        if found is None:
            self.refused.emit(self.sense.text("scenario.no_behaviour"))
        else:
            self.edited.emit((), found)
