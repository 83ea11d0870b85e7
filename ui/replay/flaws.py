"""What of a recording is not as it was written: a button that counts, a sheet of sentences, and one said at once."""

from collections.abc import Callable

from comms.journal.replay.source import Flaw
from comms.journal.replay.voices import Burst
from console.replay.player import Player
from ui.main_window import MainWindow
from ui.replay.bar import ReplayBar
from ui.replay.sheets import FlawSheet
from ui.replay.words import flaw_words
from ui.text import Texts
from ui.theme import Look


class FlawDesk:
    def __init__(
        self,
        window: MainWindow,
        player: Player,
        bar: ReplayBar,
        *,
        name_of: Callable[[str], str],
        look: Look,
        text: Texts,
    ) -> None:
        self._window, self._player, self._bar, self._name_of, self._text = window, player, bar, name_of, text
        self._known: tuple[Flaw, ...] = ()
        self.sheet = FlawSheet(window, look, text)

    def look(self) -> None:
        """Whether there are more of them."""
        flaws = self._player.replay.flaws
        if flaws != self._known:
            new = [flaw for flaw in flaws if flaw not in self._known]
            self._known = flaws
            self.read()
            self._window.acting.tell("warn", self._words(new[0]))

    def read(self) -> None:
        self.sheet.show_sentences(tuple(self._words(flaw) for flaw in self._known))
        self._bar.show_flaws(len(self._known))

    def _words(self, flaw: Flaw) -> str:
        replay = self._player.replay
        return flaw_words(flaw, self._text, sound_seq=replay.made.seq, burst_of=self._burst_of, name_of=self._name_of)

    def _burst_of(self, blob_id: str) -> Burst | None:
        return next((burst for burst in self._player.replay.bursts if burst.blob_id == blob_id), None)
