"""What an officer had on the screen: so that a replay can show a desk as it was, not only what was known."""

import msgspec

from comms.domain.ids import IncidentId, OrderId, PartyId, UnitId
from comms.domain.states import Change

MOST_UNITS = 20
"""Of those selected: whoever picks more has no eye on each."""
NAME_LENGTH = 40


class DeskView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`tab` and `sheet` name parts of the window as its commands do; `sheet` is what lies over it. The map's centre is
    WGS-84; `metres_per_px` is its scale there."""

    tab: str
    lat: float
    lon: float
    metres_per_px: float
    sheet: str = ""
    unit_ids: tuple[UnitId, ...] = ()
    order_id: OrderId | None = None
    incident_ids: tuple[IncidentId, ...] = ()


class DeskViewed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="desk.viewed"):
    """The actor is the officer."""

    view: DeskView


class DeskBook(msgspec.Struct, kw_only=True):
    """The newest view of each officer; the journal has all."""

    views: dict[PartyId, DeskView] = {}

    def apply(self, event: DeskViewed, *, actor: PartyId) -> tuple[Change, ...]:
        is_new = actor not in self.views
        self.views[actor] = event.view
        return (Change("desk", actor, is_new),)
