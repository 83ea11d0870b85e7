"""`python -m console.aar`: the review report of a drill as PDF or HTML, and training records as CSV or XLSX, from its
data directory. The trainer's desk makes the same of the same."""

import argparse
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from comms.domain.score import NoDrillError, compared
from comms.drill.scenario_file import ScenarioFileError
from comms.drill.score_command import load_scenario
from comms.journal.errors import JournalDamagedError
from comms.journal.reading import read_events
from comms.protocol.errors import Locale
from console.drill.review import Review, review_of
from console.drill.training import csv_of, records_of, xlsx_of

if TYPE_CHECKING:
    from collections.abc import Callable

SUFFIXES = (".pdf", ".html", ".csv", ".xlsx")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m console.aar", description=__doc__)
    parser.add_argument(
        "--data", type=Path, nargs="+", required=True, help="data directories of runs, the oldest first"
    )
    parser.add_argument("--scenario", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help=f"a file ending in one of {', '.join(SUFFIXES)}")
    parser.add_argument("--locale", choices=[locale.value for locale in Locale], default=Locale.ZH_CN.value)
    options = parser.parse_args(arguments)
    if options.out.suffix not in SUFFIXES:
        return _wrong(f"{options.out} ends in none of {', '.join(SUFFIXES)}; name another file.")
    try:
        scenario = load_scenario(options.scenario)
        reviews = [review_of(scenario, read_events(data)) for data in options.data]
    except ScenarioFileError as error:
        return _wrong("\n".join(problem.words(options.locale) for problem in error.problems))
    except (OSError, JournalDamagedError, NoDrillError) as error:
        return _wrong(str(error))
    from ui.report.file import write_whole

    failed = write_whole(options.out, _encoder(options.out.suffix, reviews, Locale(options.locale)))
    return 0 if failed is None else _wrong(f"{options.out} cannot be written: {failed}")


def _wrong(why: str) -> int:
    sys.stderr.write(f"{why}\n")
    return 2


def _encoder(suffix: str, reviews: list[Review], locale: Locale) -> "Callable[[], bytes]":
    if suffix in (".csv", ".xlsx"):
        from ui.drill.aar import CHINA

        records = [
            record
            for review in reviews
            for record in records_of(
                review.score, day=datetime.fromtimestamp(review.score.began_at, CHINA).strftime("%Y-%m-%d")
            )
        ]
        return lambda: (csv_of if suffix == ".csv" else xlsx_of)(records, locale=locale.value)
    return lambda: report_bytes(suffix, reviews, locale)


def report_bytes(suffix: str, reviews: list[Review], locale: Locale) -> bytes:
    """The report of the last of the runs, compared with those before. Needs a QGuiApplication for a PDF, and makes one
    where there is none."""
    from PySide6.QtGui import QGuiApplication

    from ui.bulletin.draw import draw
    from ui.drill.aar import aar_of, charts_wish
    from ui.report.html import html_of
    from ui.report.pdf import pdf_of
    from ui.text import Texts

    application = QGuiApplication.instance() or QGuiApplication(["console.aar", "-platform", "offscreen"])
    text, review = Texts(locale), reviews[-1]
    drawn = draw(charts_wish(review, text))
    runs = compared(each.score for each in reviews) if len(reviews) > 1 else ()
    report = aar_of(review, text, charts=(drawn.bars, drawn.trends), runs=runs)
    if suffix == ".html":
        return html_of(report, language=locale.value.replace("_", "-"))
    found = pdf_of(report, stand_back=lambda: None)
    del application
    return found


if __name__ == "__main__":
    sys.exit(main())
