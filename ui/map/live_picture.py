"""What of the Store the map shows: follows its notices and keeps columns, pins and marks in step. No Qt widgets."""

from enum import Flag, auto

import numpy as np

from comms.domain.call import CallPhase
from comms.domain.ids import JurisdictionId, OrderId, PartyId, UnitId, party_unit
from comms.domain.picture import UnitState
from console.store.notices import AreaLoaded, Changed, FloorChanged, Notice, PositionsMoved, Reset
from console.store.positions import PositionTable
from console.store.store import Store
from ui.map.battery_sign import SIGN
from ui.map.order_layer import OrderLayer
from ui.map.unit_columns import Freshness, Rows, UnitColumns
from ui.map.unit_frame import Emphasis
from ui.text import Texts
from ui.words import LOW_BATTERY_PCT, age


class Effect(Flag):
    """What the widget must do after a notice."""

    NONE = 0
    REPAINT = auto()
    """Soon; many notices make one frame."""
    AREA = auto()
    """There is another ground to draw."""
    NAMES = auto()
    """A name on the ground changed."""


class LivePicture:
    """Owned by the map; told of every notice."""

    def __init__(self, store: Store, text: Texts) -> None:
        self.store = store
        self.columns = UnitColumns(store.positions)
        self.orders = OrderLayer()
        self._text = text
        self._talking: frozenset[UnitId] = frozenset()
        self._emergency: frozenset[UnitId] = frozenset()
        self._is_marked_anew = True
        self._selected: tuple[UnitId, ...] = ()
        self._rows_selected: Rows = np.zeros(0, np.intp)
        self._has_unplaced = False
        self._read_rows = 0
        self.orders.read_all(store.picture)

    @property
    def now(self) -> float:
        """Unix seconds by the gateway's clock, which stamps positions."""
        return self.store.server_now()

    @property
    def language(self) -> str:
        """Of the labels."""
        return self._text.locale.value

    def apply(self, notice: Notice) -> Effect:
        match notice:
            case PositionsMoved():
                self.columns.read(notice.rows)
                return Effect.REPAINT
            case Changed():
                return self._changed(notice)
            case FloorChanged():
                self._is_marked_anew = True
                return Effect.REPAINT
            case AreaLoaded():
                return Effect.AREA | Effect.REPAINT
            case Reset():
                self.columns.positions = self.store.positions
                self.columns.read_all()
                self._read_rows = -1
                self.orders.read_all(self.store.picture)
                self._is_marked_anew = True
                return Effect.NAMES | Effect.REPAINT
            case _:
                return Effect.NONE

    def _changed(self, changed: Changed) -> Effect:
        match changed.noun:
            case "unit":
                self.columns.grow()
                return Effect.REPAINT
            case "order":
                self.orders.read(self.store.picture, OrderId(changed.id))
                return Effect.REPAINT
            case "call" | "talkgroup":
                self._is_marked_anew = True
                return Effect.REPAINT
            case "jurisdiction":
                return Effect.NAMES | Effect.REPAINT
            case _:
                return Effect.NONE

    def emphasis(self, *, selected: tuple[UnitId, ...], hovered: UnitId | None, is_beat: bool) -> Emphasis:
        """Rows of what stands out now; units without a position are left out."""
        self._mark()
        return Emphasis(
            selected=self._selected_rows(selected),
            hovered=None if hovered is None else self.columns.row_of(hovered),
            talking=self._rows(self._talking),
            emergency=self._rows(self._emergency),
            engaged=self._rows(self._engaged()),
            is_beat=is_beat,
        )

    def _selected_rows(self, selected: tuple[UnitId, ...]) -> Rows:
        """Looked up once for a selection; those without a position are left out of each frame anew."""
        if selected is not self._selected or self._read_rows != len(self.columns):
            rows = (self.columns.positions.row_of(unit_id) for unit_id in selected)
            self._selected, self._read_rows = selected, len(self.columns)
            self._rows_selected = np.array([row for row in rows if row is not None], np.intp)
            self._has_unplaced = True
        if not self._has_unplaced:
            return self._rows_selected
        placed = self._rows_selected[self._rows_selected < len(self.columns)]
        found: Rows = placed[~np.isnan(self.columns.x[placed])]
        if len(found) == len(self._rows_selected):
            self._has_unplaced = False  # nobody loses a position without the rows beginning anew
        return found

    def _engaged(self) -> frozenset[UnitId]:
        """The unit this desk has a point call with."""
        call = self.store.point_call
        return frozenset() if call is None or call.other is None else _units({call.other})

    @property
    def has_emergency(self) -> bool:
        self._mark()
        return bool(self._emergency)

    @property
    def emergencies(self) -> frozenset[UnitId]:
        self._mark()
        return self._emergency

    def is_talking(self, unit_id: UnitId) -> bool:
        self._mark()
        return unit_id in self._talking

    def is_in_emergency(self, unit_id: UnitId) -> bool:
        self._mark()
        return unit_id in self._emergency

    def unit(self, row: int) -> UnitState | None:
        return self.store.picture.units.get(self.columns.positions.unit_at(row))

    def label(self, row: int, freshness: Freshness) -> str:
        """A unit's name, with what is left of its battery when that is little, and the age of its position when old."""
        return self.label_in(self.columns.positions, row, freshness)

    def label_in(self, positions: PositionTable, row: int, freshness: Freshness) -> str:
        """The same by a table that stands still, on any thread."""
        unit_id = positions.unit_at(row)
        state = self.store.picture.units.get(unit_id)
        name = (state.unit.name if state is not None else unit_id).replace(SIGN, " ")
        low = self._low_battery(float(positions.battery_pct[row]), "map.low_battery_label")
        name = " ".join(filter(None, (name, low)))
        if freshness is Freshness.FRESH:
            return name
        return self._text("map.stale_label", name=name, age=age(self.now - float(positions.at[row]), self._text))

    def low_battery(self, row: int, key: str) -> str:
        """By a key of the texts, the sign in front; empty while there is enough, or nobody knows."""
        return self._low_battery(float(self.columns.positions.battery_pct[row]), key)

    def _low_battery(self, battery_pct: float, key: str) -> str:
        return SIGN + self._text(key, percent=round(battery_pct)) if battery_pct <= LOW_BATTERY_PCT else ""

    def age_s(self, row: int) -> float:
        return self.now - float(self.columns.positions.at[row])

    def jurisdiction_name(self, jurisdiction_id: JurisdictionId) -> str:
        node = self.store.picture.jurisdictions.get(jurisdiction_id)
        return node.name if node is not None else ""

    def _rows(self, unit_ids: frozenset[UnitId]) -> frozenset[int]:
        return frozenset(row for row in map(self.columns.row_of, unit_ids) if row is not None)

    def _mark(self) -> None:
        """Who talks and who is in an emergency. Floors, told at once, come before the journal's word."""
        if not self._is_marked_anew:
            return
        self._is_marked_anew = False
        talkers: set[PartyId] = set()
        distressed: set[PartyId] = set()
        for talkgroup_id, group in self.store.picture.talkgroups.items():
            floor = self.store.voice.floors.get(talkgroup_id)
            talker = group.talker if floor is None else floor.talker
            if talker is not None:
                talkers.add(talker)
                if floor is not None and floor.is_emergency:
                    distressed.add(talker)
        for call in self.store.picture.calls.values():
            if call.call.is_emergency and call.phase is not CallPhase.ENDED:
                distressed.add(call.call.caller)
        self._talking = _units(talkers)
        self._emergency = _units(distressed)


def _units(parties: set[PartyId]) -> frozenset[UnitId]:
    return frozenset(unit_id for unit_id in map(party_unit, parties) if unit_id is not None)
