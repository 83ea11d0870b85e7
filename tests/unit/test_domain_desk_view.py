"""What officers had on the screen: the newest of each is in the picture."""

from comms.domain.desk_view import DeskView, DeskViewed
from comms.domain.events import Recorded
from comms.domain.ids import PartyId
from comms.domain.picture import Picture
from comms.domain.states import Change


def test_the_newest_view_of_each_officer_stands() -> None:
    picture = Picture()
    told: list[Change] = []
    for seq, (name, tab) in enumerate((("a", "hub"), ("b", "units"), ("a", "orders")), start=1):
        view = DeskView(tab=tab, lat=23.0, lon=113.0, metres_per_px=2.0)
        recorded = Recorded(seq=seq, at=float(seq), actor=PartyId(f"officer:{name}"), event=DeskViewed(view=view))
        told += picture.apply(recorded)
    assert {party: view.tab for party, view in picture.desks.views.items()} == {
        "officer:a": "orders",
        "officer:b": "units",
    }
    assert told == [
        Change("desk", "officer:a", True),
        Change("desk", "officer:b", True),
        Change("desk", "officer:a", False),
    ]
