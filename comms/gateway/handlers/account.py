"""An officer's own account: how it stands, another password, a second factor."""

from comms.domain.account_events import AccountChange, AccountChanged
from comms.gateway.context import Refusal, Session
from comms.gateway.gateway import Gateway
from comms.protocol.account_commands import (
    AccountPassword,
    AccountRead,
    AccountUnlock,
    SecondFactorBegin,
    SecondFactorConfirm,
    SecondFactorEnd,
)
from comms.protocol.account_pushes import AccountState, RecoveryCodes, SecondFactorOffer
from comms.protocol.errors import RefusalCode
from comms.protocol.issuer_commands import IssuerBegin, IssuerOffer, IssuerUnlock
from comms.protocol.pushes import Done, TokenGranted


async def read(gateway: Gateway, session: Session, command: AccountRead) -> AccountState:
    assert session.officer_id is not None
    expires_at = await gateway.accounts.passwords.expires_at(session.officer_id)
    factors, officer_id = gateway.accounts.factors, session.officer_id
    return AccountState(
        id=command.id,
        password_expires_at=expires_at,
        has_second_factor=await factors.is_on(officer_id),
        must_have_second_factor=gateway.sign_in.proof.is_asked_for(officer_id),
        recovery_left=await factors.recovery_left(officer_id),
    )


async def change_password(gateway: Gateway, session: Session, command: AccountPassword) -> TokenGranted | Refusal:
    """A new family of tokens for this sign-in; those of all others are gone."""
    officer_id = session.officer_id
    assert officer_id is not None
    proof = gateway.sign_in.proof
    refusal = await proof.confirm(officer_id, command.password)
    if refusal is None:
        refusal = await proof.password_fault(officer_id, command.new_password)
    if refusal is not None:
        return refusal
    await gateway.accounts.passwords.put(officer_id, command.new_password)
    granted, session.token_family = await gateway.accounts.grant_tokens(
        officer_id, address=session.address, program=session.program, certificate=session.certificate
    )
    change = AccountChanged(officer_id=officer_id, what=AccountChange.PASSWORD)
    gateway.record_soon(session.party, [change])
    return TokenGranted(
        id=command.id,
        token=granted.token,
        token_expires_at=granted.expires_at,
        refresh_token=granted.refresh_token,
    )


async def unlock(gateway: Gateway, session: Session, command: AccountUnlock) -> Done | Refusal:
    assert session.officer_id is not None
    refusal = await gateway.sign_in.proof.confirm(session.officer_id, command.password)
    return refusal if refusal is not None else Done(id=command.id)


async def begin_issuer(gateway: Gateway, session: Session, command: IssuerBegin) -> IssuerOffer | Refusal:
    return await gateway.sign_in.issuer.begin(command, session.address, asker=session.officer_id)


async def unlock_by_issuer(gateway: Gateway, session: Session, command: IssuerUnlock) -> Done | Refusal:
    assert session.officer_id is not None
    refusal = await gateway.sign_in.issuer.unlock(command, session.address, session.officer_id)
    return refusal if refusal is not None else Done(id=command.id)


async def begin_factor(gateway: Gateway, session: Session, command: SecondFactorBegin) -> SecondFactorOffer | Refusal:
    assert session.officer_id is not None
    refusal = await gateway.sign_in.proof.confirm(session.officer_id, command.password, command.code)
    if refusal is not None:
        return refusal
    offer = await gateway.accounts.factors.begin(session.officer_id)
    return SecondFactorOffer(id=command.id, secret=offer.secret, uri=offer.uri)


async def confirm_factor(gateway: Gateway, session: Session, command: SecondFactorConfirm) -> RecoveryCodes | Refusal:
    assert session.officer_id is not None
    codes = await gateway.sign_in.proof.confirm_factor(session.officer_id, command.code)
    if isinstance(codes, Refusal):
        return codes
    session.must_set_up = False
    change = AccountChanged(officer_id=session.officer_id, what=AccountChange.SECOND_FACTOR_ON)
    gateway.record_soon(session.party, [change])
    return RecoveryCodes(id=command.id, codes=codes)


async def end_factor(gateway: Gateway, session: Session, command: SecondFactorEnd) -> Done | Refusal:
    assert session.officer_id is not None
    proof = gateway.sign_in.proof
    if proof.is_asked_for(session.officer_id):
        return Refusal(RefusalCode.SECOND_FACTOR_KEPT)
    refusal = await proof.confirm(session.officer_id, command.password, command.code)
    if refusal is not None:
        return refusal
    await gateway.accounts.factors.end(session.officer_id)
    change = AccountChanged(officer_id=session.officer_id, what=AccountChange.SECOND_FACTOR_OFF)
    gateway.record_soon(session.party, [change])
    return Done(id=command.id)
