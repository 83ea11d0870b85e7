"""The page behind a site's help poster, in a real browser at a real gateway: pressed, it rings at the desks."""

from pathlib import Path

import pytest
from playwright.async_api import Browser

from comms.domain.alarm import AlarmKind
from comms.domain.events import AlarmRaised
from comms.gateway.settings import Settings
from tests.support.browser import Complaints, phone
from tests.support.gateway import ADMIN, running_gateway
from tests.support.terminal import desk
from tests.support.web_terminal import WebTerminal

pytestmark = [pytest.mark.chromium, pytest.mark.asyncio(loop_scope="package")]


@pytest.mark.parametrize(("is_open", "said"), [(True, "呼救已送达指挥中心"), (False, "请直接拨打 110")])
async def test_the_button_rings_at_the_desks_where_the_site_allows_it(
    tmp_path: Path, the_chromium: Browser, complaints: Complaints, is_open: bool, said: str
) -> None:
    async with (
        running_gateway(tmp_path, settings=Settings(is_help_open=is_open)) as site,
        desk(site, ADMIN) as officer,
        phone(the_chromium, complaints=complaints) as page,
    ):
        await officer.subscribe()
        poster = WebTerminal(page, f"http://127.0.0.1:{site.port}/terminal/#help")
        await poster.prepare()
        await page.goto(poster.url)
        await page.fill("#help-contact", "13800000000")
        await page.click("#help-go")
        await poster.until_text("#help-said", said)
        if is_open:
            alarm = (await officer.event(AlarmRaised)).alarm
            assert (alarm.kind, alarm.source) == (AlarmKind.HELP_CALLED, "address:127.0.0.1")
            assert alarm.place is not None
            assert (round(alarm.place.lat, 3), round(alarm.place.lon, 3)) == (23.021, 113.752)
            assert "13800000000" in alarm.name
