"""The MSEL (情景清单) of a scenario as a sheet, XLSX or CSV, and back: injects by their time, each with what is
expected of participants. What a sheet cannot hold stays in a base scenario, and is said."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from comms.domain.expectation import Expectation
from comms.domain.inject import Inject, InjectWhat, Words, words_of
from comms.domain.scenario import CheckLine, CheckTime, Objective, Scenario
from comms.domain.scenario_check import soonest_s
from comms.scenario.exchange import ExchangeError, Loss, loss

MOST_ROWS, MOST_BYTES = 2000, 20_000_000
COLUMNS: dict[str, str] = {
    "id": "编号 ID",
    "time": "时间 Time",
    "when": "触发 Trigger",
    "title_zh": "事件 Event (中文)",
    "title_en": "事件 Event (English)",
    "do": "方式 Delivery",
    "text_zh": "内容 Message (中文)",
    "text_en": "内容 Message (English)",
    "expected_zh": "预期行动 Expected (中文)",
    "expected_en": "预期行动 Expected (English)",
    "within_s": "时限(秒) Within (s)",
    "objective": "目标 Objective",
    "weight": "权重 Weight",
    "note_zh": "导调备注 Note (中文)",
    "note_en": "导调备注 Note (English)",
    "optional": "可选 Optional",
    "details": "细节 Details",
    "check": "判定 Check",
}
_OTHERS: dict[str, tuple[str, ...]] = {
    "id": ("no", "no.", "inject", "inject number", "inject no.", "序号", "编号", "#"),
    "time": ("time", "scenario time", "start time", "时间", "注入时间"),
    "title_zh": ("事件", "事件概要", "情景"),
    "title_en": ("event", "event synopsis", "synopsis", "event description", "title"),
    "do": ("method", "delivery", "method of delivery", "方式", "注入方式"),
    "text_zh": ("内容", "信息内容", "注入内容"),
    "text_en": ("message", "inject text", "description"),
    "expected_zh": ("预期行动", "预期反应"),
    "expected_en": ("expected participant response", "expected response", "expected outcome", "expected action"),
    "objective": ("objective", "objectives", "capability", "目标"),
    "note_zh": ("备注", "导调备注"),
    "note_en": ("notes", "evaluator instructions", "controller notes", "remarks"),
}
"""As other people's sheets name their columns, in small letters."""
_CLOCK = re.compile(r"^(T\s*\+\s*)?(\d{1,3}):(\d{2})(?::(\d{2}))?$", re.IGNORECASE)
_WHEN = re.compile(r"^(inject|met|missed|settled) ([a-z][a-z0-9_]*)(?: \+(\d+(?:\.\d+)?))?$")
_NAMED = {"inject": "inject", "met": "expectation", "missed": "expectation", "settled": "expectation"}
_LOCALES = {"zh": "zh_CN", "en": "en"}

Cell = str | int | float | None


# --- to a sheet ---------------------------------------------------------------------------------------------


def msel_rows(scenario: Scenario) -> list[list[Cell]]:
    """The head and a row for each inject by its soonest second; further expectations of it in rows of their own."""
    soonest = soonest_s(scenario)
    rows: list[list[Cell]] = [list(COLUMNS.values())]
    for inject in sorted(scenario.injects, key=lambda each: soonest.get(each.id, float("inf"))):
        expected = [each for each in scenario.expectations if each.since == inject.id]
        first = _inject_cells(inject, soonest.get(inject.id))
        rows.append(_cells(first | (_expected_cells(expected[0]) if expected else {})))
        rows += [_cells(_expected_cells(each)) for each in expected[1:]]
    return rows


def losses_of(scenario: Scenario) -> tuple[Loss, ...]:
    """What a sheet has no room for; import it onto the same scenario and it is there again."""
    parts = ("doctrine", "cast", "roles", "area", "measures", "checklist", "starts_at", "length_min", "summary")
    english, chinese = "a MSEL has no room for this", "情景清单容不下这一项"
    return tuple(loss(part, english, chinese) for part in parts if getattr(scenario, part))


def csv_of(scenario: Scenario) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([_safe(cell) for cell in row] for row in msel_rows(scenario))
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def xlsx_of(scenario: Scenario) -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    sheet = book.active
    sheet.title = "MSEL"
    for row in msel_rows(scenario):
        sheet.append([_safe(cell) for cell in row])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for column, width in (("D", 22), ("E", 22), ("G", 46), ("H", 46), ("I", 30), ("J", 30)):
        sheet.column_dimensions[column].width = width
    for cells in sheet.iter_rows(min_row=2):
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "D2"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _safe(cell: Cell) -> Cell:
    """What begins like a formula is no formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@") else cell


def _cells(found: Mapping[str, Cell]) -> list[Cell]:
    return [found.get(key) for key in COLUMNS]


def _inject_cells(inject: Inject, second: float | None) -> dict[str, Cell]:
    when = msgspec.to_builtins(inject.when)
    what = msgspec.to_builtins(inject.what)
    has_text = bool(words_of(inject.what))
    details = {key: value for key, value in what.items() if key != "do" and not (key == "text" and has_text)}
    return {
        "id": inject.id,
        "time": "" if second is None else _clock(second),
        "when": "time" if when["by"] == "time" else _when_words(when),
        "do": what["do"],
        **_in_languages("title", inject.title),
        **_in_languages("text", words_of(inject.what)),
        **_in_languages("note", inject.note),
        "optional": "yes" if inject.is_optional else "",
        "details": json.dumps(details, ensure_ascii=False) if details else "",
    }


def _when_words(when: dict[str, Any]) -> str:
    name = when[_NAMED[when["by"]]]
    seconds = when.get("s", 0.0)
    return f"{when['by']} {name}" + (f" +{seconds:g}" if seconds else "")


def _expected_cells(expectation: Expectation) -> dict[str, Cell]:
    check = {"id": expectation.id, **msgspec.to_builtins(expectation.what)}
    if expectation.role is not None:
        check["role"] = expectation.role
    return {
        **_in_languages("expected", expectation.words),
        "within_s": expectation.within_s,
        "objective": expectation.objective,
        "weight": expectation.weight,
        "check": json.dumps(check, ensure_ascii=False),
    }


def _in_languages(name: str, words: Words) -> dict[str, Cell]:
    said = words if isinstance(words, dict) else {"zh_CN": words}
    return {f"{name}_{short}": said.get(locale, "") for short, locale in _LOCALES.items()}


def _clock(second: float) -> str:
    whole, rest = divmod(second, 60)
    hours, minutes = divmod(int(whole), 60)
    return f"T+{hours:02d}:{minutes:02d}:{int(rest):02d}"


# --- from a sheet -------------------------------------------------------------------------------------------


def read_msel(data: bytes, base: Scenario) -> tuple[Scenario, tuple[Loss, ...]]:
    """Injects and expectations of the sheet, everything else of `base`. Raises ExchangeError when it is no such sheet;
    what a row could not say is told and left as it can be played: as a cue by hand, or a line to tick off."""
    rows = [row for row in _rows(data) if any(cell not in (None, "") for cell in row)]
    columns = _columns(rows[0]) if rows else {}
    if "time" not in columns or not columns.keys() & {"title_zh", "title_en"}:
        raise ExchangeError(
            "The sheet has no columns for time and event; name them so in its first row.",
            "表格第一行没有“时间”和“事件”两列，请补上列名。",
        )
    return _Reading(base).read(
        {key: row[at] if at < len(row) else None for key, at in columns.items()} for row in rows[1 : MOST_ROWS + 1]
    )


def _rows(data: bytes) -> list[Sequence[Any]]:
    if len(data) > MOST_BYTES:
        raise ExchangeError("The file is larger than 20 MB.", "文件超过 20 MB。")
    if not data.startswith(b"PK"):
        return list(csv.reader(io.StringIO(_decoded(data), newline="")))
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(part.file_size for part in packed.infolist()) > 5 * MOST_BYTES:
                raise ExchangeError("The sheet unpacks to too much.", "表格解压后过大。")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        try:
            return [list(row) for row in book.worksheets[0].iter_rows(values_only=True, max_row=MOST_ROWS + 1)]
        finally:
            book.close()
    except ExchangeError:
        raise
    except Exception as error:  # noqa: BLE001 - a damaged file fails anywhere in the library; whoever chose it is told
        raise ExchangeError(f"This is no whole XLSX file ({type(error).__name__}).", "文件不是完整的 XLSX。") from None


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ExchangeError("The file is neither UTF-8 nor GB 18030.", "文件既不是 UTF-8 也不是 GB 18030。")


def _columns(head: Sequence[Any]) -> dict[str, int]:
    """The product's own names first, then those of other people's sheets; the first of a kind counts."""
    words = [str(cell or "").strip().casefold() for cell in head]
    found = {key: words.index(name.casefold()) for key, name in COLUMNS.items() if name.casefold() in words}
    for key, names in _OTHERS.items():
        for name in names:
            if key not in found and name in words:
                found[key] = words.index(name)
    return found


class _Reading:
    """One sheet, row by row."""

    def __init__(self, base: Scenario) -> None:
        self._base = base
        self._injects: list[Inject] = []
        self._expectations: list[Expectation] = []
        self._ticks: list[CheckLine] = []
        self._objectives = {each.id: each for each in base.objectives}
        self._losses: list[Loss] = []

    def read(self, rows: Iterable[Mapping[str, Any]]) -> tuple[Scenario, tuple[Loss, ...]]:
        for number, row in enumerate(rows, start=2):
            cells = {key: _text(value) for key, value in row.items()}
            if cells.get("title_zh") or cells.get("title_en"):
                self._inject(number, cells)
            if cells.get("expected_zh") or cells.get("expected_en"):
                self._expected(number, cells)
        if not self._injects:
            raise ExchangeError("No row of the sheet has an event.", "表格中没有一行写有事件。")
        measured = {each.objective for each in self._expectations}
        objectives = tuple(each for each in self._objectives.values() if each.id in measured)
        scenario = msgspec.structs.replace(
            self._base,
            injects=tuple(self._injects),
            expectations=tuple(self._expectations),
            objectives=objectives or self._base.objectives,
            checklist=(*self._base.checklist, *self._ticks),
        )
        return scenario, tuple(self._losses)

    def _inject(self, number: int, cells: Mapping[str, str]) -> None:
        name = self._name(cells.get("id", ""), f"inject_{number}", {each.id for each in self._injects})
        raw: dict[str, Any] = {
            "id": name,
            "title": _said(cells, "title"),
            "when": self._when(number, cells),
            "what": self._what(number, cells),
        }
        if cells.get("note_zh") or cells.get("note_en"):
            raw["note"] = _said(cells, "note")
        if cells.get("optional", "").casefold() in ("yes", "是", "true", "1"):
            raw["is_optional"] = True
        self._injects.append(msgspec.convert(raw, Inject))

    def _when(self, number: int, cells: Mapping[str, str]) -> dict[str, Any]:
        found = _WHEN.match(cells.get("when", ""))
        if found is not None:
            by, name, seconds = found.groups()
            return {"by": by, _NAMED[by]: name, "s": float(seconds or 0)}
        second = self._second(cells.get("time", ""))
        if second is None:
            told = cells.get("time", "")
            self._say(
                number, f"the time {told!r} cannot be read; it comes at the start", f"时间“{told}”无法识别，放在开始"
            )
        return {"by": "time", "s": min(second or 0.0, self._base.length_s)}

    def _second(self, words: str) -> float | None:
        """`T+00:05:00`, `T+00:05` (hours and minutes), a time of day within the scenario, or `05:00` (minutes)."""
        found = _CLOCK.match(words)
        if found is None:
            return None
        sign, *parts = found.groups()
        numbers = [int(part) for part in parts if part is not None]
        as_hours = sum(number * unit for number, unit in zip(numbers, (3600.0, 60.0, 1.0), strict=False))
        begins = int(self._base.starts_at[11:13]) * 3600 + int(self._base.starts_at[14:16]) * 60
        if not sign and begins <= as_hours <= begins + self._base.length_s:
            return as_hours - begins
        return as_hours if sign or len(numbers) == 3 else as_hours / 60

    def _what(self, number: int, cells: Mapping[str, str]) -> dict[str, Any]:
        text = _said(cells, "text")
        try:
            details = json.loads(cells.get("details") or "{}")
            raw = {"do": cells.get("do", ""), **details}
            if cells.get("text_zh") or cells.get("text_en"):
                raw["text"] = text
            msgspec.convert(raw, InjectWhat)
        except (ValueError, TypeError):
            title = _said(cells, "title")
            if cells.get("do") != "cue":
                self._say(
                    number,
                    "how it is delivered is not known here; the trainer does it by hand",
                    "注入方式无法识别，由导调员手动完成",
                )
            return {"do": "cue", "text": text if any(_values(text)) else title}
        return raw

    def _expected(self, number: int, cells: Mapping[str, str]) -> None:
        words = _said(cells, "expected")
        try:
            check = json.loads(cells.get("check") or "")
            name = self._name(check.pop("id", ""), f"expected_{number}", {each.id for each in self._expectations})
            raw = {
                "id": name,
                "objective": self._objective(cells.get("objective", "")),
                "since": self._injects[-1].id,
                "within_s": float(cells.get("within_s") or 300),
                "role": check.pop("role", None),
                "what": check,
                "words": words,
                "weight": float(cells.get("weight") or 1),
            }
            self._expectations.append(msgspec.convert(raw, Expectation))
        except (ValueError, TypeError, AttributeError, IndexError):
            line = CheckLine(id=f"expected_{number}", text=words, time=CheckTime.DURING)
            self._ticks.append(line)
            self._say(
                number, "what is expected is in words only; somebody ticks it off", "预期行动只有文字，由评估员勾选"
            )

    def _objective(self, words: str) -> str:
        """An objective's id, or words that become one."""
        if words in self._objectives:
            return words
        for known in self._objectives.values():
            if words in _values(known.words):
                return known.id
        if not words:
            return next(iter(self._objectives))
        made = Objective(id=f"objective_{len(self._objectives) + 1}", words=words)
        self._objectives[made.id] = made
        return made.id

    def _name(self, words: str, instead: str, taken: set[str]) -> str:
        return words if re.fullmatch(r"[a-z][a-z0-9_]{0,39}", words) and words not in taken else instead

    def _say(self, number: int, english: str, chinese: str) -> None:
        self._losses.append(loss(f"row {number}", english, chinese))


def _text(value: Any) -> str:
    """A cell in words; times as openpyxl reads them, and without the stroke that kept it from being a formula."""
    if hasattr(value, "isoformat"):
        return str(value.isoformat()).rpartition("T")[2]
    words = "" if value is None else str(value).strip()
    return words[1:] if words[:1] == "'" and words[1:2] in ("=", "+", "-", "@") else words


def _said(cells: Mapping[str, str], name: str) -> Words:
    said = {locale: cells.get(f"{name}_{short}", "") for short, locale in _LOCALES.items()}
    return {locale: words for locale, words in said.items() if words}


def _values(words: Words) -> Iterator[str]:
    yield from words.values() if isinstance(words, dict) else (words,)
