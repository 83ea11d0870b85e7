"""What the officer may choose for this desk: devices, look, language. Takes effect at once."""

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from comms.protocol.errors import Locale
from console.settings import Settings
from ui.desk import Devices
from ui.text import Texts
from ui.theme import THEMES, Look
from ui.widgets.choices import Choices
from ui.widgets.labels import label

_FULL = 100


class SettingsDialog(QDialog):
    """`changed` carries the new Settings after every choice."""

    changed = Signal(object)

    def __init__(
        self, settings: Settings, *, devices: Devices, look: Look, text: Texts, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("settings")
        self._settings = settings
        self._devices = devices
        self._look = look
        self._text = text
        self._captions = [label(tone="dim", parent=self) for _ in range(6)]
        self.microphone = self._device_box(settings.microphone, devices.microphones())
        self.speaker = self._device_box(settings.speaker, devices.speakers())
        self.volume = QSlider(Qt.Orientation.Horizontal, self)
        self.volume.setRange(0, _FULL)
        self.volume.setValue(round(settings.volume * _FULL))
        self.echo = Choices(("on", "off"), "echo", text, self)
        self.echo.choose("on" if settings.is_echo_cancelled else "off")
        self.theme = Choices(tuple(THEMES), "theme", text, self)
        self.theme.choose(look.theme.name)
        self.language = Choices(tuple(one.value for one in Locale), "language", text, self)
        self.language.choose(text.locale.value)
        self._close = QPushButton(self)
        self._close.clicked.connect(self.close)
        self._arrange()
        self._wire()
        text.changed.connect(self._read)
        look.changed.connect(self._dress)
        self._dress()
        self._read()

    def _device_box(self, present: str, names: tuple[str, ...]) -> QComboBox:
        """A device that is unplugged now stays chosen: it comes back by itself."""
        box = QComboBox(self)
        box.addItem("", "")
        for name in names if present in ("", *names) else (*names, present):
            box.addItem(name, name)
        box.setCurrentIndex(max(0, box.findData(present)))
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        return box

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 18)
        form = QFormLayout()
        form.setSpacing(10)
        fields = (self.microphone, self.speaker, self.volume, self.echo, self.theme, self.language)
        for caption, field in zip(self._captions, fields, strict=True):
            form.addRow(caption, field)
        column.addLayout(form)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._close)
        column.addLayout(row)

    def _wire(self) -> None:
        self.microphone.currentIndexChanged.connect(self._take)
        self.speaker.currentIndexChanged.connect(self._take)
        self.volume.valueChanged.connect(self._take)
        self.echo.changed.connect(self._take)
        self.theme.changed.connect(self._take)
        self.language.changed.connect(self._take)

    def _take(self) -> None:
        self._settings = msgspec.structs.replace(
            self._settings,
            microphone=self.microphone.currentData(),
            speaker=self.speaker.currentData(),
            volume=self.volume.value() / _FULL,
            is_echo_cancelled=self.echo.chosen == "on",
            theme=self.theme.chosen,
            locale=Locale(self.language.chosen),
        )
        self.changed.emit(self._settings)

    def _dress(self) -> None:
        self._look.dress(self)
        self.setFixedWidth(self._look.px(460))

    def _read(self) -> None:
        text = self._text
        self.setWindowTitle(text("settings.title"))
        keys = ("microphone", "speaker", "volume", "echo", "theme", "language")
        for caption, key in zip(self._captions, keys, strict=True):
            caption.setText(text(f"settings.{key}"))
        self.echo.retranslate()
        self._close.setText(text("settings.close"))
        for box in (self.microphone, self.speaker):
            box.setItemText(0, text("device.default"))
        self.theme.retranslate()
        self.language.retranslate()
