"""Prolonging the sign-in in silence, before it ends. Comms thread only."""

import asyncio
from collections.abc import Callable

from comms.protocol.pushes import Refused, TokenGranted
from console.actions.requester import Requester
from console.session.credentials import Credentials
from console.store.link import RenewalReport

RETRY_S = 10.0
"""A renewal that failed is tried again after this, while the token lasts. Our own figure."""


async def keep_renewed(credentials: Credentials, requester: Requester, report: Callable[[RenewalReport], None]) -> None:
    """Runs as long as the connection. The officer is told when a renewal fails, before the end bites."""
    while (wait_s := credentials.renew_in_s()) is not None:
        await asyncio.sleep(wait_s)
        command = credentials.refresh_command()
        if command is None:
            return
        answer = await requester.request(command)
        if isinstance(answer, TokenGranted):
            credentials.granted(answer)
            report(RenewalReport(expires_at=answer.token_expires_at))
            continue
        fault = answer.code.value if isinstance(answer, Refused) else type(answer).__name__
        report(RenewalReport(expires_at=credentials.expires_at or 0.0, fault=fault))
        await asyncio.sleep(RETRY_S)
