"""A replay as an officer of that time had it before him: map, selection and what was in front follow his desk."""

from PySide6.QtCore import QObject

from comms.domain.desk_view import DeskView
from comms.domain.ids import PartyId
from console.replay.player import Player
from ui.desk_view import show_view
from ui.main_window import MainWindow
from ui.replay.bar import ReplayBar
from ui.replay.words import Names


class AsTheDesk(QObject):
    """Call `follow` whenever the player has gone on."""

    def __init__(self, window: MainWindow, player: Player, bar: ReplayBar, names: Names) -> None:
        super().__init__(window)
        self._window, self._player, self._bar, self._names = window, player, bar, names
        self._chosen: PartyId | None = None
        self._shown: DeskView | None = None
        self._known: tuple[PartyId, ...] | None = None
        bar.viewerChosen.connect(self.choose)

    def choose(self, party: str) -> None:
        """Whose desk; empty: one's own view, from where it is now."""
        self._chosen, self._shown = PartyId(party) if party else None, None
        self.follow()

    def follow(self) -> None:
        views = self._player.store.picture.desks.views
        known = tuple(dict.fromkeys((*(self._known or ()), *views)))  # one who has not begun yet can be chosen already
        if known != self._known:
            self._known = known
            self.read()
        view = views.get(self._chosen) if self._chosen is not None else None
        if view is not None and view != self._shown:
            show_view(self._window, view, self._shown)
            self._shown = view

    def read(self) -> None:
        names: dict[str, str] = {party: self._names.party(party) for party in self._known or ()}
        self._bar.show_viewers(names, self._chosen or "")
