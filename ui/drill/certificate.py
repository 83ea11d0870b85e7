"""Certificates of drills that were passed: a page for each person, as one document."""

from collections.abc import Iterable

from comms.domain.plan import said
from console.drill.training import TrainingRecord
from ui.report.document import Block, Heading, NewPage, Paragraph, Report, Signatures, Table
from ui.text import Texts


def certificates_of(records: Iterable[TrainingRecord], text: Texts) -> Report | None:
    """Of those who passed, in their order; None where nobody did."""
    blocks: list[Block] = []
    for record in records:
        if record.is_passed:
            blocks += [*([NewPage()] if blocks else []), *_page(record, text)]
    if not blocks:
        return None
    return Report(text("certificate.title"), tuple(blocks), text("certificate.subtitle"), text("certificate.foot"))


def _page(record: TrainingRecord, text: Texts) -> list[Block]:
    title = said(record.title, text.locale.value)
    rating = record.rating.value if record.rating is not None else ""
    facts = (
        ("certificate.drill", title),
        ("certificate.day", record.day),
        ("certificate.minutes", f"{record.length_s / 60:.0f}"),
        ("certificate.share", f"{100 * (record.share or 0.0):.0f} %"),
        ("certificate.rating", rating),
        ("certificate.number", record.certificate),
    )
    rows = tuple((text(key), words) for key, words in facts)
    return [
        Heading(record.name, level=1),
        Paragraph(text("certificate.words", name=record.name, title=title)),
        Table((text("certificate.head"), ""), rows, shares=(30, 70)),
        Signatures((text("aar.signed.trainer"), text("certificate.unit"))),
    ]
