"""What the hub's list is narrowed down and grouped by, in menus; each entry says how many there are."""

from collections.abc import Callable
from functools import partial

import numpy as np
from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from comms.domain.ids import JurisdictionId
from console.store.store import Store
from ui.models.hub import HubModel
from ui.models.hub_columns import PRIORITIES, STAGES, Codes
from ui.models.hub_order import COLUMNS, GROUPINGS, STATES
from ui.text import Texts
from ui.widgets.triggered import Triggered
from ui.words import jurisdiction_path

MOST_ENTRIES = 30
"""Of kinds, sources and places, those with the most incidents; the rest is found by typing."""


class HubMenus(QObject):
    sortingWanted = Signal(int, Qt.SortOrder)

    def __init__(self, model: HubModel, store: Store, text: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._store = store
        self._text = text
        self._host = parent

    # --- words ----------------------------------------------------------------------------------------

    def narrowed(self) -> str:
        """What is asked for now, in words; empty when it is everything open."""
        wanted, text, cells = self._model.wanted, self._text, self._model.cells
        said = [] if wanted.state == "open" else [text(f"hub.state.{wanted.state}")]
        said += [text(f"priority.{PRIORITIES[code].value}") for code in sorted(wanted.priorities, reverse=True)]
        said += [cells.stage(code) for code in sorted(wanted.stages)]
        said += [source or text("hub.own_source") for source in sorted(wanted.sources)]
        said += sorted(wanted.kinds)
        said += [self._place_name(grid) for grid in sorted(wanted.grids)]
        return text("list.separator").join(said)

    def _place_name(self, jurisdiction: str) -> str:
        return jurisdiction_path(self._store.picture, JurisdictionId(jurisdiction)).rpartition(" › ")[2]

    # --- menus ----------------------------------------------------------------------------------------

    def offer_filters(self, where: QPoint) -> None:
        menu = self._menu()
        wanted, text = self._model.wanted, self._text
        for state in STATES:
            self._add(menu, text(f"hub.state.{state}"), wanted.state == state, partial(self._want, state=state))
        menu.addSection(text("hub.column.priority"))
        counts = self._counts(self._model.columns.priority, len(PRIORITIES))
        for code in reversed(range(len(PRIORITIES))):
            words = self._counted(text(f"priority.{PRIORITIES[code].value}"), counts[code])
            chosen = wanted.priorities ^ {code}
            self._add(menu, words, code in wanted.priorities, partial(self._want, priorities=chosen))
        menu.addSection(text("hub.column.stage"))
        counts = self._counts(self._model.columns.stage, len(STAGES))
        for code in range(len(STAGES)):
            words = self._counted(self._model.cells.stage(code), counts[code])
            if counts[code] or code in wanted.stages:
                chosen = wanted.stages ^ {code}
                self._add(menu, words, code in wanted.stages, partial(self._want, stages=chosen))
        menu.addSeparator()
        self._add_words(menu)
        menu.addSeparator()
        self._add(menu, text("hub.no_filter"), None, self.clear)
        menu.popup(where)

    def _add_words(self, menu: QMenu) -> None:
        wanted, columns, text = self._model.wanted, self._model.columns, self._text
        for field, known, codes, chosen in (
            ("source", columns.sources.known, columns.source, wanted.sources),
            ("kind", columns.kinds.known, columns.kind, wanted.kinds),
        ):
            inner = self._submenu(menu, text(f"hub.column.{field}"))
            for code, count in self._most(codes, len(known)):
                words = known[code] or text("hub.own_source")
                change = {f"{field}s": chosen ^ {known[code]}}
                self._add(inner, self._counted(words, count), known[code] in chosen, partial(self._want, **change))
        inner = self._submenu(menu, text("hub.column.grid"))
        for place, count in self._places():
            words = self._counted(self._place_name(place), count)
            self._add(inner, words, place in wanted.grids, partial(self._want, grids=wanted.grids ^ {place}))

    def _places(self) -> list[tuple[str, int]]:
        """What the grids lie in, with the most incidents first."""
        columns = self._model.columns
        counts = self._counts(columns.grid, len(columns.grids.known))
        totals: dict[str, int] = {}
        for grid, count in zip(columns.grids.known, counts, strict=True):
            above = grid.rpartition("/")[0] or grid
            totals[above] = totals.get(above, 0) + int(count)
        return sorted(totals.items(), key=lambda found: -found[1])[:MOST_ENTRIES]

    def offer_orders(self, where: QPoint) -> None:
        """By what the list is sorted and grouped."""
        menu = self._menu()
        wanted = self._model.wanted
        for column, name in enumerate(COLUMNS):
            is_on = column == wanted.column
            order = Qt.SortOrder.DescendingOrder if is_on and not wanted.is_falling else Qt.SortOrder.AscendingOrder
            words = self._text("hub.sort_by", column=self._text(f"hub.column.{name}"))
            self._add(menu, words, is_on, partial(self.sortingWanted.emit, column, order))
        menu.addSeparator()
        for grouping in GROUPINGS:
            is_on = grouping == self._model.wanted.grouping
            work = partial(self._want, grouping=grouping, folded=frozenset[int]())
            self._add(menu, self._text(f"hub.by.{grouping}"), is_on, work)
        if self._model.arrangement.groups:
            menu.addSeparator()
            every = frozenset(self._model.arrangement.groups)
            self._add(menu, self._text("hub.fold_all"), None, partial(self._want, folded=every))
            self._add(menu, self._text("hub.unfold_all"), None, partial(self._want, folded=frozenset[int]()))
        menu.popup(where)

    def clear(self) -> None:
        nothing = frozenset[str]()
        self._want(
            state="open",
            priorities=frozenset[int](),
            stages=frozenset[int](),
            sources=nothing,
            kinds=nothing,
            grids=nothing,
        )

    # --- inside ---------------------------------------------------------------------------------------

    def _want(self, **what: object) -> None:
        self._model.want(**what)

    def _counted(self, words: str, count: int) -> str:
        return self._text("hub.counted", words=words, count=count)

    def _counts(self, codes: Codes, many: int) -> list[int]:
        columns = self._model.columns
        counts: list[int] = np.bincount(codes[columns.is_there], minlength=many).tolist()
        return counts

    def _most(self, codes: Codes, many: int) -> list[tuple[int, int]]:
        counts = self._counts(codes, many)
        found = [(code, count) for code, count in enumerate(counts) if count]
        return sorted(found, key=lambda one: -one[1])[:MOST_ENTRIES]

    def _menu(self) -> QMenu:
        menu = QMenu(self._host)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return menu

    def _submenu(self, menu: QMenu, words: str) -> QMenu:
        inner = QMenu(words, menu)
        menu.addMenu(inner)
        return inner

    def _add(self, menu: QMenu, words: str, is_on: bool | None, run: Callable[[], None]) -> None:
        action = QAction(words.replace("&", "&&"), menu)
        if is_on is not None:
            action.setCheckable(True)
            action.setChecked(is_on)
        action.triggered.connect(Triggered(run))
        menu.addAction(action)
