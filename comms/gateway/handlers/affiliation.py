"""Which talkgroups a session is in."""

from comms.domain.events import AffiliationChanged
from comms.gateway.context import Session
from comms.gateway.gateway import Gateway
from comms.gateway.sign_in import called_into
from comms.protocol.commands import AffiliationSet
from comms.protocol.pushes import Done


async def affiliate(gateway: Gateway, session: Session, command: AffiliationSet) -> Done:
    """Told at once and written behind, as presence is: the floor must not wait for the disk."""
    wanted = tuple(dict.fromkeys(command.talkgroup_ids))
    if session.unit_id is not None:
        # A call an officer makes is not left by a terminal that does not know of it yet; it may be put behind others.
        called = called_into(gateway.picture, session.unit_id)
        wanted = (*(group_id for group_id in called if group_id not in wanted), *wanted)
    if wanted != session.affiliated:
        if session.unit_id is not None:
            change = AffiliationChanged(unit_id=session.unit_id, talkgroup_ids=wanted)
            gateway.record_soon(session.party, [change])
        gateway.affiliate(session, wanted)
    return Done(id=command.id)
