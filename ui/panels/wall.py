"""The wall of six video tiles, and the one clock that fetches their pictures."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from comms.domain.ids import UnitId, VideoId, unit_party
from comms.domain.video import VideoPhase
from console.store.notices import Changed, Notice, Reset, SessionChanged, SlotChanged
from console.store.store import Store
from ui.controls import Controls
from ui.desk import Board
from ui.panels.wall_plan import TILES, Stage, WallPlan
from ui.selection import Selection
from ui.text import Texts
from ui.theme import Look
from ui.watch import follow
from ui.widgets.labels import label
from ui.widgets.video_tile import VideoTile
from ui.words import party_name

FRAME_MS = 66
"""15 pictures a second is what terminals send."""
_COLUMNS = 3


class Wall(QWidget):
    """`enlarged` carries the id of a video to be shown large."""

    enlarged = Signal(str)

    def __init__(
        self,
        *,
        store: Store,
        controls: Controls,
        selection: Selection,
        board: Board,
        look: Look,
        text: Texts,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("wall")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._store = store
        self._controls = controls
        self._selection = selection
        self._look = look
        self._text = text
        self._plan = WallPlan()
        self._watched: set[VideoId] = set()
        self._title = label(tone="head", parent=self)
        self._more = label(tone="warn", parent=self)
        self._tiles = [self._tile(board, number) for number in range(TILES)]
        self._arrange()
        self._clock = QTimer(self)
        self._clock.setInterval(FRAME_MS)
        self._clock.timeout.connect(self._tick)
        self._slow = QTimer(self)
        self._slow.setInterval(1000)
        self._slow.timeout.connect(self._read)
        text.changed.connect(self._read)
        look.changed.connect(self._read)
        follow(self, store, self._on_notice)
        self._read()

    @property
    def tiles(self) -> tuple[VideoTile, ...]:
        return tuple(self._tiles)

    def _tile(self, board: Board, number: int) -> VideoTile:
        tile = VideoTile(board, self._look, self._text, self)
        tile.setObjectName(f"tile_{number}")
        tile.closed.connect(self._close)
        tile.watched.connect(self._watch)
        tile.enlarged.connect(self.enlarged)
        tile.picked.connect(self._pick)
        return tile

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 3, 8, 6)
        column.setSpacing(3)
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._more)
        column.addLayout(head)
        grid = QGridLayout()
        grid.setSpacing(4)
        for place, tile in enumerate(self._tiles):
            grid.addWidget(tile, place // _COLUMNS, place % _COLUMNS)
        column.addLayout(grid, 1)

    def _on_notice(self, notice: Notice) -> None:
        match notice:
            case Changed(noun="video", id=video_id):
                self._watch_own(VideoId(video_id))
                self._read()
            case SlotChanged() | Reset() | SessionChanged():
                self._read()
            case _:
                pass

    def _watch_own(self, video_id: VideoId) -> None:
        """What this desk asked for is put on the wall as soon as the worker consents."""
        state = self._store.picture.videos.get(video_id)
        session = self._store.session
        if state is None or session is None or state.phase is not VideoPhase.LIVE:
            return
        if state.video.asked_by == session.party and video_id not in self._watched:
            self._watched.add(video_id)
            self._controls.watch(video_id)

    def _read(self) -> None:
        self._plan.arrange(self._store)
        now = self._store.server_now()
        for tile, showing in zip(self._tiles, self._plan.tiles, strict=True):
            name = party_name(self._store, unit_party(showing.unit_id), self._text) if showing is not None else ""
            tile.show_video(showing, name, now)
        self._title.setText(self._text("wall.title"))
        waiting = self._plan.waiting
        self._more.setText(self._text("wall.more", count=waiting) if waiting else "")
        shown = [showing for showing in self._plan.tiles if showing is not None]
        self._run(self._clock, any(showing.stage is Stage.PLAYING for showing in shown))
        self._run(self._slow, bool(shown))

    def _run(self, timer: QTimer, is_needed: bool) -> None:
        if is_needed and not timer.isActive():
            timer.start()
        elif not is_needed:
            timer.stop()

    def _tick(self) -> None:
        now = self._store.server_now()
        for tile in self._tiles:
            tile.take_picture(now)

    # --- doing ----------------------------------------------------------------------------------------

    def _close(self, video: str) -> None:
        video_id = VideoId(video)
        showing = next((one for one in self._plan.tiles if one is not None and one.video_id == video_id), None)
        if showing is None:
            return
        match showing.stage:
            case Stage.OFFERED | Stage.ENDED:
                self._plan.dismiss(video_id)
            case _ if showing.is_own:
                self._controls.stop_video(video_id)
            case _:
                self._controls.unwatch(video_id)
        self._read()

    def _watch(self, video_id: str) -> None:
        self._controls.watch(VideoId(video_id))

    def _pick(self, unit_id: str) -> None:
        self._selection.set_units((UnitId(unit_id),))
