"""Photos, recordings and the map."""

from comms.gateway.context import Refusal, Session
from comms.gateway.gateway import Gateway
from comms.journal.blobs import PHOTO_TYPES, VISIT_TYPE
from comms.protocol.commands import BlobGet, BlobPut
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import BlobContent, Done


async def get(gateway: Gateway, session: Session, command: BlobGet) -> BlobContent | Refusal:
    blob = await gateway.blobs.get(command.blob_id, offset_bytes=command.offset_bytes, limit_bytes=command.limit_bytes)
    if blob is None:
        return Refusal(RefusalCode.NOT_FOUND)
    if blob.media_type == VISIT_TYPE:
        return Refusal(RefusalCode.NOT_ALLOWED)  # departments read their part by patrol.place
    return BlobContent(
        id=command.id,
        blob_id=command.blob_id,
        media_type=blob.media_type,
        data=blob.data,
        total_bytes=blob.total_bytes if command.limit_bytes is not None else None,
    )


async def put(gateway: Gateway, session: Session, command: BlobPut) -> Done | Refusal:
    if command.media_type not in PHOTO_TYPES:
        return Refusal(RefusalCode.MALFORMED)
    wait_s = gateway.may_store(session.party, len(command.data))
    if wait_s is not None:
        return Refusal(RefusalCode.TRY_LATER, wait_s)
    blob_id = await gateway.blobs.put(command.data, command.media_type)
    return Done(id=command.id, subject=blob_id)
