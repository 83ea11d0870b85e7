"""A paper to print or to send: what stands on it, without how (see `ui.duty.pdf` and `console.duty.docx`)."""

from collections.abc import Callable
from dataclasses import dataclass, replace

FONT = "Noto Sans CJK SC"


@dataclass(frozen=True, slots=True)
class Table:
    """`widths` are parts of the whole, one a column."""

    heads: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Part:
    title: str
    lines: tuple[str, ...] = ()
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class SignatureBox:
    """`words` are what was written with it; `who` and `when` are empty while nobody has signed."""

    caption: str
    who: str = ""
    when: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """`facts` stand beneath the title, one a line; `foot` stands on every page."""

    title: str
    facts: tuple[str, ...]
    parts: tuple[Part, ...]
    signatures: tuple[SignatureBox, ...] = ()
    signed_heads: tuple[str, str, str] = ("", "", "")
    """Above the signatures: as what, who and when, with which words."""
    foot: str = ""

    @property
    def rows(self) -> int:
        """Of all tables: how long the writing will take."""
        return sum(len(part.table.rows) for part in self.parts if part.table is not None)


def masked_paper(paper: Paper, mask: Callable[[str], str]) -> Paper:
    """What a paper says about people, masked; heads and captions are the product's own words."""
    return replace(
        paper,
        facts=tuple(map(mask, paper.facts)),
        parts=tuple(_masked_part(part, mask) for part in paper.parts),
        signatures=tuple(replace(box, who=mask(box.who), words=mask(box.words)) for box in paper.signatures),
    )


def _masked_part(part: Part, mask: Callable[[str], str]) -> Part:
    table = part.table
    if table is not None:
        table = replace(table, rows=tuple(tuple(map(mask, row)) for row in table.rows))
    return replace(part, lines=tuple(map(mask, part.lines)), table=table)
