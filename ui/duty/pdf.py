"""A paper as PDF: put into the words of a report, set and painted on a thread."""

from console.duty.docx import Progress
from console.duty.paper import Paper
from ui.report.document import Block, Heading, Paragraph, Report, Table
from ui.report.pdf import pdf_of

_SIGNED_SHARES = (2.0, 4.0, 7.0)


class _GivenUpError(Exception):
    """Carried out of the setting."""


def pdf_of_paper(paper: Paper, progress: Progress) -> bytes | None:
    """None when it was given up."""
    report = report_of(paper)
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        if not progress(done, paper.rows + len(report.blocks)):
            raise _GivenUpError

    try:
        return pdf_of(report, stand_back=step)
    except _GivenUpError:
        return None


def report_of(paper: Paper) -> Report:
    blocks: list[Block] = [Paragraph(fact, is_dim=True) for fact in paper.facts]
    for part in paper.parts:
        if part.title:
            blocks.append(Heading(part.title))
        blocks += [Paragraph(line) for line in part.lines]
        if part.table is not None:
            blocks.append(Table(part.table.heads, part.table.rows, shares=part.table.widths))
    if paper.signatures:
        rows = tuple((box.caption, f"{box.who}  {box.when}".strip(), box.words) for box in paper.signatures)
        blocks.append(Table(paper.signed_heads, rows, shares=_SIGNED_SHARES))
    return Report(title=paper.title, blocks=tuple(blocks), foot=paper.foot)
