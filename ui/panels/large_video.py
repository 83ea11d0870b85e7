"""One video large, over the map, for as long as the officer looks at it."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from comms.domain.ids import unit_party
from comms.domain.picture import VideoState
from console.store.notices import Changed, Notice, Reset, SlotChanged
from console.store.store import Store
from ui.desk import Board
from ui.panels.wall import FRAME_MS
from ui.panels.wall_plan import Showing, Stage
from ui.text import Texts
from ui.theme import Look
from ui.watch import follow
from ui.widgets.overlay import Corner, Overlay
from ui.widgets.video_tile import VideoTile
from ui.words import party_name


class LargeVideo(Overlay):
    """Closing it leaves the tile on the wall. It closes by itself when the video ends."""

    def __init__(self, host: QWidget, *, store: Store, board: Board, look: Look, text: Texts) -> None:
        super().__init__(host, Corner.FULL, "sheet")
        self._store = store
        self._text = text
        self._video_id: str | None = None
        self.tile = VideoTile(board, look, text, self)
        self.tile.closed.connect(self._close)
        self.tile.enlarged.connect(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)
        column.addWidget(self.tile)
        self._clock = QTimer(self)
        self._clock.setInterval(FRAME_MS)
        self._clock.timeout.connect(self._tick)
        follow(self, store, self._on_notice)

    def open(self, video_id: str) -> None:
        self._video_id = video_id
        if self._read():
            self.appear()
            self._clock.start()

    def _state(self) -> VideoState | None:
        videos = self._store.picture.videos
        return next((state for state in videos.values() if state.video.id == self._video_id), None)

    def _read(self) -> bool:
        """False when there is nothing to show any more."""
        state = self._state()
        mid = next((mid for mid, slot in self._store.slots.items() if slot.video_id == self._video_id), None)
        if state is None or mid is None or self._video_id is None:
            self._close("")
            return False
        showing = Showing(
            video_id=state.video.id,
            unit_id=state.video.unit_id,
            kind=state.video.kind,
            stage=Stage.PLAYING,
            since=state.started_at,
            mid=mid,
        )
        name = party_name(self._store, unit_party(state.video.unit_id), self._text)
        self.tile.show_video(showing, name, self._store.server_now())
        return True

    def _on_notice(self, notice: Notice) -> None:
        match notice:
            case SlotChanged() | Reset() | Changed(noun="video"):
                if self._video_id is not None and self.isVisible():
                    self._read()
            case _:
                pass

    def _close(self, _video_id: str) -> None:
        self.dismiss()

    def dismiss(self) -> None:
        self._clock.stop()
        self._video_id = None
        super().dismiss()

    def _tick(self) -> None:
        self.tile.take_picture(self._store.server_now())
