"""The names in use on one map: wished for per block of the view, chosen and lettered by the worker."""

from collections.abc import Mapping
from functools import partial

from comms.domain.ids import JurisdictionId
from ui.map.ground import Ground
from ui.map.lettering import Lettering
from ui.map.names import NamePlan, NamesPlan, PlanKey, plan_key
from ui.map.tiles import Tiles
from ui.map.view import View


class Naming:
    def __init__(self, tiles: Tiles) -> None:
        self._tiles = tiles
        self._planner: NamePlan | None = None
        self._plan: NamesPlan | None = None
        self._wished: PlanKey | None = None

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

    def plan_for(self, view: View) -> NamesPlan | None:
        """What there is for a view; asks the worker for what there is not."""
        key = plan_key(view)
        if key != self._wished and self._planner is not None:
            self._wished = key
            self._tiles.want_names(self._planner, view)
        plan = self._plan
        return plan if plan is not None and plan.serves(view) else None


def _name_in(known: Mapping[JurisdictionId, str], jurisdiction_id: JurisdictionId) -> str:
    return known.get(jurisdiction_id, "")
