"""The names in use on one map: wished for per block of the view, chosen by the worker, drawn when they have come."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtGui import QPixmap

from comms.domain.ids import JurisdictionId
from ui.map.ground import Ground
from ui.map.lettering import Lettering, Tone
from ui.map.names import NamePlan, NamesPlan, PlanKey, bare_plan, plan_key
from ui.map.tiles import Tiles
from ui.map.view import View

DrawnName = tuple[float, float, QPixmap, bool]
"""Left and top in the plan's block, and whether it lies above units."""


class Naming:
    def __init__(self, tiles: Tiles) -> None:
        self._tiles = tiles
        self._planner: NamePlan | None = None
        self._plan: NamesPlan | None = None
        self._wished: PlanKey | None = None
        self._drawn_for: tuple[NamesPlan, Lettering] | None = None
        self._drawn: list[DrawnName] = []

    def begin(self, ground: Ground, known: Mapping[JurisdictionId, str], lettering: Lettering) -> None:
        """Choose names anew; the old ones stay until then. Only the worker uses `lettering`."""
        self._planner = NamePlan(ground, lettering, partial(_name_in, known), self._tiles.stand_back)
        self._wished = None

    def take(self, planner: NamePlan, plan: NamesPlan) -> None:
        """Made by the worker; one that an older planner made is out of date."""
        if planner is self._planner:
            self._plan = plan

    @property
    def is_complete(self) -> bool:
        """The names in use are those of the view asked for last."""
        return self._plan is not None and self._plan.key == self._wished

    def plan_for(self, view: View) -> NamesPlan:
        """What there is for a view; asks the worker for what there is not."""
        key = plan_key(view)
        if key != self._wished and self._planner is not None:
            self._wished = key
            self._tiles.want_names(self._planner, view)
        plan = self._plan
        return plan if plan is not None and plan.serves(view) else bare_plan(view)

    def drawn(self, plan: NamesPlan, lettering: Lettering) -> list[DrawnName]:
        """The pixmaps of a plan's names; looked up once for a plan and its letters."""
        if self._drawn_for != (plan, lettering):
            self._drawn_for = (plan, lettering)
            self._drawn = []
            for name, (x, y) in zip(plan.names, plan.middles, strict=True):
                candidate = name.candidate
                drawn = lettering.lettered(candidate.text, candidate.tone, candidate.turn_deg)
                is_above = candidate.tone is Tone.VILLAGE
                self._drawn.append((x - drawn.width / 2, y - drawn.height / 2, drawn.pixmap, is_above))
        return self._drawn


def _name_in(known: Mapping[JurisdictionId, str], jurisdiction_id: JurisdictionId) -> str:
    return known.get(jurisdiction_id, "")
