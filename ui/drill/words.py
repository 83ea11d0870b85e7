"""A drill in words: how far it is, whether it runs, who sits where."""

from enum import StrEnum
from unicodedata import normalize

from comms.domain.drill_book import DrillState
from comms.domain.inject import Words
from comms.domain.plan import said
from console.store.store import Store
from ui.text import Texts
from ui.words import duration


class Stage(StrEnum):
    READY = "ready"
    """Not begun."""
    RUNNING = "running"
    PAUSED = "paused"
    FROZEN = "frozen"
    """It is talked about."""
    OVER = "over"


def stage_of(store: Store) -> Stage:
    """By the picture, which every desk has; before the drill there is nothing in it, or what it is taken over from."""
    state = store.picture.drill.state
    if state is None or store.drill.is_awaited:
        return Stage.READY
    if not state.is_running:
        return Stage.OVER
    if state.is_frozen:
        return Stage.FROZEN
    return Stage.PAUSED if state.is_paused else Stage.RUNNING


def stage_words(store: Store, text: Texts) -> str:
    stage, state = stage_of(store), store.picture.drill.state
    if stage is Stage.RUNNING and state is not None and state.speed != 1.0:
        return text("drill.stage.fast", speed=f"{state.speed:g}")
    return text(f"drill.stage.{stage.value}")


def local(words: Words, text: Texts) -> str:
    """What a scenario says, in the officer's language where it has it."""
    return said(words, text.locale)


def title_of(state: DrillState | None, text: Texts) -> str:
    return local(state.title, text) if state is not None else ""


def second_words(second: float | None) -> str:
    """Of the drill: 12:05, or 1:02:05."""
    return duration(second) if second is not None else "–:––"


def read_second(words: str) -> float | None:
    """12:05, 1:02:05 or 12 (minutes), as it is typed; None when it is none of them."""
    parts = normalize("NFKC", words).strip().split(":")
    if not 1 <= len(parts) <= 3 or not all(part.strip().isdecimal() for part in parts):
        return None
    numbers = [int(part) for part in parts]
    if len(numbers) == 1:
        return numbers[0] * 60.0
    if any(number >= 60 for number in numbers[1:]):
        return None
    seconds = 0
    for number in numbers:
        seconds = seconds * 60 + number
    return float(seconds)
