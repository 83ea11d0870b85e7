"""What is on a desk's screen over real sockets: written behind, and nothing that a terminal may tell."""

from pathlib import Path

from comms.domain.desk_view import DeskViewed
from comms.domain.ids import UnitId
from comms.protocol.desk_commands import DeskViewTell
from comms.protocol.pushes import Done
from tests.support.gateway import NORTH_DUTY, SOUTH_DUTY, U1, running_gateway
from tests.support.terminal import code_of, desk, new_id, terminal


def view(tab: str) -> DeskViewTell:
    return DeskViewTell(id=new_id(), tab=tab, lat=23.0, lon=113.7, metres_per_px=4.0, unit_ids=(UnitId("u1"),))


async def test_all_views_are_written_and_the_newest_stands(tmp_path: Path) -> None:
    async with (
        running_gateway(tmp_path) as site,
        desk(site, NORTH_DUTY) as north,
        desk(site, SOUTH_DUTY) as south,
        terminal(site, U1) as worker,
    ):
        await south.subscribe()
        for tab in ("hub", "orders"):
            await north.ask_for(view(tab), Done)
        assert (await south.event(DeskViewed)).view.tab == "hub"
        assert (await south.event(DeskViewed, lambda told: told.view.tab == "orders")).view.lat == 23.0
        views = (await north.subscribe()).picture.desks.views
        assert [one.tab for one in views.values()] == ["orders"]
        assert code_of(await worker.ask(view("hub"))) == "not_allowed"
