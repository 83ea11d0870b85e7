"""What the sheet knows: which period, by what, the figures the gateway has answered, and the cases behind one."""

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from comms.domain.assessment import Dimension, Figure, Figures, Period
from comms.domain.bulletin import Finding, Row, Span, findings, is_ranked
from comms.domain.case_record import CaseRecord
from comms.protocol.assessment_commands import AssessmentCasePage, AssessmentTable
from comms.protocol.pushes import Refused
from console.actions.assessing import Assessing
from console.actions.requester import Unsent
from console.store.store import Store
from ui.acting import Acting
from ui.bulletin.periods import CHINA, Compared, compared, moved, of_days
from ui.bulletin.table import Shown, ranked
from ui.bulletin.words import key_name
from ui.text import Texts

_Table = AssessmentTable | Refused | Unsent
_Page = AssessmentCasePage | Refused | Unsent


@dataclass(frozen=True, slots=True)
class Opened:
    """A figure whose cases are shown."""

    by: Dimension
    key: str
    figure: Figure


class BulletinReading(QObject):
    changed = Signal()
    """Figures, or whether they are being read."""
    casesChanged = Signal()

    def __init__(
        self, store: Store, assessing: Assessing, acting: Acting, text: Texts, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._assessing = assessing
        self._acting = acting
        self._text = text
        self._wanted_by = self.by = Dimension.DEPARTMENT
        """Of the rows there are; another one is wanted until the gateway has answered."""
        self.compared: Compared = compared(Span.WEEK, 0.0, 1.0)
        self.rows: tuple[Row, ...] = ()
        self.total: Row | None = None
        self.trend: tuple[tuple[Period, Figures], ...] = ()
        self.read_at: float | None = None
        self.opened: Opened | None = None
        self.cases: tuple[CaseRecord, ...] = ()
        self._next: int | None = None
        self._turn = self._case_turn = 0
        self._waits = 0

    @property
    def is_reading(self) -> bool:
        return self._waits > 0

    @property
    def has_more(self) -> bool:
        return self._next is not None

    @property
    def shown(self) -> tuple[Shown, ...]:
        return ranked(self.rows, self.name_of, is_ranked=is_ranked(self.by))

    @property
    def shown_total(self) -> Shown | None:
        """The whole jurisdiction, as a row below the others."""
        return Shown(self.total, self._text("bulletin.whole"), None, is_total=True) if self.total is not None else None

    @property
    def ticks(self) -> tuple[tuple[str, Figures], ...]:
        """The trend, each part by its beginning."""
        form = "%H:%M" if self.compared.span is Span.DAY else "%m-%d"
        return tuple(
            (datetime.fromtimestamp(period.from_at, CHINA).strftime(form), figures) for period, figures in self.trend
        )

    @property
    def findings(self) -> tuple[Finding, ...]:
        return findings(self.rows)

    def name_of(self, key: str) -> str:
        return key_name(self._store, self.by, key, self._text)

    # --- choosing -----------------------------------------------------------------------------------------

    def choose_span(self, span: Span) -> None:
        now = self._store.server_now()
        if span is Span.ANY:
            self.choose_days(self.compared.now.from_at, self.compared.now.until_at - 1)
        else:
            self.compared = compared(span, min(now, self.compared.now.until_at - 1) if self.read_at else now, now)
            self.read()

    def choose_days(self, first: float, last: float) -> None:
        self.compared = of_days(first, last, self._store.server_now())
        self.read()

    def step(self, places: int) -> None:
        now, at = self._store.server_now(), moved(self.compared, places)
        if at > now:
            return
        if self.compared.span is Span.ANY:
            length = self.compared.now.until_at - self.compared.now.from_at
            self.compared = of_days(at, at + length - 1, now)
        else:
            self.compared = compared(self.compared.span, at, now)
        self.read()

    def choose_by(self, by: Dimension) -> None:
        self._wanted_by = by
        self.read()

    def refresh(self) -> None:
        """The same period, up to now where it goes on."""
        now, shown = self._store.server_now(), self.compared
        if shown.span is Span.ANY:
            self.compared = of_days(shown.now.from_at, shown.now.until_at - 1, now)
        else:
            self.compared = compared(shown.span, shown.now.from_at, now)
        self.read()

    # --- asking -------------------------------------------------------------------------------------------

    def read(self) -> None:
        self._turn += 1
        turn, shown, by = self._turn, self.compared, self._wanted_by
        periods = (shown.now, shown.before, shown.long_before)
        slices = shown.slices
        self.close_cases()
        self._waits += 2
        self.changed.emit()

        def take_rows(answer: _Table) -> None:
            self._waits -= 1
            if isinstance(answer, AssessmentTable) and turn == self._turn:
                self.rows, self.by = tuple(_row(each.key, each.figures) for each in answer.rows), by
                self.read_at = answer.read_at
            self.changed.emit()

        def take_whole(answer: _Table) -> None:
            self._waits -= 1
            if isinstance(answer, AssessmentTable) and turn == self._turn:
                figures = answer.rows[0].figures if answer.rows else (Figures(),) * (3 + len(slices))
                self.total = _row("", figures[:3])
                self.trend = tuple(zip(slices, figures[3:], strict=True))
            self.changed.emit()

        self._acting.start(self._assessing.read(periods, by), take_rows, failed=self._failed)
        whole = self._assessing.read((*periods, *slices), Dimension.WHOLE)
        self._acting.start(whole, take_whole, failed=self._failed)

    def _failed(self) -> None:
        self._waits -= 1
        self.changed.emit()

    # --- cases --------------------------------------------------------------------------------------------

    def open_cases(self, by: Dimension, key: str, figure: Figure) -> None:
        self.opened, self.cases, self._next = Opened(by, key, figure), (), 0
        self.read_more()

    def close_cases(self) -> None:
        self._case_turn += 1
        self.opened, self.cases, self._next = None, (), None
        self.casesChanged.emit()

    def read_more(self) -> None:
        opened = self.opened
        if opened is None or self._next is None:
            return
        self._case_turn += 1
        turn = self._case_turn

        def take(answer: _Page) -> None:
            if isinstance(answer, AssessmentCasePage) and turn == self._case_turn:
                self.cases += answer.cases
                self._next = answer.next
                self.casesChanged.emit()

        work = self._assessing.cases(self.compared.now, opened.by, opened.key, opened.figure, first=self._next)
        self._acting.start(work, take)


def _row(key: str, figures: tuple[Figures, ...]) -> Row:
    now, before, long_before = figures
    return Row(key=key, now=now, before=before, long_before=long_before)
