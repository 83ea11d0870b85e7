"""Certificates of desks from the command line: made, listed and revoked, also beside a running gateway."""

import getpass
import os
import sys
from datetime import timedelta
from pathlib import Path

from comms.gateway.administration import accounts_of
from comms.gateway.clock import SystemClock
from comms.gateway.desk_authority import issue
from comms.gateway.options import Options
from comms.gateway.tls import utc_now
from comms.gateway.town import TownError

_LEAST_CHARS = 8


async def issue_certificate(options: Options) -> None:
    """One file for one desk, readable by its owner alone. With .p12 it is under a password, which is read from standard
    input; with .pem it is not, so it has to be carried as a key is."""
    assert options.out is not None
    if options.out.suffix not in (".p12", ".pem"):
        raise TownError("--out: a file .p12 (under a password) or .pem (without one) is needed.")
    password = _read_password() if options.out.suffix == ".p12" else ""
    now = utc_now(SystemClock().now())
    async with accounts_of(options.data) as (accounts, _):
        pair = issue(options.data, options.desk, life=timedelta(days=options.valid_days), now=now)
        _write(options.out, pair.pkcs12(password) if password else pair.pem())
        ends = pair.certificate.not_valid_after_utc
        await accounts.certificates.issued(pair.serial, options.desk, ends_at=ends.timestamp())
    sys.stdout.write(f"Certificate {pair.serial} for desk {options.desk}, good until {ends:%Y-%m-%d}: {options.out}\n")


async def list_certificates(options: Options) -> None:
    async with accounts_of(options.data) as (accounts, _):
        found = await accounts.certificates.all()
    now = SystemClock().now()
    for one in found:
        state = "revoked" if one.revoked_at is not None else "over" if one.ends_at <= now else "good"
        words = (one.serial, one.desk, f"{utc_now(one.ends_at):%Y-%m-%d}", state, one.reason)
        sys.stdout.write("\t".join(words).rstrip() + "\n")


async def revoke_certificate(options: Options) -> None:
    async with accounts_of(options.data) as (accounts, _):
        revoked = await accounts.certificates.revoke(options.serial, options.reason)
    if revoked is None:
        raise TownError(f"There is no certificate {options.serial} that is still good; see `certificate list`.")
    sys.stdout.write(f"Certificate of desk {revoked.desk} revoked; a desk that is signed in goes within a minute.\n")


def _read_password() -> str:
    """From standard input, never from the command line, where other users of the machine could read it."""
    typed = getpass.getpass("Password of the file: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if len(typed) < _LEAST_CHARS:
        raise TownError(f"The file's password needs at least {_LEAST_CHARS} characters. Nothing was made.")
    return typed


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "wb") as file:
        os.fchmod(descriptor, 0o600)  # of one that was there before, too
        file.write(data)
