"""The fixed layout of the main window: where its parts are. Three splitters and nothing else can be moved."""

from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QTabWidget, QVBoxLayout, QWidget

from comms.domain.ids import IncidentId
from ui.map.map_widget import MapWidget
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
from ui.text import Texts
from ui.theme import Look
from ui.widgets.toasts import Toasts
from ui.window_sheets import WindowSheets

LEFT_PX, RIGHT_PX, BOTTOM_PX, TOP_PX = 284, 344, 190, 66
_HANDLE_PX = 3


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
    alarms: AlarmsPanel
    hub: HubPanel
    layers: LayersPanel
    marks: MarksPanel
    wall: Wall
    log: LogPanel
    composer: Composer
    sheets: WindowSheets
    large_video: LargeVideo
    toasts: Toasts


class Frame(QWidget):
    def __init__(self, parts: Parts, look: Look, text: Texts) -> None:
        super().__init__()
        self._parts = parts
        self._look = look
        self._text = text
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setExpanding(True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.addTab(parts.units, "")
        self.tabs.addTab(parts.orders, "")
        self.tabs.addTab(parts.hub, "")
        self.tabs.addTab(parts.alarms, "")
        parts.alarms.unseenChanged.connect(self._badge)
        parts.hub.unsentChanged.connect(self._badge_hub)
        self.tabs.tabBarClicked.connect(self._clicked)
        self.tabs.addTab(parts.layers, "")
        self.tabs.addTab(parts.marks, "")
        self._upper = _splitter(Qt.Orientation.Horizontal, parts.map, self.tabs)
        self._lower = _splitter(Qt.Orientation.Horizontal, parts.wall, parts.log)
        self._right = _splitter(Qt.Orientation.Vertical, self._upper, self._lower)
        for splitter in (self._upper, self._right):
            splitter.setStretchFactor(0, 1)
            splitter.setStretchFactor(1, 0)
        self._left = QWidget()
        self._left.setObjectName("panel")
        self._left.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._arrange()
        text.changed.connect(self._read)
        look.changed.connect(self._restyle)
        self._restyle()
        self._read()

    def _arrange(self) -> None:
        parts = self._parts
        column = _column(self._left)
        column.addWidget(parts.talkgroups, 1)
        column.addWidget(parts.calls)
        outer = _column(self)
        outer.addWidget(parts.top_bar)
        outer.addWidget(parts.situation)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        row.addWidget(self._left)
        row.addWidget(self._right, 1)
        outer.addLayout(row, 1)

    def _read(self) -> None:
        self.tabs.setTabText(0, self._text("tab.units"))
        self.tabs.setTabText(1, self._text("tab.orders"))
        self._badge_hub(self._parts.hub.unsent)
        self._badge(self._parts.alarms.unseen)
        self.tabs.setTabText(self.tabs.indexOf(self._parts.layers), self._text("tab.layers"))
        self.tabs.setTabText(self.tabs.indexOf(self._parts.marks), self._text("tab.marks"))
        self._parts.map.retell()

    def _badge(self, unseen: int) -> None:
        """How many alarms wait to be acknowledged. The width is kept, so that no tab moves."""
        words = self._text("tab.alarms_waiting", count=min(unseen, 99)) if unseen > 0 else self._text("tab.alarms")
        self.tabs.setTabText(self.tabs.indexOf(self._parts.alarms), words)

    def _badge_hub(self, unsent: int) -> None:
        """How many incidents wait for somebody to be sent."""
        words = self._text("tab.hub_waiting", count=min(unsent, 99)) if unsent else self._text("tab.hub")
        self.tabs.setTabText(self.tabs.indexOf(self._parts.hub), words)

    def _clicked(self, place: int) -> None:
        if self.tabs.widget(place) is self._parts.hub:
            self.tabs.setCurrentWidget(self._parts.hub)
            self._parts.hub.come_forward()

    def _restyle(self) -> None:
        px, parts, theme = self._look.px, self._parts, self._look.theme
        self._left.setFixedWidth(px(LEFT_PX))
        self.tabs.setMinimumWidth(px(RIGHT_PX - 14))
        parts.wall.setMinimumSize(px(330), px(130))
        parts.log.setMinimumWidth(px(330))
        parts.map.setMinimumSize(px(360), px(260))
        parts.map.set_palette(theme.map)
        parts.map.set_scale(self._look.scale)

    def crown(self, band: QWidget) -> None:
        """Above everything else."""
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(0, band)

    # --- the splitters --------------------------------------------------------------------------------

    def spread(self, size: QSize) -> None:
        """As drawn up, for a window of this size."""
        px = self._look.px
        inner = size.width() - px(LEFT_PX)
        self._upper.setSizes([inner - px(RIGHT_PX), px(RIGHT_PX)])
        self._lower.setSizes([inner // 2, inner - inner // 2])
        self._right.setSizes([size.height() - px(TOP_PX + BOTTOM_PX), px(BOTTOM_PX)])

    def show_hub(self, incident_id: IncidentId) -> None:
        """The hub's list in front, with this one picked."""
        self.tabs.setCurrentWidget(self._parts.hub)
        self._parts.hub.show_picked(incident_id)

    def widen(self) -> None:
        """The lists take most of the map's room, or give it back."""
        map_px, lists_px = self._upper.sizes()
        narrow_px = self._look.px(RIGHT_PX)
        wide_px = map_px + lists_px - self._parts.map.minimumWidth()
        wanted_px = narrow_px if lists_px > (narrow_px + wide_px) // 2 else wide_px
        self._upper.setSizes([map_px + lists_px - wanted_px, wanted_px])

    def words(self) -> list[str]:
        """Where the splitters are, to be kept."""
        states = (splitter.saveState() for splitter in (self._upper, self._lower, self._right))
        return [bytes(state.toBase64().data()).decode() for state in states]

    def restore(self, words: list[str]) -> None:
        for splitter, state in zip((self._upper, self._lower, self._right), words, strict=True):
            splitter.restoreState(QByteArray.fromBase64(state.encode()))


def _splitter(orientation: Qt.Orientation, *widgets: QWidget) -> QSplitter:
    splitter = QSplitter(orientation)
    splitter.setChildrenCollapsible(False)
    splitter.setHandleWidth(_HANDLE_PX)
    for widget in widgets:
        splitter.addWidget(widget)
    return splitter


def _column(parent: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(parent)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    return column
