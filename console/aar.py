"""`python -m console.aar`: the review report of a drill as PDF or HTML, certificates as PDF, training records as CSV
or XLSX, from its data directory. The trainer's desk makes the same of the same."""

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from comms.domain.events import OfficerDefined, UnitDefined
from comms.domain.scenario import Scenario
from comms.domain.score import NoDrillError, compared
from comms.drill.nearest_tracks import NearestByTracks
from comms.drill.score_command import load_scenario, nearest_in, town_of
from comms.journal.errors import JournalDamagedError
from comms.journal.masked import mask_name
from comms.journal.masking import Masker
from comms.journal.reading import made_at, read_events
from comms.protocol.area import Area
from comms.protocol.errors import Locale
from comms.scenario.scenario_file import ScenarioFileError
from console.drill.review import Review, review_of
from console.drill.training import TrainingRecord, csv_of, records_of, xlsx_of

if TYPE_CHECKING:
    from ui.bulletin.draw import Charts, Drawing
    from ui.report.document import Report

SUFFIXES = (".pdf", ".html", ".csv", ".xlsx")
MOST_FRAMES = 4
_LAST_LOOK_S = 60.0
"""After an incident was reported: by then somebody is on the way."""

Frames = Sequence[tuple[float, bytes]]


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    if options.out.suffix not in SUFFIXES:
        return _wrong(f"{options.out} ends in none of {', '.join(SUFFIXES)}; name another file.")
    try:
        scenario = load_scenario(options.scenario)
        runs = [_read(scenario, data) for data in options.data]
    except ScenarioFileError as error:
        return _wrong("\n".join(problem.words(options.locale) for problem in error.problems))
    except (OSError, JournalDamagedError, NoDrillError) as error:
        return _wrong(str(error))
    from ui.report.file import write_whole

    encode = _encoder(
        options,
        [review for review, _ in runs],
        partial(frames_of, *runs[-1], town_area(scenario, options.scenario.parent)),
    )
    failed = write_whole(options.out, encode)
    return 0 if failed is None else _wrong(f"{options.out} cannot be written: {failed}")


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m console.aar", description=__doc__)
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="data directories of runs, oldest first")
    parser.add_argument("--scenario", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help=f"a file ending in one of {', '.join(SUFFIXES)}")
    parser.add_argument("--certificates", action="store_true", help="a PDF with a page for each who passed")
    parser.add_argument("--masked", action="store_true", help="names and numbers of people masked in the report")
    parser.add_argument("--locale", choices=[locale.value for locale in Locale], default=Locale.ZH_CN.value)
    return parser.parse_args(arguments)


def _read(scenario: Scenario, data: Path) -> tuple[Review, NearestByTracks | None]:
    records = list(read_events(data))
    nearest = nearest_in(data, records)
    return review_of(scenario, records, nearest=nearest), nearest


def town_area(scenario: Scenario, base: Path) -> Area | None:
    """None where the town's file is not there: the report then has no map."""
    try:
        return town_of(scenario, base).area
    except (OSError, ValueError):
        return None


def _wrong(why: str) -> int:
    sys.stderr.write(f"{why}\n")
    return 2


def _encoder(options: argparse.Namespace, reviews: list[Review], frames: Callable[[], Frames]) -> Callable[[], bytes]:
    suffix, locale = options.out.suffix, Locale(options.locale)
    held = [made_at(data) for data in options.data]
    records = [one for review, at in zip(reviews, held, strict=True) for one in training(review, held_at=at)]
    if suffix == ".csv":
        return lambda: csv_of(records, locale=locale.value)
    if suffix == ".xlsx":
        return lambda: xlsx_of(records, locale=locale.value)
    if options.certificates:
        return lambda: certificate_bytes(records, locale)
    mask = mask_of(options.data) if options.masked else None
    return lambda: report_bytes(suffix, reviews, locale, frames=frames, held_at=held[-1], mask=mask)


def mask_of(records: Sequence[Path]) -> Callable[[str], str]:
    """For a report that leaves the house: whoever is named in these runs is masked wherever he is named."""
    names = []
    for data in records:
        for recorded in read_events(data):
            if isinstance(recorded.event, OfficerDefined):
                names.append(recorded.event.name)
            elif isinstance(recorded.event, UnitDefined):
                names.append(recorded.event.unit.name)
    return Masker({name: mask_name(name) for name in names}).text


def training(review: Review, *, held_at: float | None = None) -> tuple[TrainingRecord, ...]:
    """Of the day it was held on; where nobody knows, of the one its own clock showed."""
    from ui.drill.aar import CHINA

    day = datetime.fromtimestamp(review.score.began_at if held_at is None else held_at, CHINA).strftime("%Y-%m-%d")
    return records_of(review.score, day=day)


def frames_of(review: Review, tracks: NearestByTracks | None, area: Area | None) -> Frames:
    """A minute after those incidents that lie evenly over the drill, and at its end."""
    from ui.drill.frame import Frame, png_of

    if area is None or not review.happenings:
        return ()
    every = -(-len(review.happenings) // (MOST_FRAMES - 1))
    moments = [each.at + _LAST_LOOK_S for each in review.happenings[::every]] + [review.score.ended_at]
    found = []
    for at in moments:
        known = [each for each in review.happenings if each.at <= at]
        where = tracks.positions(at) if tracks is not None else {}
        sent = {unit_id for each in known for since, unit_id in each.sent if since <= at}
        frame = Frame(
            incidents=[(each.lat, each.lon) for each in known],
            units=[place for unit_id, place in where.items() if unit_id not in sent],
            sent=[place for unit_id, place in where.items() if unit_id in sent],
        )
        found.append((at, png_of(frame, area)))
    return found


def _go_on() -> None:
    """Nobody waits for anything else, and nobody gives up."""


def certificate_bytes(
    records: Sequence[TrainingRecord], locale: Locale, *, stand_back: Callable[[], None] = _go_on
) -> bytes:
    """A document that says so where nobody passed. `stand_back` as in `ui.report.pdf.pdf_of`."""
    from ui.drill.certificate import certificates_of
    from ui.report.document import Paragraph, Report
    from ui.text import Texts

    text = Texts(locale)
    nobody = Report(text("certificate.title"), (Paragraph(text("certificate.nobody")),))
    return _pdf(lambda: certificates_of(records, text) or nobody, stand_back)


def report_bytes(
    suffix: str,
    reviews: list[Review],
    locale: Locale,
    *,
    frames: Callable[[], Frames] = lambda: (),
    stand_back: Callable[[], None] = _go_on,
    held_at: float | None = None,
    charts: "Callable[[Drawing], Charts] | None" = None,
    mask: Callable[[str], str] | None = None,
) -> bytes:
    """The report of the last of the runs, compared with those before. `charts` draws them elsewhere than here."""
    from ui.bulletin import draw
    from ui.drill.aar import aar_of, charts_wish
    from ui.report.document import masked_report
    from ui.report.html import html_of
    from ui.text import Texts

    text, review = Texts(locale), reviews[-1]

    def report() -> "Report":
        drawn = (charts or draw.draw)(charts_wish(review, text))
        stand_back()
        runs = compared(each.score for each in reviews) if len(reviews) > 1 else ()
        made = aar_of(review, text, charts=(drawn.bars, drawn.trends), frames=frames(), runs=runs, held_at=held_at)
        return masked_report(made, mask) if mask is not None else made

    if suffix == ".html":
        return _with_fonts(lambda: html_of(report(), language=locale.value.replace("_", "-")))
    return _pdf(report, stand_back)


def _pdf(report: "Callable[[], Report]", stand_back: Callable[[], None]) -> bytes:
    from ui.report.pdf import pdf_of

    return _with_fonts(lambda: pdf_of(report(), stand_back=stand_back))


def _with_fonts(make: Callable[[], bytes]) -> bytes:
    """Qt writes letters with an application only; there is one at a desk, and one is made where there is none."""
    from PySide6.QtGui import QGuiApplication

    application = QGuiApplication.instance() or QGuiApplication(["console.aar", "-platform", "offscreen"])
    try:
        return make()
    finally:
        del application


if __name__ == "__main__":
    sys.exit(main())
