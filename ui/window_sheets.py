"""What an officer opens over the window now and then. Each is made when first asked for: no start waits for it."""

from functools import cached_property
from typing import TypeVar

from comms.domain.fence import Fence
from comms.domain.weather import WeatherState
from ui.controls import Controls
from ui.dialogs.fence import FenceSheet
from ui.dialogs.items import ItemsSheet
from ui.dialogs.palette import CommandPalette
from ui.dialogs.reason import ReasonSheet
from ui.dialogs.shelf import ShelfQuestion, ShelfSheet
from ui.dialogs.weather import WeatherSheet
from ui.order.controls import Beginning, Question
from ui.search.finder import Finder
from ui.weather.controls import WeatherDraft
from ui.widgets.overlay import Overlay
from ui.workplace import Workplace

AnySheet = TypeVar("AnySheet", bound=Overlay)


class WindowSheets:
    """`finder` is what the palette searches, also before there is one."""

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self._made: list[Overlay] = []
        self.finder = Finder(place.store, place.controls, place.text)

    @cached_property
    def palette(self) -> CommandPalette:
        place = self._place
        return self._ready(CommandPalette(place.host, finder=self.finder, look=place.look, text=place.text))

    @cached_property
    def reason(self) -> ReasonSheet:
        place = self._place
        return self._ready(ReasonSheet(place.host, look=place.look, text=place.text))

    @cached_property
    def shelf(self) -> ShelfSheet:
        place = self._place
        return self._ready(ShelfSheet(place.host, look=place.look, text=place.text))

    @cached_property
    def fence(self) -> FenceSheet:
        place, controls = self._place, self._place.controls.fences
        return self._ready(
            FenceSheet(place.host, store=place.store, controls=controls, look=place.look, text=place.text)
        )

    @cached_property
    def weather(self) -> WeatherSheet:
        place, controls = self._place, self._place.controls.weather
        return self._ready(
            WeatherSheet(place.host, store=place.store, controls=controls, look=place.look, text=place.text)
        )

    @cached_property
    def items(self) -> ItemsSheet:
        place, controls = self._place, self._place.controls.items
        return self._ready(
            ItemsSheet(place.host, store=place.store, controls=controls, look=place.look, text=place.text)
        )

    @property
    def made(self) -> tuple[Overlay, ...]:
        """Those that there are."""
        return tuple(self._made)

    def refresh(self) -> None:
        """More names can be found."""
        if "palette" in vars(self):
            self.palette.refresh()

    def open_for(self, controls: Controls) -> None:
        """From now on what `controls` asks for opens its sheet."""
        controls.orders.asking.connect(self._ask)
        controls.alarms.asking.connect(self._ask)
        controls.alarms.shelving.connect(self._shelve)
        controls.fences.editing.connect(self._edit_fence)
        controls.weather.editing.connect(self._edit_weather)
        controls.weather.showing.connect(self._show_weather)
        controls.items.opening.connect(self._open_items)
        controls.items.applying.connect(self._apply_for)

    def _ready(self, sheet: AnySheet) -> AnySheet:
        self._place.look.space(sheet)
        self._made.append(sheet)
        return sheet

    def _ask(self, question: Question) -> None:
        self.reason.ask(question)

    def _shelve(self, question: ShelfQuestion) -> None:
        self.shelf.ask_shelf(question)

    def _edit_fence(self, fence: Fence) -> None:
        self.fence.edit(fence)

    def _edit_weather(self, draft: WeatherDraft) -> None:
        self.weather.edit(draft)

    def _show_weather(self, state: WeatherState) -> None:
        self.weather.show_issued(state)

    def _open_items(self) -> None:
        self.items.open()

    def _apply_for(self, beginning: Beginning) -> None:
        self.items.apply_for(beginning)
