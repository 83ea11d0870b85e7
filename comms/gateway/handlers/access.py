"""Who is signed in, and from afar the end of it; terminals that have enrolled, and those that are lost."""

from comms.domain.account_events import DeviceRevoked, EnrolmentRevoked, SignInEnded
from comms.domain.ids import officer_party, unit_party
from comms.gateway.authority import looks_after_access
from comms.gateway.context import Refusal, Session
from comms.gateway.gateway import Gateway
from comms.journal.accounts import SignInKept
from comms.protocol.account_commands import DeviceList, DeviceRevoke, EnrolmentRevoke, SignInEnd, SignInList
from comms.protocol.account_pushes import DeviceLine, DevicePage, SignInLine, SignInPage
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Done

# --- desks ------------------------------------------------------------------------------------------------


async def sign_ins(gateway: Gateway, session: Session, command: SignInList) -> SignInPage | Refusal:
    assert session.officer_id is not None
    if command.is_everybodys and not looks_after_access(gateway, session):
        return Refusal(RefusalCode.NOT_ALLOWED)
    kept = await gateway.accounts.sign_ins(None if command.is_everybodys else session.officer_id)
    known = gateway.picture.officers
    return SignInPage(
        id=command.id,
        sign_ins=tuple(_line(gateway, session, one) for one in kept if one.officer_id in known),
    )


def _line(gateway: Gateway, session: Session, kept: SignInKept) -> SignInLine:
    """Of one that is open, where it is connected from now."""
    live = _live(gateway, kept)
    return SignInLine(
        id=kept.family,
        officer_id=kept.officer_id,
        since=kept.since,
        address=live.address if live is not None else kept.address,
        program=live.program if live is not None else kept.program,
        is_open=live is not None,
        is_this=kept.family == session.token_family,
    )


def _live(gateway: Gateway, kept: SignInKept) -> Session | None:
    found = gateway.sessions.get(officer_party(kept.officer_id))
    return found if found is not None and found.token_family == kept.family else None


async def end_sign_ins(gateway: Gateway, session: Session, command: SignInEnd) -> Done | Refusal:
    """All of them or none. The connection ends even when the store fails: then its tokens have to be ended again."""
    everybodys = await gateway.accounts.sign_ins()
    chosen = [kept for kept in everybodys if kept.family in command.sign_in_ids]
    if len(chosen) < len(set(command.sign_in_ids)):
        return Refusal(RefusalCode.NOT_FOUND)
    is_own = all(kept.officer_id == session.officer_id for kept in chosen)
    if not is_own and not looks_after_access(gateway, session):
        return Refusal(RefusalCode.NOT_ALLOWED)
    events = [SignInEnded(party=officer_party(kept.officer_id), address=kept.address) for kept in chosen]
    try:
        for kept in chosen:
            await gateway.accounts.revoke(kept.family)
        await gateway.record(session.party, events)
    finally:
        for kept in chosen:
            live = _live(gateway, kept)
            if live is not None and live is not session:
                gateway.presence.end(live, RefusalCode.ENDED_FROM_AFAR)
    return Done(id=command.id)


# --- terminals --------------------------------------------------------------------------------------------


async def devices(gateway: Gateway, session: Session, command: DeviceList) -> DevicePage:
    enrolments, units = gateway.accounts.enrolments, gateway.picture.units
    codes = {one.unit_id: one.expires_at for one in await enrolments.open_codes()}
    enrolled = {one.unit_id: one for one in await enrolments.devices()}
    wanted = command.words.strip().casefold()
    found: list[DeviceLine] = []
    for unit_id in sorted({*codes, *enrolled} & units.keys(), key=lambda each: units[each].unit.no):
        device = enrolled.get(unit_id)
        name = device.name if device is not None else ""
        if wanted and not any(wanted in each.casefold() for each in (units[unit_id].unit.name, unit_id, name)):
            continue
        live = gateway.sessions.get(unit_party(unit_id))
        found.append(
            DeviceLine(
                unit_id=unit_id,
                name=name,
                enrolled_at=device.enrolled_at if device is not None else None,
                code_expires_at=codes.get(unit_id),
                is_online=live is not None,
                since=live.since if live is not None else None,
                address=live.address if live is not None else "",
                program=live.program if live is not None else "",
            )
        )
    return DevicePage(id=command.id, devices=tuple(found[: command.limit]), total=len(found))


async def revoke_device(gateway: Gateway, session: Session, command: DeviceRevoke) -> Done | Refusal:
    ended = await gateway.accounts.enrolments.revoke_device(command.unit_id)
    live = gateway.sessions.get(unit_party(command.unit_id))
    if live is not None:
        gateway.presence.end(live, RefusalCode.DEVICE_REVOKED)
    if ended is None:
        return Refusal(RefusalCode.NOT_FOUND)
    revoked = DeviceRevoked(unit_id=command.unit_id, device_name=ended.name, reason=command.reason)
    await gateway.record(session.party, [revoked])
    return Done(id=command.id)


async def revoke_code(gateway: Gateway, session: Session, command: EnrolmentRevoke) -> Done | Refusal:
    if not await gateway.accounts.enrolments.revoke_code(command.unit_id):
        return Refusal(RefusalCode.NOT_FOUND)
    await gateway.record(session.party, [EnrolmentRevoked(unit_id=command.unit_id)])
    return Done(id=command.id)
