"""Sentences of the duty log about the journal itself."""

from typing import assert_never

from comms.domain.audit_events import AuditEvent, DataExported, DigestSwitched, StretchArchived
from comms.domain.ids import PartyId
from ui.sentence import Names, Sentence, Values, Word


def tell_of_audit(event: AuditEvent, actor: PartyId, names: Names) -> Sentence:
    match event:
        case DataExported(what=what, is_masked=is_masked, rows=rows, reason=reason, by=by):
            values: Values = {"name": by or names.party(actor), "what": Word(f"exported.{what.value}"), "count": rows}
            if is_masked:
                return Sentence("log.exported", "order", values)
            return Sentence("log.exported_unmasked", "warning", values | {"reason": reason}, "warn")
        case DigestSwitched(after=after):
            return Sentence("log.digest_switched", "info", {"algorithm": after.value.upper()})
        case StretchArchived(first_seq=first, last_seq=last, file=file, is_removed=is_removed):
            key = "log.archived_removed" if is_removed else "log.archived"
            return Sentence(key, "info", {"first": first, "last": last, "file": file})
        case _:
            assert_never(event)
