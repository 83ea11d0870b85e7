"""Layer files in the officer's words: what is wrong with a file or a row, how a reading went, datums by name."""

from pathlib import Path

from comms.domain.datum import Datum
from console.layers.features import Geometry
from console.layers.files.encoding import CHOICES
from console.layers.files.report import MENDED, BadRow, Reason, Report
from ui.text import Texts
from ui.widgets.lines import Line

MOST_LINES = 500
"""Bad rows listed on the desk; all of them are in the saved list."""
DATUMS = (Datum.WGS84, Datum.GCJ02, Datum.BD09, Datum.CGCS2000)
ENCODINGS = ("", *CHOICES)
"""Empty: found out."""


def datum_words(datum: Datum, text: Texts) -> str:
    return text(f"file.datum.{datum.value}")


def geometry_endings(text: Texts) -> dict[Geometry, str]:
    """What tells the layers of one file apart."""
    return {geometry: text(f"file.ending.{geometry.value}") for geometry in Geometry}


def reason_words(reason: Reason, text: Texts) -> str:
    return text(f"file.reason.{reason.value}")


def fault_words(report: Report, text: Texts) -> str:
    """One sentence that says what to do; empty when the file could be read to its end."""
    if report.fault is None:
        return ""
    return text(f"file.fault.{report.fault.value}", name=Path(report.path).name)


def short_state(report: Report, text: Texts) -> str:
    """For a narrow column: why there is nothing of it on the map."""
    return text(f"file.short.{report.fault.value}" if report.fault is not None else "file.short.empty")


def counts_words(report: Report, text: Texts) -> str:
    """How many rows came, how many did not, how many were mended."""
    parts = [text("file.loaded", count=f"{report.loaded:,}")]
    mended = len({row.number for row in report.bad if row.reason in MENDED})
    if report.lost:
        parts.append(text("file.lost", count=f"{report.lost:,}"))
    if mended:
        parts.append(text("file.mended", count=f"{mended:,}"))
    return text("file.between").join(parts)


def report_words(report: Report, text: Texts) -> str:
    """How a reading went, in a sentence or two."""
    if report.is_cancelled:
        return text("file.cancelled")
    fault = fault_words(report, text)
    if fault and not report.loaded:
        return fault
    whole = counts_words(report, text)
    return f"{fault}\n{whole}" if fault else whole


def bad_lines(report: Report, text: Texts) -> tuple[Line, ...]:
    lines = [_line(place, row, text) for place, row in enumerate(report.bad[:MOST_LINES])]
    if len(report.bad) > MOST_LINES:
        lines.append(Line("more", text("file.more", count=f"{len(report.bad) - MOST_LINES:,}"), is_head=True))
    return tuple(lines)


def _line(place: int, row: BadRow, text: Texts) -> Line:
    where = text("file.rows", first=row.number, last=row.last) if row.last else text("file.row", number=row.number)
    is_mended = row.reason in MENDED
    return Line(
        place,
        text("file.line", where=where, reason=reason_words(row.reason, text)),
        figure=row.detail[:60],
        icon="info" if is_mended else "warning",
        tone="" if is_mended else "warn",
    )
