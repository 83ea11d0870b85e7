"""What is said of one incident in lines: on its card, and beside another one it may be merged with."""

from collections.abc import Iterable, Iterator

from comms.domain.ids import IncidentId
from comms.domain.incident import IncidentState
from console.store.store import Store
from ui.hub.controls import HubControls
from ui.hub.duplicate_watch import reasons_in_words
from ui.search.happening_names import number_of
from ui.text import Texts
from ui.words import age, distance, jurisdiction_path, moment, party_name

MERGED_NAMED = 3


class IncidentWords:
    def __init__(self, store: Store, hub: HubControls, text: Texts) -> None:
        self._store = store
        self._hub = hub
        self._text = text

    def aside(self, state: IncidentState) -> str:
        """Its number, and how grave, which the symbol says as well: the former must not be cut."""
        priority = self._text(f"priority.{state.incident.priority.value}")
        return self._dotted(number_of(state.incident.id), priority)

    def what(self, state: IncidentState) -> str:
        return state.incident.text or self._text("hub.no_text")

    def where(self, state: IncidentState) -> str:
        incident = state.incident
        return self._dotted(incident.place.text, jurisdiction_path(self._store.picture, incident.jurisdiction_id))

    def source(self, state: IncidentState) -> str:
        """Who said so, with the number it has there."""
        incident = state.incident
        if incident.origin is None:
            return incident.source or party_name(self._store, state.reported_by, self._text)
        name = incident.source or incident.origin.source
        return self._text("hub.source_number", source=name, number=incident.origin.source_id)

    def reported(self, state: IncidentState) -> str:
        """With what its source has done there since."""
        now = self._store.server_now()
        when, old = moment(state.reported_at, now), age(now - state.reported_at, self._text)
        said = self._text("hub.reported", source=self.source(state), when=when, age=old)
        there = self._store.picture.work_orders.closed_there.get(state.incident.id)
        return said if there is None else self._dotted(self._text("hub.closed_there", note=there.note), said)

    def noted(self, state: IncidentState) -> str:
        """Who has acknowledged it; that nobody has, while that matters."""
        noted = state.acknowledged
        if noted is not None:
            name = party_name(self._store, noted.by, self._text)
            return self._text("hub.noted", name=name, when=moment(noted.at, self._store.server_now()))
        return self._text("hub.not_noted") if state.stands and not state.order_ids else ""

    def units(self, state: IncidentState) -> str:
        """Who is at it, how far along and how far off."""
        text, units = self._text, self._hub.sights.units(state)
        if units:
            said = (
                text(
                    "hub.at_it_one" if unit.metres is None else "hub.at_it_near",
                    name=unit.name,
                    state=text(f"step.{unit.step.value}"),
                    away="" if unit.metres is None else distance(unit.metres, text),
                )
                for unit in units
            )
            return text("hub.at_it", units=text("list.separator").join(said))
        return text("hub.orders_done", count=len(state.order_ids)) if state.order_ids else text("hub.nobody_at_it")

    def nearest(self, state: IncidentState) -> str:
        """Who could be sent."""
        target = self._hub.nearest(state)
        if target is None:
            return self._text("hub.nobody_free")
        unit_id, place = target.unit_ids[0], state.incident.place
        row = self._store.positions.row_of(unit_id)
        metres = self._store.positions.distances_m(lat=place.lat, lon=place.lon)
        away = distance(float(metres[row]), self._text) if row is not None else ""
        return self._text("hub.nearest", name=self._store.picture.units[unit_id].unit.name, away=away)

    def closed(self, state: IncidentState) -> str:
        if state.closed_at is None or state.outcome is None or state.closed_by is None:
            return ""
        return self._text(
            "hub.closed",
            outcome=self._text(f"outcome.{state.outcome.value}"),
            name=party_name(self._store, state.closed_by, self._text),
            when=moment(state.closed_at, self._store.server_now()),
        )

    def cameras(self, state: IncidentState) -> str:
        text = self._text
        said = [
            text("around.at", name=camera.name, distance=distance(metres, text))
            for camera, metres in self._hub.sights.cameras(state)
        ]
        return text("hub.cameras", cameras=text("list.separator").join(said)) if said else text("hub.no_camera")

    def related(self, state: IncidentState) -> str:
        """Into what it is merged; what it carries; what it may repeat."""
        if state.merge is not None:
            return self._main(state)
        return self._dotted(self._merged(state), self._likely())

    def named(self, state: IncidentState) -> str:
        return self._text("hub.duplicate.named", kind=state.incident.kind, number=number_of(state.incident.id))

    def each(self, incident_ids: Iterable[IncidentId]) -> Iterator[tuple[IncidentId, str]]:
        """One line each: kind, number and who said so."""
        states = self._store.picture.incidents.states
        for state in (states[one] for one in incident_ids if one in states):
            yield state.incident.id, self._dotted(self.named(state), self.source(state))

    def _main(self, state: IncidentState) -> str:
        merge = state.merge
        assert merge is not None
        main = self._store.picture.incidents.states.get(merge.into)
        name = party_name(self._store, merge.by, self._text)
        named = self.named(main) if main is not None else number_of(merge.into)
        why = merge.words or reasons_in_words(merge.reasons, self._text)
        said = self._text("merge.into", main=named, name=name, when=moment(merge.at, self._store.server_now()))
        return self._text("merge.why", said=said, why=why) if why else said

    def _merged(self, state: IncidentState) -> str:
        if not state.merged_ids:
            return ""
        merged = self._store.picture.incidents.merged_into(state)
        named = self._text("list.separator").join(self.source(one) for one in merged[:MERGED_NAMED])
        key = "merge.carries" if len(merged) <= MERGED_NAMED else "merge.carries_more"
        return self._text(key, count=len(state.merged_ids), sources=named)

    def _likely(self) -> str:
        found = self._hub.likely_duplicate
        if found is None:
            return ""
        other = self._store.picture.incidents.states[found.incident_id]
        number, reasons = number_of(other.incident.id), reasons_in_words(found.reasons, self._text)
        return self._text("hub.duplicate.likely", number=number, reasons=reasons)

    def _dotted(self, *parts: str) -> str:
        return self._text("hub.dot").join(filter(None, parts))
