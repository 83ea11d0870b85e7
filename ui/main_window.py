"""The main window: builds the parts and connects them. The layout is in `frame`, what is shown when in `shows`."""

from PySide6.QtCore import QByteArray, QSize, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QStyle, QTabWidget

from console.settings import Settings
from console.store.store import Store
from ui.account.lock import Lock
from ui.acting import Acting, Spawn
from ui.background import Background
from ui.bell import Bell
from ui.command_keys import CommandKeys
from ui.controls import Controls
from ui.desk import Actions, Board, Devices, Playback
from ui.drill.desk import DrillDesk
from ui.frame import Frame, Parts
from ui.going import Going
from ui.hub.bell import HubBell
from ui.layer.desk import LayerDesk
from ui.layer.sheets import LayerSheets
from ui.map.map_widget import MapWidget
from ui.map_desk import MapDesk
from ui.minimap_desk import MinimapDesk
from ui.models.presence import Presence
from ui.panels.alarms import AlarmsPanel
from ui.panels.calls import CallStrip
from ui.panels.composer import Composer
from ui.panels.hub import HubPanel
from ui.panels.large_video import LargeVideo
from ui.panels.layers import LayersPanel
from ui.panels.log import LogPanel
from ui.panels.marks import MarksPanel
from ui.panels.orders import OrdersPanel
from ui.panels.situation import SituationStrip
from ui.panels.talkgroups import TalkgroupBar
from ui.panels.top_bar import TopBar
from ui.panels.units import UnitsPanel
from ui.panels.wall import Wall
from ui.place.places import Places
from ui.push_to_talk import PushToTalk
from ui.selection import Selection
from ui.shows import Shows
from ui.support.desk_watch import DeskWatch
from ui.text import Texts
from ui.theme import Look, scale_for
from ui.track.desk import TrackDesk
from ui.track.trail_desk import TrailDesk
from ui.widgets.drill_mark import marked_for
from ui.widgets.toasts import Toasts
from ui.window_sheets import WindowSheets
from ui.workplace import Workplace

LEAST_WIDTH, LEAST_HEIGHT = 1366, 700
_FIRST_SIZE = QSize(1600, 900)


def first_size(room: QSize, title_px: int) -> QSize:
    """A new window lies wholly on a screen with so much room, its title (so high) as well; in logical pixels."""
    return _FIRST_SIZE.boundedTo(room - QSize(0, title_px)).expandedTo(QSize(LEAST_WIDTH, LEAST_HEIGHT))


class MainWindow(QMainWindow):
    """`settingsChanged` carries Settings to keep; `signOutWanted` and `closed` are for the composition root.

    `spawn` runs a coroutine to its end on the interface's loop; `playback` and `devices` see `ui.desk`."""

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
        self._store, self._text, self._look, self._settings = store, text, look, settings
        self._dress()
        self.selection, self.background = Selection(self), Background(store.gate, self)
        self.acting, self._bell = Acting(spawn, text, self), Bell(playback.ring)
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
        self.workplace = self._make_workplace(actions)
        self.parts = self._make_parts(actions, board, playback, devices)
        self._frame, self.drill_desk = Frame(self.parts, look, text), DrillDesk(self, self.workplace)
        self.map_desk = MapDesk(self.parts.map, self.parts.composer, self.controls, look, text, self)
        self.places = Places(self.parts, self.workplace, self)
        self.minimap_desk = MinimapDesk(self.parts.map, self.layer_desk, self.background, look, text, self)
        self.layer_sheets = LayerSheets(self, self.parts, self.layer_desk, acting=self.acting, look=look, text=text)
        self.track_desk = TrackDesk(self.parts.map, self.controls, actions, self.acting, look, text, self)
        self.trail_desk = TrailDesk(self.layer_desk, self.controls, actions.tracking, self.acting, text, self)
        self.shows = Shows(self, devices=devices, actions=actions, acting=self.acting, look=look, text=text)
        self._connect()
        self._begin()

    # --- building -------------------------------------------------------------------------------------

    def _make_parts(self, actions: Actions, board: Board, playback: Playback, devices: Devices) -> Parts:
        store, text, look, controls, selection = self._store, self._text, self._look, self.controls, self.selection
        presence, centre = Presence(store, self), MapWidget(store, text, look.theme.map, scale=look.scale)
        self.layer_desk = LayerDesk(centre, self.background, store=store, text=text, parent=self)
        return Parts(
            top_bar=TopBar(store=store, controls=controls, devices=devices, look=look, text=text),
            situation=SituationStrip(store=store, alarms=controls.alarms.own, presence=presence, look=look, text=text),
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
            alarms=AlarmsPanel(
                store=store, controls=controls, selection=selection, bell=self._bell, look=look, text=text
            ),
            hub=HubPanel(store=store, controls=controls, selection=selection, look=look, text=text),
            layers=LayersPanel(self.layer_desk, look=look, text=text),
            marks=MarksPanel(store=store, controls=controls, look=look, text=text),
            wall=Wall(store=store, controls=controls, selection=selection, board=board, look=look, text=text),
            log=LogPanel(store=store, controls=controls, selection=selection, playback=playback, look=look, text=text),
            composer=self._make_composer(centre, actions),
            sheets=WindowSheets(self.workplace),
            large_video=LargeVideo(centre, store=store, board=board, look=look, text=text),
            toasts=Toasts(centre, look, text),
        )

    def _make_composer(self, host: MapWidget, actions: Actions) -> Composer:
        return Composer(
            host,
            store=self._store,
            dispatch=actions.dispatch,
            selection=self.selection,
            acting=self.acting,
            look=self._look,
            text=self._text,
        )

    def _make_workplace(self, actions: Actions) -> Workplace:
        return Workplace(
            host=self,
            store=self._store,
            actions=actions,
            controls=self.controls,
            acting=self.acting,
            background=self.background,
            look=self._look,
            text=self._text,
            layers=self._layers,
        )

    def _layers(self) -> LayerDesk:
        return self.layer_desk

    def _connect(self) -> None:
        parts, controls, shows = self.parts, self.controls, self.shows
        self.going, self.lock = Going(self, shows), Lock(self, self.workplace)
        self.acting.said.connect(parts.toasts.say)
        self.push_to_talk.notHeard.connect(shows.say_not_heard)
        controls.orders.composing.connect(parts.composer.begin)
        controls.area_calls.calling.connect(self.push_to_talk.hold_called)
        controls.area_calls.failed.connect(self.push_to_talk.drop_called)
        parts.sheets.open_for(controls)
        controls.hub.picking.connect(self._frame.show_hub)
        controls.centring.connect(self.map_desk.centre)
        controls.showing.connect(shows.show)
        parts.top_bar.deviceChosen.connect(shows.choose_device)
        parts.wall.enlarged.connect(parts.large_video.open)
        parts.composer.issued.connect(shows.show_issued)
        parts.composer.issuedForMore.connect(controls.hub.bulk.link)
        parts.composer.items.applyWanted.connect(controls.items.apply_for)
        parts.units.contextWanted.connect(self.map_desk.unit_menu)
        parts.orders.detail.photosWanted.connect(shows.show_photos)
        self.places.incidents.photosWanted.connect(shows.show_photos)
        parts.log.olderWanted.connect(shows.read_older)
        self._text.changed.connect(self.read_title)
        self._look.changed.connect(self._dress)

    def _begin(self) -> None:
        self.setCentralWidget(self._frame)
        self._frame.crown(self.drill_desk.band)
        CommandKeys(self, self.controls)
        HubBell(self._store, self.controls, self._bell.part("hub"), self)
        DeskWatch(self._store, self)
        self.setObjectName("desk")
        self._look.space(self)
        self.read_title()
        states = self._settings.window.split(" ")
        if len(states) == 4:
            self.restoreGeometry(QByteArray.fromBase64(states[0].encode()))
            self._frame.restore(states[1:])
        else:
            title_px = self.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight)
            self.resize(first_size(self.screen().availableSize(), title_px))
            self._frame.spread(self.size())
        self.parts.map.setFocus()

    # --- living ---------------------------------------------------------------------------------------

    @property
    def tabs(self) -> QTabWidget:
        return self._frame.tabs

    @property
    def settings(self) -> Settings:
        return self._settings

    def widen_lists(self) -> None:
        self._frame.widen()

    def keep_settings(self, settings: Settings) -> None:
        """Take a choice of the officer's and have it kept."""
        self._settings = settings
        self._text.switch(settings.locale)
        self.settingsChanged.emit(settings)

    def window_words(self) -> str:
        """The window's place and splitters, as `Settings.window` keeps them."""
        return " ".join([bytes(self.saveGeometry().toBase64().data()).decode(), *self._frame.words()])

    def read_title(self) -> None:
        self.setWindowTitle(marked_for(self, self._text("product.name")))

    def _dress(self) -> None:
        """Also before there is anything in it: what comes into a dressed window is styled once, not twice."""
        self._look.dress(self)
        self.setMinimumSize(LEAST_WIDTH, LEAST_HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        scale = scale_for(event.size())
        if scale != self._look.scale:
            self._look.set_scale(scale)
            self._frame.spread(event.size())

    def closeEvent(self, event: QCloseEvent) -> None:
        self.push_to_talk.release_all()
        self.background.stop()
        self.layer_desk.stop()
        self.parts.map.close()
        self.closed.emit()
        super().closeEvent(event)
