"""What the fields of the editor are made of."""

from collections.abc import Callable
from dataclasses import dataclass

from comms.domain.scenario import Scenario
from ui.scenario.known import Known
from ui.text import Texts
from ui.theme import Look


@dataclass(frozen=True, slots=True)
class Sense:
    """`scenario` is the one in hand; `pick` asks for a place on the desk's map and hands over latitude and longitude;
    None where there is no map."""

    look: Look
    text: Texts
    known: Known
    scenario: Callable[[], Scenario]
    pick: Callable[[Callable[[float, float], None]], None] | None = None

    def said(self, words: str | dict[str, str]) -> str:
        """In the desk's language, or what there is."""
        if isinstance(words, str):
            return words
        return words.get(self.text.locale.value) or next((each for each in words.values() if each), "")
