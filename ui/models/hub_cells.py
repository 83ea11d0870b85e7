"""What the hub's list says of one incident, column by column."""

from dataclasses import dataclass
from enum import StrEnum
from math import isinf

from console.store.store import Store
from ui.models.hub_columns import CASE_STAGES_FROM, PRIORITIES, STAGES, HubColumns
from ui.models.hub_order import Arrangement
from ui.text import Texts
from ui.words import duration, short_age

SOON_S = 600.0
"""A clock with so much left, or less, is warned of."""


class Tone(StrEnum):
    PLAIN = "plain"
    DIM = "dim"
    WARN = "warn"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Cell:
    words: str
    tone: Tone = Tone.DIM


class HubCells:
    def __init__(self, store: Store, columns: HubColumns, text: Texts) -> None:
        self._store = store
        self._columns = columns
        self._text = text

    def cell(self, row: int, column: int) -> Cell:
        columns = self._columns
        match column:
            case 0:
                return Cell(self._text(f"priority.{PRIORITIES[columns.priority[row]].value}"))
            case 1:
                return Cell(self.kind(row), Tone.PLAIN)
            case 2:
                return Cell(columns.texts[row], Tone.PLAIN)
            case 3:
                return Cell(self.grid(row))
            case 4:
                return Cell(self.source(row))
            case 5:
                return Cell(self.stage(columns.stage[row]))
            case 6:
                return Cell(self._units(row))
            case 7:
                return Cell(short_age(self._store.server_now() - float(columns.at[row]), self._text))
            case _:
                return self.clock(row)

    def clock(self, row: int) -> Cell:
        """Time left of the clock that runs out first, or time over."""
        due = float(self._columns.due[row])
        if isinf(due):
            return Cell("")
        left = due - self._store.server_now()
        if left < 0:
            return Cell(self._text("hub.over", time=duration(-left)), Tone.DANGER)
        return Cell(duration(left), Tone.WARN if left <= SOON_S else Tone.PLAIN)

    def grid(self, row: int) -> str:
        """The last name only: what is above it is the same for most."""
        return self._columns.grid_words(self._columns.grid[row]).rpartition(" › ")[2]

    def kind(self, row: int) -> str:
        """With how many it carries."""
        kind = self._columns.kinds.known[self._columns.kind[row]]
        merged = int(self._columns.merged[row])
        return self._text("hub.merged_mark", kind=kind, count=merged) if merged else kind

    def source(self, row: int) -> str:
        """Of what it carries, too."""
        columns = self._columns
        known = columns.sources_of(row) if columns.merged[row] else [columns.sources.known[columns.source[row]]]
        return self._text("list.separator").join(one or self._text("hub.own_source") for one in known)

    def stage(self, code: int) -> str:
        return self._text(f"hub.stage.{STAGES[code]}" if code < CASE_STAGES_FROM else f"case.stage.{STAGES[code]}")

    def details(self, row: int) -> str:
        """Where there is no room for columns: grid, source, stage, units."""
        columns = self._columns
        stage = self.stage(columns.stage[row])
        units = self._text("hub.units", count=columns.units[row]) if columns.units[row] else ""
        return self._text("hub.dot").join(filter(None, (stage, units, self.grid(row), self.source(row))))

    def row_words(self, row: int) -> str:
        """All of it, for a tool tip and for who hears the screen."""
        said = (self.cell(row, column).words for column in range(9))
        return self._text("list.separator").join(filter(None, said))

    def _units(self, row: int) -> str:
        known = self._store.picture.units
        names = [known[unit_id].unit.name for unit_id in self._columns.units_of(row) if unit_id in known]
        if len(names) > 2:
            return self._text("hub.units_more", name=names[0], count=len(names))
        return self._text("list.separator").join(names)

    def group(self, code: int, arrangement: Arrangement) -> str:
        """What the head of a group says."""
        columns = self._columns
        match arrangement.grouping:
            case "source":
                name = columns.sources.known[code] or self._text("hub.own_source")
            case "kind":
                name = columns.kinds.known[code]
            case "grid":
                name = columns.grid_words(code)
            case _:
                name = self.stage(code)
        sign = self._text("hub.folded" if code in arrangement.folded else "hub.unfolded")
        return self._text("hub.group", sign=sign, name=name, count=arrangement.groups[code].count)
