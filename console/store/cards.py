"""Where each talkgroup's card is: the standing ones in the gateway's order, ad-hoc ones behind them. A card keeps
its place while it is there; the place of an ad-hoc call that is over stays empty until another takes it."""

from comms.domain.ids import TalkgroupId
from comms.domain.jurisdiction import contains
from comms.domain.picture import Picture
from comms.domain.talkgroup import Talkgroup
from console.store.link import OwnSession


class CardPlaces:
    def __init__(self) -> None:
        self._ad_hoc: list[TalkgroupId | None] = []

    def update(self, picture: Picture, session: OwnSession | None) -> None:
        """Let go of those that are over; give the new ones the first places that are free."""
        wanted = [
            key
            for key, group in picture.talkgroups.items()
            if session is not None
            and group.ad_hoc is not None
            and contains(session.jurisdiction_id, group.talkgroup.jurisdiction_id)
        ]
        kept = [key if key in wanted else None for key in self._ad_hoc]
        for key in wanted:
            if key in kept:
                continue
            if None in kept:
                kept[kept.index(None)] = key
            else:
                kept.append(key)
        while kept and kept[-1] is None:
            kept.pop()
        self._ad_hoc = kept

    def cards(self, picture: Picture, session: OwnSession | None) -> tuple[Talkgroup | None, ...]:
        """By place, by the names the picture knows them by now; None is an empty place."""
        known = picture.talkgroups
        standing = session.talkgroups if session is not None else ()
        return (
            *(known[group.id].talkgroup if group.id in known else group for group in standing),
            *(known[key].talkgroup if key is not None and key in known else None for key in self._ad_hoc),
        )
