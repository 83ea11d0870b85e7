"""The top bar: who sits here, what time it is, whether the desk is connected, heard and hears."""

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QToolButton, QWidget

from console.store.notices import Changed, LinkChanged, MediaChanged, Notice, Reset, SessionChanged
from console.store.store import Store
from ui.commands import BY_ID
from ui.controls import Controls
from ui.desk import Devices
from ui.text import Texts
from ui.theme import Look
from ui.watch import follow
from ui.widgets.command_button import key_words
from ui.widgets.icons import icon
from ui.widgets.labels import ElidedLabel, label
from ui.widgets.meters import LinkLamp, SoundMeter
from ui.words import clock_time, day, jurisdiction_path

HEIGHT_PX = 36
_TOOLS = ("shortcuts", "language", "theme", "settings")


class TopBar(QWidget):
    """`deviceChosen` carries `microphone` or `speaker` and the device's name, empty for the system's choice."""

    deviceChosen = Signal(str, str)

    def __init__(
        self,
        *,
        store: Store,
        controls: Controls,
        devices: Devices,
        look: Look,
        text: Texts,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("topBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._store = store
        self._controls = controls
        self._devices = devices
        self._look = look
        self._text = text
        self._product = label(tone="title", parent=self)
        self._seat = ElidedLabel(tone="dim", parent=self)
        self._search = QPushButton(self)
        self._search.setObjectName("search")
        self._search.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._sound = SoundMeter(look, text, self)
        self._menu = QMenu(self._sound)
        self._sound.setMenu(self._menu)
        self._lamp = LinkLamp(look, text, self)
        self._time = label(tone="head", parent=self)
        self._tools = {command_id: self._tool(command_id) for command_id in _TOOLS}
        self._arrange()
        self._connect()
        self._restyle()
        self._read()

    def _connect(self) -> None:
        self._search.clicked.connect(self._open_palette)
        self._menu.aboutToShow.connect(self._fill_menu)
        self._second = QTimer(self)
        self._second.setInterval(500)
        self._second.timeout.connect(self._show_time)
        self._second.start()
        self._text.changed.connect(self._read)
        self._look.changed.connect(self._restyle)
        follow(self, self._store, self._on_notice)

    def _tool(self, command_id: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(command_id)
        button.setProperty("tone", "flat")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(self._run_tool)
        return button

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 2, 8, 2)
        row.setSpacing(8)
        row.addWidget(self._product)
        row.addWidget(self._seat, 1)
        row.addWidget(self._search)
        row.addWidget(self._sound)
        row.addWidget(self._lamp)
        row.addWidget(self._time)
        for button in self._tools.values():
            row.addWidget(button)

    # --- showing --------------------------------------------------------------------------------------

    def _on_notice(self, notice: Notice) -> None:
        match notice:
            case LinkChanged():
                self._lamp.show_report(self._store.link)
            case MediaChanged():
                self._sound.show_report(self._store.media)
            case SessionChanged() | Reset() | Changed(noun="jurisdiction"):
                self._read_seat()
            case _:
                pass

    def _read(self) -> None:
        text = self._text
        self._product.setText(text("product.name"))
        self._search.setText(f"{text('search.hint')}   {key_words('Ctrl+K')}")
        for command_id, button in self._tools.items():
            command = BY_ID[command_id]
            key = key_words(command.keys[0]) if command.keys else ""
            button.setToolTip(f"{command.name(text)}  {key}".strip())
            button.setAccessibleName(command.name(text))
        self._tools["language"].setText(text("language.other"))
        self._lamp.show_report(self._store.link)
        self._sound.show_report(self._store.media)
        self._read_seat()
        self._show_time()

    def _read_seat(self) -> None:
        session = self._store.session
        if session is None:
            self._seat.setText(self._text("seat.nobody"))
        else:
            path = jurisdiction_path(self._store.picture, session.jurisdiction_id)
            self._seat.setText(self._text("seat.officer", place=path, name=session.name).strip())

    def _show_time(self) -> None:
        now = self._store.server_now()
        self._time.setText(clock_time(now))
        self._time.setToolTip(day(now))

    def _restyle(self) -> None:
        look, theme = self._look, self._look.theme
        self.setFixedHeight(look.px(HEIGHT_PX))
        self._search.setFixedWidth(look.px(270))
        self._search.setIcon(icon("search", theme.text_dim))
        pictures = {"shortcuts": "keyboard", "language": "language", "settings": "settings"}
        pictures["theme"] = "sun" if theme.is_dark else "moon"
        for command_id, button in self._tools.items():
            button.setIcon(icon(pictures[command_id], theme.text_dim))
            button.setIconSize(QSize(look.px(18), look.px(18)))
            button.setFixedHeight(look.px(30))
        self._tools["language"].setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._lamp.setFixedWidth(look.px(120))
        self._time.setFixedWidth(look.px(66))
        self._sound.setFixedSize(look.px(92), look.px(30))
        self._sound.update()
        self._lamp.update()

    # --- doing ----------------------------------------------------------------------------------------

    def _open_palette(self) -> None:
        BY_ID["palette"].run(self._controls)

    def _run_tool(self) -> None:
        button = self.sender()
        if button is not None:
            BY_ID[button.objectName()].run(self._controls)

    def _fill_menu(self) -> None:
        self._menu.clear()
        media = self._store.media
        self._fill_devices("microphone", self._text("device.microphone"), self._devices.microphones(), media.microphone)
        self._menu.addSeparator()
        self._fill_devices("speaker", self._text("device.speaker"), self._devices.speakers(), media.speaker)

    def _fill_devices(self, kind: str, title: str, names: tuple[str, ...], present: str) -> None:
        head = QAction(title, self._menu)
        head.setEnabled(False)
        self._menu.addAction(head)
        group = QActionGroup(self._menu)
        for name in ("", *names):
            action = QAction(name or self._text("device.default"), self._menu)
            action.setCheckable(True)
            action.setChecked(name == present)
            action.setData((kind, name))
            action.triggered.connect(self._choose_device)
            group.addAction(action)
            self._menu.addAction(action)

    def _choose_device(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        kind, name = action.data()
        self.deviceChosen.emit(kind, name)
