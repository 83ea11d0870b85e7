"""上报 → 立案 → 派遣 → 处置 → 核查 → 结案 as a strip: what is behind a case, where it stands, what lies ahead."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QWidget

from comms.domain.case import FINAL, CaseStage, CaseState
from ui.case_words import stage_name
from ui.text import Texts
from ui.theme import Look
from ui.words import moment

STAGES = (
    CaseStage.REPORTED,
    CaseStage.REGISTERED,
    CaseStage.DISPATCHED,
    CaseStage.HANDLING,
    CaseStage.HANDLED,
    CaseStage.CLOSED,
)
_HEIGHT_PX, _NOTCH_PX = 44, 10


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    when: str
    kind: str
    """`past`, `present`, `future`, or of the present one `held` and `ended`."""


def place_of(case: CaseState) -> int:
    """Where in the strip a case stands: one that is suspended where it will go on, one that is over at the end."""
    if case.stage in FINAL:
        return len(STAGES) - 1
    if case.stage is CaseStage.SUSPENDED:
        return STAGES.index(case.resumes_to) if case.resumes_to is not None else STAGES.index(CaseStage.HANDLING)
    return STAGES.index(case.stage)


def parts_of(case: CaseState, reported_at: float, now: float, text: Texts) -> tuple[Part, ...]:
    """With the time each stage was entered last; a stage behind that was never entered has none."""
    entered = {CaseStage.REPORTED: reported_at}
    before = CaseStage.REPORTED
    for line in case.flow:
        if line.move.stage is not before:
            entered[line.move.stage] = line.at
            before = line.move.stage
    entered[case.stage] = case.stage_since
    at = place_of(case)
    found = []
    for place, stage in enumerate(STAGES):
        shown = case.stage if place == at else stage
        when = moment(entered[shown], now) if place <= at and shown in entered else ""
        name = stage_name(shown, text) if shown is not stage else text(f"case.strip.{stage.value}")
        found.append(Part(name, when, _kind(place, at, case)))
    return tuple(found)


def _kind(place: int, at: int, case: CaseState) -> str:
    if place != at:
        return "past" if place < at else "future"
    if case.stage is CaseStage.SUSPENDED:
        return "held"
    return "ended" if case.stage in (CaseStage.VOID, CaseStage.FORCE_CLOSED) else "present"


class StageStrip(QWidget):
    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.parts: tuple[Part, ...] = ()
        look.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        self.setFixedHeight(self._look.px(_HEIGHT_PX))
        self.update()

    def show_parts(self, parts: Sequence[Part]) -> None:
        if tuple(parts) != self.parts:
            self.parts = tuple(parts)
            self.setAccessibleName("  ".join(f"{part.name} {part.when}".strip() for part in parts))
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self.parts:
            return
        painter, notch = QPainter(self), self._look.px(_NOTCH_PX)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = (self.width() - notch) / len(self.parts)
        for place, part in enumerate(self.parts):
            room = QRectF(place * width, 0, width, self.height())
            self._paint_part(painter, part, room, notch, is_first=place == 0)

    def _paint_part(self, painter: QPainter, part: Part, room: QRectF, notch: int, *, is_first: bool) -> None:
        look, theme = self._look, self._look.theme
        ground, ink = {
            "past": (theme.chosen, theme.text),
            "present": (theme.accent, theme.on_accent),
            "held": (theme.warn_fill, theme.on_warn),
            "ended": (theme.danger_fill, theme.on_danger),
            "future": (theme.raised, theme.text_dim),
        }[part.kind]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground))
        painter.drawPolygon(_arrow(room, notch, is_first=is_first))
        painter.setPen(QColor(ink))
        words = room.adjusted(0 if is_first else notch, 0, 0, 0)
        upper = QRectF(words.left(), words.top(), words.width(), words.height() * (0.62 if part.when else 1.0))
        painter.setFont(look.font(is_bold=part.kind not in ("past", "future")))
        painter.drawText(upper, int(Qt.AlignmentFlag.AlignCenter), part.name)
        if part.when:
            painter.setFont(look.font(px=11))
            lower = QRectF(words.left(), words.top() + words.height() * 0.5, words.width(), words.height() * 0.45)
            painter.drawText(lower, int(Qt.AlignmentFlag.AlignCenter), part.when)


def _arrow(room: QRectF, notch: int, *, is_first: bool) -> QPolygonF:
    left, right, top, bottom = room.left() + 2, room.right(), room.top(), room.bottom()
    middle = room.center().y()
    corners = [(left, top), (right, top), (right + notch, middle), (right, bottom), (left, bottom)]
    if not is_first:
        corners.append((left + notch, middle))
    return QPolygonF([QPointF(x, y) for x, y in corners])
