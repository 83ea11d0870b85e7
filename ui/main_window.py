"""The main window: arranges the parts and connects them. Fixed layout, three splitters, no logic of its own."""

from dataclasses import dataclass

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QHBoxLayout,
    QMainWindow,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from console.settings import Settings
from console.store.notices import Notice, Warned
from console.store.store import Store
from ui.acting import Acting, Spawn
from ui.commands import COMMANDS
from ui.controls import Controls
from ui.desk import Actions, Board, Devices, Playback
from ui.dialogs.palette import CommandPalette
from ui.dialogs.reason import ReasonSheet
from ui.finder import Finder
from ui.map.map_widget import MapWidget
from ui.map_desk import MapDesk
from ui.models.presence import Presence
from ui.panels.calls import CallStrip
from ui.panels.composer import Composer
from ui.panels.large_video import LargeVideo
from ui.panels.log import LogPanel
from ui.panels.orders import OrdersPanel
from ui.panels.situation import SituationStrip
from ui.panels.talkgroups import TalkgroupBar
from ui.panels.top_bar import TopBar
from ui.panels.units import UnitsPanel
from ui.panels.wall import Wall
from ui.push_to_talk import PushToTalk
from ui.selection import Selection
from ui.shows import Shows
from ui.text import Texts
from ui.theme import Look, scale_for
from ui.watch import follow
from ui.widgets.toasts import Toasts

LEFT_PX, RIGHT_PX, BOTTOM_PX = 284, 344, 190
LEAST_WIDTH, LEAST_HEIGHT = 1366, 720


@dataclass(frozen=True, slots=True)
class Parts:
    """The widgets of the window, by what they are."""

    top_bar: TopBar
    situation: SituationStrip
    talkgroups: TalkgroupBar
    calls: CallStrip
    map: MapWidget
    units: UnitsPanel
    orders: OrdersPanel
    wall: Wall
    log: LogPanel
    composer: Composer
    palette: CommandPalette
    reason: ReasonSheet
    large_video: LargeVideo
    toasts: Toasts


class MainWindow(QMainWindow):
    """`settingsChanged` carries Settings to keep; `signOutWanted` and `closed` are for the composition root."""

    settingsChanged = Signal(object)
    signOutWanted = Signal()
    closed = Signal()

    def __init__(
        self,
        *,
        store: Store,
        actions: Actions,
        board: Board,
        playback: Playback,
        devices: Devices,
        spawn: Spawn,
        text: Texts,
        look: Look,
        settings: Settings,
    ) -> None:
        super().__init__()
        self.setObjectName("desk")
        self._store = store
        self._text = text
        self._look = look
        self._settings = settings
        self.selection = Selection(self)
        self.acting = Acting(spawn, text, self)
        self.controls = Controls(
            store=store,
            actions=actions,
            selection=self.selection,
            acting=self.acting,
            playback=playback,
            text=text,
            parent=self,
        )
        self.push_to_talk = PushToTalk(self, store=store, voice=actions.voice, selection=self.selection)
        self.parts = self._make_parts(actions, board, playback, devices)
        self._splitters = self._arrange()
        self._map_desk = MapDesk(self.parts.map, self.parts.composer, self.controls, look, text, self)
        self.shows = Shows(self, devices=devices, actions=actions, acting=self.acting, look=look, text=text)
        self._actions = self._make_actions()
        self._connect()
        follow(self, store, self._on_notice)
        self._dress()
        self._read()
        self._restore(settings.window)
        self.parts.map.setFocus()

    # --- building -------------------------------------------------------------------------------------

    def _make_parts(self, actions: Actions, board: Board, playback: Playback, devices: Devices) -> Parts:
        store, text, look, controls, selection = self._store, self._text, self._look, self.controls, self.selection
        presence = Presence(store)
        centre = MapWidget(store, text, look.theme.map, scale=look.scale)
        finder = Finder(store, controls, text)
        return Parts(
            top_bar=TopBar(store=store, controls=controls, devices=devices, look=look, text=text),
            situation=SituationStrip(store=store, presence=presence, look=look, text=text),
            talkgroups=TalkgroupBar(
                store=store,
                controls=controls,
                selection=selection,
                push_to_talk=self.push_to_talk,
                presence=presence,
                look=look,
                text=text,
            ),
            calls=CallStrip(store=store, controls=controls, look=look, text=text),
            map=centre,
            units=UnitsPanel(
                store=store, controls=controls, selection=selection, presence=presence, look=look, text=text
            ),
            orders=OrdersPanel(store=store, controls=controls, selection=selection, look=look, text=text),
            wall=Wall(store=store, controls=controls, selection=selection, board=board, look=look, text=text),
            log=LogPanel(store=store, controls=controls, selection=selection, playback=playback, look=look, text=text),
            composer=Composer(
                centre,
                store=store,
                dispatch=actions.dispatch,
                selection=selection,
                acting=self.acting,
                look=look,
                text=text,
            ),
            palette=CommandPalette(self, finder=finder, look=look, text=text),
            reason=ReasonSheet(self, look=look, text=text),
            large_video=LargeVideo(centre, store=store, board=board, look=look, text=text),
            toasts=Toasts(centre, look, text),
        )

    def _arrange(self) -> dict[str, QSplitter]:
        parts = self.parts
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.tabBar().setExpanding(True)
        self._tabs.tabBar().setDrawBase(False)
        self._tabs.addTab(parts.units, "")
        self._tabs.addTab(parts.orders, "")
        upper, lower = QSplitter(Qt.Orientation.Horizontal), QSplitter(Qt.Orientation.Horizontal)
        right = QSplitter(Qt.Orientation.Vertical)
        for splitter, widgets in (
            (upper, (parts.map, self._tabs)),
            (lower, (parts.wall, parts.log)),
            (right, (upper, lower)),
        ):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(3)
            for widget in widgets:
                splitter.addWidget(widget)
        for splitter in (upper, right):
            splitter.setStretchFactor(0, 1)
            splitter.setStretchFactor(1, 0)
        self._left = QWidget()
        self._left.setObjectName("panel")
        self._left.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = _column(self._left)
        column.addWidget(parts.talkgroups, 1)
        column.addWidget(parts.calls)
        body = QWidget()
        outer = _column(body)
        outer.addWidget(parts.top_bar)
        outer.addWidget(parts.situation)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        row.addWidget(self._left)
        row.addWidget(right, 1)
        outer.addLayout(row, 1)
        self.setCentralWidget(body)
        return {"upper": upper, "lower": lower, "right": right}

    def _make_actions(self) -> list[QAction]:
        actions = []
        for command in COMMANDS:
            action = QAction(self)
            action.setObjectName(f"key_{command.id}")
            action.setShortcuts([QKeySequence(key) for key in command.keys])
            action.setAutoRepeat(False)
            action.setData(command)
            action.triggered.connect(self._run_action)
            self.addAction(action)
            actions.append(action)
        return actions

    def _connect(self) -> None:
        parts, controls = self.parts, self.controls
        self.acting.said.connect(parts.toasts.say)
        self.push_to_talk.notHeard.connect(self.shows.say_not_heard)
        controls.composing.connect(parts.composer.begin)
        controls.asking.connect(parts.reason.ask)
        controls.centring.connect(self._map_desk.centre)
        controls.showing.connect(self.shows.show)
        parts.situation.alertClicked.connect(self.shows.go_to_alert)
        parts.top_bar.deviceChosen.connect(self.shows.choose_device)
        parts.wall.enlarged.connect(parts.large_video.open)
        parts.composer.issued.connect(self.shows.show_issued)
        parts.units.contextWanted.connect(self._map_desk.unit_menu)
        parts.orders.detail.photosWanted.connect(self.shows.show_photos)
        parts.log.olderWanted.connect(self.shows.read_older)
        self._text.changed.connect(self._read)
        self._look.changed.connect(self._dress)

    # --- living ---------------------------------------------------------------------------------------

    @property
    def tabs(self) -> QTabWidget:
        return self._tabs

    @property
    def settings(self) -> Settings:
        return self._settings

    def keep_settings(self, settings: Settings) -> None:
        """Take a choice of the officer's and have it kept."""
        self._settings = settings
        self._text.switch(settings.locale)
        self.settingsChanged.emit(settings)

    def _run_action(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        command = action.data()
        if command.is_enabled(self.controls):
            command.run(self.controls)

    def _on_notice(self, notice: Notice) -> None:
        if isinstance(notice, Warned):
            self.acting.tell("danger", notice.text or self._text.refusal(notice.code), notice.code.value)

    def _read(self) -> None:
        text = self._text
        self.setWindowTitle(text("product.name"))
        self._tabs.setTabText(0, text("tab.units"))
        self._tabs.setTabText(1, text("tab.orders"))
        self.parts.map.retell()

    def _dress(self) -> None:
        look = self._look
        look.dress(self)
        self.setMinimumSize(LEAST_WIDTH, LEAST_HEIGHT)
        self._left.setFixedWidth(look.px(LEFT_PX))
        self._tabs.setMinimumWidth(look.px(RIGHT_PX - 14))
        self.parts.wall.setMinimumSize(look.px(330), look.px(130))
        self.parts.log.setMinimumWidth(look.px(330))
        self.parts.map.setMinimumSize(look.px(360), look.px(260))
        self.parts.map.set_palette(look.theme.map)
        self.parts.map.set_scale(look.scale)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        scale = scale_for(event.size())
        if scale != self._look.scale:
            self._look.set_scale(scale)
            self.spread()

    def spread(self) -> None:
        """The splitters as they are drawn up."""
        px, width, height = self._look.px, self.width(), self.height()
        inner = width - px(LEFT_PX)
        self._splitters["upper"].setSizes([inner - px(RIGHT_PX), px(RIGHT_PX)])
        self._splitters["lower"].setSizes([inner // 2, inner - inner // 2])
        self._splitters["right"].setSizes([height - px(66 + BOTTOM_PX), px(BOTTOM_PX)])

    def _restore(self, saved: str) -> None:
        """Where the officer left the window and its splitters; else as drawn up."""
        states = saved.split(" ")
        names = tuple(self._splitters)
        if len(states) == len(names) + 1:
            self.restoreGeometry(QByteArray.fromBase64(states[0].encode()))
            for name, state in zip(names, states[1:], strict=True):
                self._splitters[name].restoreState(QByteArray.fromBase64(state.encode()))
        else:
            self.resize(1600, 900)
            self.spread()

    def window_words(self) -> str:
        """The window's place and splitters, as `Settings.window` keeps them."""
        states = [self.saveGeometry(), *(splitter.saveState() for splitter in self._splitters.values())]
        return " ".join(bytes(state.toBase64().data()).decode() for state in states)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button in focus: the space key belongs to the talk button."""
        focus = QApplication.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focus, QAbstractButton):
            focus.click()
            return
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.push_to_talk.release_all()
        self.parts.map.close()
        self.closed.emit()
        super().closeEvent(event)


def _column(parent: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(parent)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    return column
