"""Says over the map that what it shows is not now: nobody may take the past for the present."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from ui.text import Texts
from ui.theme import Look
from ui.words import clock_time, day

BELOW_TOOLS_PX = 52


class ReplayBanner(QLabel):
    """In the middle, below the map's tools; hidden at first."""

    def __init__(self, host: QWidget, look: Look, text: Texts) -> None:
        super().__init__(host)
        self._host = host
        self._look = look
        self._text = text
        self.setObjectName("replay_banner")
        self.setProperty("tone", "ringing")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_moment(self, at: float) -> None:
        self.setText(self._text("track.banner", day=day(at), time=clock_time(at)))
        self.resize(self.sizeHint())
        self.move((self._host.width() - self.width()) // 2, self._look.px(BELOW_TOOLS_PX))
        self.show()
