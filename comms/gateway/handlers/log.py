"""The duty log: reading the journal, and an officer's own lines in it."""

from comms.domain.events import NoteAdded
from comms.gateway.context import Refusal, Session
from comms.gateway.gateway import Gateway
from comms.protocol.commands import LogRead, NoteAdd
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Done, LogPage


async def read(gateway: Gateway, session: Session, command: LogRead) -> LogPage:
    before_seq = command.before_seq
    if before_seq is not None and before_seq > gateway.journal.durable.seq:
        before_seq = None  # also whatever is too large for SQL
    page = await gateway.journal.read_log(before_seq=before_seq, limit=command.limit)
    return LogPage(
        id=command.id, events=gateway.withholding.events(session, page), has_more=bool(page) and page[0].seq > 1
    )


async def add_note(gateway: Gateway, session: Session, command: NoteAdd) -> Done | Refusal:
    about_seq = command.about_seq
    if about_seq is not None and not 1 <= about_seq <= gateway.journal.durable.seq:
        return Refusal(RefusalCode.NOT_FOUND)
    await gateway.record(session.party, [NoteAdded(text=command.text, about_seq=about_seq)], command_id=command.id)
    return Done(id=command.id)
