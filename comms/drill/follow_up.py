"""What an earlier drill left open: improvement actions, for the next one to begin with."""

from pathlib import Path

from comms.domain.drill_book import DrillBook, carried_over
from comms.domain.drill_events import DrillEvent, ImprovementRaised
from comms.journal.reading import read_events


def still_open(data: Path) -> tuple[ImprovementRaised, ...]:
    """Of the last drill in a data directory, with those it had from earlier ones. Raises FileNotFoundError or
    JournalDamagedError with a plain sentence."""
    book = DrillBook()
    for recorded in read_events(data):
        if isinstance(recorded.event, DrillEvent):
            book.apply(recorded.event, at=recorded.at, seq=recorded.seq, actor=recorded.actor)
    return () if book.state is None else carried_over(book.state.improvements.values(), book.state.id)
