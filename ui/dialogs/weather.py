"""A weather alert on a sheet: kind, level, area, from and until when. One that stands is shown, and can be ended."""

from PySide6.QtCore import QDateTime
from PySide6.QtWidgets import QComboBox, QDateTimeEdit, QHBoxLayout, QLineEdit, QPlainTextEdit, QPushButton, QWidget

from comms.domain.ad_hoc import PolygonTarget
from comms.domain.ids import JurisdictionId, WeatherId
from comms.domain.jurisdiction import Level, contains
from comms.domain.order import JurisdictionTarget
from comms.domain.weather import WeatherArea, WeatherKind, WeatherLevel, WeatherState, weather_fault
from console.store.store import Store
from ui.dialogs.form_sheet import FormSheet, Rows
from ui.search.finder import grid_name
from ui.text import Texts
from ui.theme import Look
from ui.weather.controls import WeatherControls, WeatherDraft
from ui.weather.words import weather_label
from ui.widgets.choices import Choices

NEW = WeatherId("")


class WeatherSheet(FormSheet):
    def __init__(self, host: QWidget, *, store: Store, controls: WeatherControls, look: Look, text: Texts) -> None:
        super().__init__(host, title="weather.title", look=look, text=text)
        self._store = store
        self._controls = controls
        self._shown = NEW
        self._areas: list[WeatherArea] = []
        self.kind, self.area = QComboBox(self), QComboBox(self)
        self.level = Choices(tuple(level.value for level in WeatherLevel), "weather_level", text, self)
        self.begins, self.ends = QDateTimeEdit(self), QDateTimeEdit(self)
        self.source = QLineEdit(self)
        self.source.setMaxLength(60)
        self.words = QPlainTextEdit(self)
        self.words.setTabChangesFocus(True)
        self.draw, self.issue, self.end = QPushButton(self), QPushButton(self), QPushButton(self)
        self.draw.setProperty("tone", "flat")
        area, times = QHBoxLayout(), QHBoxLayout()
        area.addWidget(self.area, 1)
        area.addWidget(self.draw)
        for when in (self.begins, self.ends):
            when.setDisplayFormat("yyyy-MM-dd HH:mm")
            times.addWidget(when, 1)
        rows: Rows = {
            "weather.which": self.which,
            "weather.kind_caption": self.kind,
            "weather.level_caption": self.level,
            "weather.area": area,
            "weather.times": times,
            "weather.source": self.source,
            "weather.words": self.words,
        }
        self._lay_out(rows, (), undo=self.end, confirm=self.issue)
        self._connect()
        self._read()

    def _connect(self) -> None:
        self.which.activated.connect(self._choose)
        self.draw.clicked.connect(self._draw)
        self.issue.clicked.connect(self.confirm)
        self.end.clicked.connect(self._end)

    def wanted_height(self) -> int:
        return self._look.px(420)

    # --- opening --------------------------------------------------------------------------------------

    def edit(self, draft: WeatherDraft) -> None:
        """A new one."""
        self._open(NEW, draft)

    def show_issued(self, state: WeatherState) -> None:
        """One that is known: to read, and to end."""
        self._open(state.alert.id, WeatherDraft.of(state.alert))

    def _open(self, weather_id: WeatherId, draft: WeatherDraft) -> None:
        self._shown = weather_id
        now = self._store.server_now()
        self.which.clear()
        self.which.addItem(self._text("weather.new"), NEW)
        for state in self._store.picture.weather.standing(now):
            self.which.addItem(weather_label(state.alert, now, self._text), state.alert.id)
        self.which.setCurrentIndex(self.which.findData(weather_id))
        self._fill(draft)
        is_new = weather_id == NEW
        for field in (self.kind, self.level, self.area, self.begins, self.ends, self.source):
            field.setEnabled(is_new)
        self.words.setReadOnly(not is_new)
        for button in (self.issue, self.draw):
            button.setVisible(is_new)
        self.end.setVisible(not is_new)
        self._fault.clear()
        self.appear()
        (self.kind if is_new else self.end).setFocus()

    def _fill(self, draft: WeatherDraft) -> None:
        self.kind.setCurrentIndex(self.kind.findData(draft.kind.value))
        self.level.choose(draft.level.value)
        self._areas = list(dict.fromkeys([draft.area, *(JurisdictionTarget(node) for node in self._nodes())]))
        self.area.clear()
        self.area.addItems([self._area_words(area) for area in self._areas])
        self.begins.setDateTime(QDateTime.fromSecsSinceEpoch(round(draft.from_at)))
        self.ends.setDateTime(QDateTime.fromSecsSinceEpoch(round(draft.until_at)))
        self.source.setText(draft.source)
        self.words.setPlainText(draft.text)

    def _nodes(self) -> list[JurisdictionId]:
        """From the officer's own node down to villages: nobody warns of weather by the grid."""
        session, nodes = self._store.session, self._store.picture.jurisdictions
        own = session.jurisdiction_id if session is not None else JurisdictionId("")
        return [key for key, node in nodes.items() if node.level is not Level.GRID and contains(own, key)]

    def _area_words(self, area: WeatherArea) -> str:
        if isinstance(area, PolygonTarget):
            return self._text("weather.area_drawn", count=len(area.corners))
        return self._text("weather.area_node", name=grid_name(self._store, area.jurisdiction_id))

    def _choose(self, _place: int) -> None:
        weather_id = WeatherId(self.which.currentData())
        if weather_id == NEW:
            self._controls.begin()
        else:
            self._controls.show(weather_id)

    # --- doing ----------------------------------------------------------------------------------------

    def written(self) -> WeatherDraft:
        """The alert as the fields say it."""
        return WeatherDraft(
            kind=WeatherKind(self.kind.currentData()),
            level=WeatherLevel(self.level.chosen),
            area=self._areas[self.area.currentIndex()],
            from_at=float(self.begins.dateTime().toSecsSinceEpoch()),
            until_at=float(self.ends.dateTime().toSecsSinceEpoch()),
            text=self.words.toPlainText().strip(),
            source=self.source.text().strip(),
        )

    def _draw(self) -> None:
        draft = self.written()
        self.dismiss()
        self._controls.draw(draft)

    def confirm(self) -> None:
        if self._shown != NEW:
            return
        draft = self.written()
        fault = weather_fault(
            area=draft.area, from_at=draft.from_at, until_at=draft.until_at, now=self._store.server_now()
        )
        if fault is not None:
            self._say_fault(self._text(f"weather.fault.{fault.value}"))
            return
        self.dismiss()
        self._controls.issue(draft)

    def _end(self) -> None:
        self.dismiss()
        self._controls.end(self._shown)

    def _read(self) -> None:
        super()._read()
        text, kind = self._text, self.kind.currentIndex()
        self.kind.clear()
        for each in WeatherKind:
            self.kind.addItem(text(f"weather.kind.{each.value}"), each.value)
        self.kind.setCurrentIndex(max(kind, 0))
        self.level.retranslate()
        self.begins.setAccessibleName(text("weather.begins"))
        self.ends.setAccessibleName(text("weather.end_caption"))
        self.words.setPlaceholderText(text("weather.words_hint"))
        self.source.setPlaceholderText(text("weather.source_hint"))
        self.draw.setText(text("weather.draw"))
        self.issue.setText(text("weather.issue"))
        self.end.setText(text("weather.end"))
