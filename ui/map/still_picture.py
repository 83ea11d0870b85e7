"""The live picture as it was at one moment: for a print that is painted bit by bit while units move on."""

from ui.map.live_picture import LivePicture
from ui.map.unit_columns import UnitColumns
from ui.text import Texts


class StillPicture(LivePicture):
    """Positions and time stand still; it is told of no notice."""

    def __init__(self, live: LivePicture, text: Texts) -> None:
        super().__init__(live.store, text)
        self._taken_at = live.now
        self.columns = UnitColumns(live.columns.positions.copied())

    @property
    def now(self) -> float:
        return self._taken_at
