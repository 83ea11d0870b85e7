"""A report as values: what is said in which order. Nothing of Qt, so that any thread may put one together."""

from collections.abc import Callable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Heading:
    words: str
    level: int = 2
    """1 to 3; the report's own title is above them all."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    words: str
    """Line breaks are kept."""
    is_dim: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """The head is said again on each page that the table reaches."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()
    """Columns set to the right."""
    shares: tuple[float, ...] = ()
    """Widths of the columns in per cent of the page; empty: as their contents need."""


@dataclass(frozen=True, slots=True)
class Picture:
    """PNG or JPEG, as a file has it."""

    data: bytes
    width_pct: float = 100.0
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Signatures:
    """A line to sign on for each, side by side."""

    captions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewPage:
    """What follows begins on a page of its own."""


Block = Heading | Paragraph | Table | Picture | Signatures | NewPage


@dataclass(frozen=True, slots=True)
class Report:
    title: str
    blocks: tuple[Block, ...]
    subtitle: str = ""
    """Period, place, who: one line below the title."""
    foot: str = ""
    """At the left below each page; its number is at the right."""
    is_landscape: bool = False


def masked_report(report: Report, mask: Callable[[str], str]) -> Report:
    """For who may not know who it was: all words but the heads of tables. What is drawn in pictures stays."""
    return replace(
        report,
        title=mask(report.title),
        subtitle=mask(report.subtitle),
        blocks=tuple(_masked(block, mask) for block in report.blocks),
    )


def _masked(block: Block, mask: Callable[[str], str]) -> Block:
    match block:
        case Heading(words=words) | Paragraph(words=words):
            return replace(block, words=mask(words))
        case Table(rows=rows):
            return replace(block, rows=tuple(tuple(map(mask, row)) for row in rows))
        case Picture(caption=caption):
            return replace(block, caption=mask(caption))
        case _:
            return block
