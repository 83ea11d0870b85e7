"""Names of parties as an officer knows them."""

from comms.domain.ids import PartyId, party_address, party_officer, party_source, party_unit
from comms.domain.picture import Picture


def known_name(picture: Picture, party: PartyId) -> str:
    """Its id when the picture does not have it."""
    unit_id, officer_id = party_unit(party), party_officer(party)
    if unit_id is not None and unit_id in picture.units:
        return picture.units[unit_id].unit.name
    if officer_id is not None and officer_id in picture.officers:
        return picture.officers[officer_id].name
    source_id = party_source(party)
    if source_id is not None:
        known = picture.work_orders.sources.get(source_id)
        return known.name if known is not None else source_id
    return party_address(party) or party
