"""What every page of the review is given."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from console.drill.run import Run, RunReader
from ui.review.work import Work
from ui.text import Texts
from ui.theme import Look


@dataclass(slots=True)
class ReviewPlace:
    """`say` tells in one line what came of something: a tone of the style sheet (`ok`, `warn`, `danger`) and words.
    `show_moment` goes to a Unix second; `read_again` reads the drill that is shown once more; `refresh`
    shows again what is known."""

    look: Look
    text: Texts
    reader: RunReader
    work: Work
    say: Callable[[str, str], None]
    show_moment: Callable[[float], None]
    read_again: Callable[[], None]
    open_run: Callable[[Path], None]
    refresh: Callable[[], None]
    today: Callable[[], str]
    """Such as `2026-07-01`."""
    run: Run | None = None
    earlier: list[Run] = field(default_factory=list)
    """Other drills that were read, for their open improvement actions and for comparing."""
