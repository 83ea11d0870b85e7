"""A phone's browser where desks have to show a certificate: on the same port, it is neither asked nor kept out."""

from pathlib import Path

import pytest
from playwright.async_api import Browser

from comms.domain.ids import unit_party
from comms.gateway.desk_authority import DeskRule
from tests.integration.test_gateway_desk_certificates import HOST, desks
from tests.support.browser import phone
from tests.support.gateway import U1
from tests.support.web_terminal import WebTerminal

pytestmark = [pytest.mark.chromium, pytest.mark.asyncio(loop_scope="package")]


async def test_a_phone_signs_in_without_one(the_chromium: Browser, tmp_path: Path) -> None:
    """Its complaints are left aside: a browser that ignores who signed still fetches no worker from there."""
    async with desks(tmp_path, DeskRule.DEMANDED) as at, phone(the_chromium, trusts_all=True) as page:
        terminal = WebTerminal(page, f"https://{HOST}:{at.site.port}/terminal/")
        await terminal.prepare()
        await terminal.open(code=at.site.codes[U1])
        await terminal.start_duty()
        assert at.site.gateway is not None
        assert at.site.gateway.sessions.get(unit_party(U1)) is not None
