"""Training records of a large course in a process of its own: prints the seconds that one kind of file took and the
peak of its resident memory in MB. `python -m tests.bench.training_records KIND PEOPLE`."""

import resource
import sys
import time
from collections.abc import Callable, Sequence
from io import BytesIO

from comms.domain.ids import OfficerId
from comms.protocol.errors import Locale
from console.aar import certificate_bytes
from console.drill.training import HEADS, TrainingRecord, csv_of, xlsx_of

TITLE = {"zh_CN": "出租屋燃气泄漏", "en": "Gas leak in rented rooms"}


def course(people: int) -> list[TrainingRecord]:
    """Everybody in one drill; nine in ten pass."""
    return [
        TrainingRecord(
            officer_id=OfficerId(f"o{number:05}"),
            name=f"值班员 {number:05}",
            scenario_id="rental_gas",
            title=TITLE,
            drill_id=f"rental_gas-{number // 20}",
            day="2026-06-18",
            length_s=1320.0,
            share=0.3 if number % 10 == 0 else 0.65 + (number % 35) / 100,
            points=number % 12 / 2,
            noted=number % 7,
            orders=number % 9,
            alarms=number % 4,
            answered=number % 3,
            missed=number % 2,
            talk_s=float(number % 90),
            longest_s=float(number % 20),
        )
        for number in range(people)
    ]


def plain_sheet(records: Sequence[TrainingRecord]) -> bytes:
    """The baseline: a workbook that is kept whole, with the same cells of the identity of each."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADS["zh_CN"])
    for one in records:
        cells = (one.officer_id, one.name, TITLE["zh_CN"], one.drill_id, one.day, one.length_s, one.share, one.points)
        rest = (one.noted, one.orders, one.alarms, one.answered, one.missed, one.talk_s, one.longest_s)
        sheet.append((*cells, *rest, str(one.rating), one.is_passed, one.certificate))
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


KINDS: dict[str, Callable[[Sequence[TrainingRecord]], bytes]] = {
    "csv": lambda records: csv_of(records, locale="zh_CN"),
    "xlsx": lambda records: xlsx_of(records, locale="zh_CN"),
    "pdf": lambda records: certificate_bytes(records, Locale.ZH_CN),
    "plain": plain_sheet,
}


def main() -> None:
    kind, people = sys.argv[1], int(sys.argv[2])
    records = course(people)
    started_s = time.perf_counter()
    KINDS[kind](records)
    took_s = time.perf_counter() - started_s
    sys.stdout.write(f"{took_s:.3f} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:.1f}\n")


if __name__ == "__main__":
    main()
