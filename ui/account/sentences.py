"""Sentences of the duty log about accounts, sign-ins and devices."""

from typing import assert_never

from comms.domain.account_events import (
    AccountChanged,
    AccountEvent,
    DeskCertificateIssued,
    DeskCertificateRevoked,
    DeviceRevoked,
    EnrolmentIssued,
    EnrolmentRevoked,
    SignInEnded,
    SignInLocked,
)
from comms.domain.ids import PartyId, officer_party
from ui.sentence import Names, Sentence, Values
from ui.words import clock_minute, day, duration


def tell_of_account(event: AccountEvent, actor: PartyId, names: Names) -> Sentence:
    values: Values = {"name": names.party(actor)}
    match event:
        case AccountChanged(officer_id=officer_id, what=what, reason=reason):
            values |= {"whose": names.party(officer_party(officer_id)), "reason": reason}
            return Sentence(f"log.account.{what.value}", "person", values)
        case SignInLocked(name=typed, address=address, wait_s=wait_s):
            told: Values = {"typed": typed, "address": address, "time": duration(wait_s)}
            return Sentence("log.sign_in_locked", "warning", told, "warn")
        case SignInEnded(party=party):
            return Sentence("log.sign_in_ended", "door", values | {"whose": names.party(party)}, "warn")
        case EnrolmentIssued(unit_id=unit_id, expires_at=expires_at):
            values |= {"unit": names.unit(unit_id), "time": clock_minute(expires_at)}
            return Sentence("log.enrolment_issued", "person", values, unit_id=unit_id)
        case EnrolmentRevoked(unit_id=unit_id):
            return Sentence("log.enrolment_revoked", "cancel", values | {"unit": names.unit(unit_id)}, unit_id=unit_id)
        case DeviceRevoked(unit_id=unit_id, device_name=device, reason=reason):
            values |= {"unit": names.unit(unit_id), "device": device, "reason": reason}
            return Sentence("log.device_revoked", "cancel", values, "warn", unit_id=unit_id)
        case DeskCertificateIssued(desk=desk, ends_at=ends_at):
            return Sentence("log.desk_certificate_issued", "person", {"desk": desk, "day": day(ends_at)})
        case DeskCertificateRevoked(desk=desk, reason=reason):
            return Sentence("log.desk_certificate_revoked", "cancel", {"desk": desk, "reason": reason}, "warn")
        case _:
            assert_never(event)
