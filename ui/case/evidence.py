"""Evidence is played, looked at, or watched while it lasts."""

from typing import TYPE_CHECKING

from comms.domain.case_attachments import Attachment, AttachmentKind
from comms.domain.ids import BlobId
from ui.case.words import is_filming
from ui.dialogs.photo import PhotoDialog

if TYPE_CHECKING:
    from ui.workplace import Workplace


def open_evidence(place: "Workplace", one: Attachment) -> None:
    if one.kind is AttachmentKind.RECORDING and one.blob_id is not None:
        place.controls.play(one.blob_id)
    elif one.blob_id is not None:
        show_photos(place, (one.blob_id,))
    elif one.video_id is not None and is_filming(one, place.store):
        place.controls.watch(one.video_id)
    else:
        place.acting.tell("warn", place.text("case.evidence.not_kept"))


def show_photos(place: "Workplace", blob_ids: tuple[BlobId, ...]) -> None:
    PhotoDialog(
        blob_ids, duty=place.actions.duty, acting=place.acting, look=place.look, text=place.text, parent=place.host
    ).show()
