"""A paper as DOCX. Takes a second for some thousand rows: to be called on a thread."""

import copy
from collections.abc import Callable
from io import BytesIO
from typing import Any

from console.duty.paper import FONT, Paper, Part, SignatureBox, Table

Progress = Callable[[int, int], bool]
"""Rows done and all rows; False when the result is no longer wanted."""
_WIDTH_CM = 17.0
_HEAD_FILL = "E8ECEF"


def docx_of(paper: Paper, progress: Progress) -> bytes | None:
    """None when it was given up."""
    from docx import Document

    document = Document()
    _dress(document, paper)
    heading = document.add_heading(paper.title, level=0)
    _use_font(heading.runs[0])
    for fact in paper.facts:
        document.add_paragraph(fact, style="Fact")
    done = 0
    for part in paper.parts:
        written = _part(document, part, done, paper.rows, progress)
        if written is None:
            return None
        done = written
    for box in paper.signatures:
        _sign(document, box)
    made = BytesIO()
    document.save(made)
    return made.getvalue()


def _dress(document: Any, paper: Paper) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Cm, Pt, RGBColor

    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.0)
    section.top_margin = section.bottom_margin = Cm(1.8)
    fact = document.styles.add_style("Fact", WD_STYLE_TYPE.PARAGRAPH)
    fact.base_style = document.styles["Normal"]
    fact.paragraph_format.space_after = Pt(1)
    for name, size in (("Normal", 10), ("Fact", 10), ("Title", 20), ("Heading 1", 13)):
        style = document.styles[name]
        style.font.size = Pt(size)
        style.font.color.rgb = RGBColor(0x18, 0x22, 0x2C)
        _use_font(style)
    foot = section.footer.paragraphs[0]
    foot.text = paper.foot
    document.core_properties.title = paper.title
    document.core_properties.author = ""


def _use_font(styled: Any) -> None:
    """Also for Chinese, which Word keeps a font of its own for."""
    from docx.oxml.ns import qn

    styled.font.name = FONT
    fonts = styled.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("w:eastAsia", "w:hAnsi", "w:ascii"):
        fonts.set(qn(name), FONT)
    for name in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(name), None)


def _part(document: Any, part: Part, done: int, total: int, progress: Progress) -> int | None:
    """Rows done after it; None when given up."""
    if part.title:
        document.add_heading(part.title, level=1)
    for line in part.lines:
        document.add_paragraph(line)
    return _table(document, part.table, done, total, progress) if part.table is not None else done


def _table(document: Any, table: Table, done: int, total: int, progress: Progress) -> int | None:
    """Rows are copies of one: added by python-docx each would look through all before it."""
    from docx.oxml.ns import qn
    from docx.shared import Cm

    made = document.add_table(rows=2, cols=len(table.heads), style="Table Grid")
    made.autofit = False
    whole = sum(table.widths)
    for column, (head, width) in enumerate(zip(table.heads, table.widths, strict=True)):
        for row in made.rows:
            row.cells[column].width = Cm(_WIDTH_CM * width / whole)
        cell = made.rows[0].cells[column]
        cell.paragraphs[0].add_run(head).bold = True
        _shade(cell)
        made.rows[1].cells[column].paragraphs[0].add_run("")
    _repeat_on_every_page(made.rows[0])
    pattern = made.rows[1]._tr
    for row in table.rows:
        tr = copy.deepcopy(pattern)
        for words, place in zip(row, tr.iter(qn("w:r")), strict=True):
            _write(place, words)
        made._tbl.append(tr)
        done += 1
        if not progress(done, total):
            return None
    made._tbl.remove(pattern)
    return done


def _write(run: Any, words: str) -> None:
    from docx.text.run import Run

    Run(run, None).text = _printable(words)  # type: ignore[arg-type]  # a run that is only written needs no parent


def _printable(words: str) -> str:
    """XML has no control characters."""
    return "".join(letter for letter in words if letter >= " " or letter in "\n\t")


def _shade(cell: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), _HEAD_FILL)
    cell._tc.get_or_add_tcPr().append(shade)


def _repeat_on_every_page(row: Any) -> None:
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _sign(document: Any, box: SignatureBox) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.keep_together = True
    paragraph.add_run(f"{box.caption}  ").bold = True
    paragraph.add_run("  ".join(part for part in (box.who, box.when) if part))
    if box.words:
        paragraph.add_run(f"\n{_printable(box.words)}")
