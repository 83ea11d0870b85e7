"""The page as such: getting in and out, its words, and that a worker can read and hit everything."""

import os
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.async_api import Browser

from comms.protocol.commands import TerminalEnrol, TerminalSignIn
from comms.protocol.errors import Locale, RefusalCode, sentence
from comms.protocol.pushes import Push, Refused, SessionEnded
from tests.e2e.conftest import OnStage
from tests.e2e.walk import WALK
from tests.support.browser import Complaints, phone
from tests.support.stage import CODE, TOKEN, stage
from tests.support.web_terminal import WebTerminal

pytestmark = [pytest.mark.chromium, pytest.mark.asyncio(loop_scope="package")]
SCHEMES: tuple[Literal["dark", "light"], ...] = ("dark", "light")
PICTURES = os.environ.get("TERMINAL_PICTURES")
"""A folder to keep a picture of every state in, for whoever wants to look."""

# Everything visible: its text's contrast with what is behind it, its size if it can be touched, its own width.
_SURVEY = """() => {
    const channels = (text) => text.match(/[\\d.]+/g).map(Number);
    const luminance = ([r, g, b]) => [r, g, b]
        .map((v) => v / 255)
        .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
        .reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
    const behind = (element) => {
        for (let at = element; at; at = at.parentElement) {
            const colour = channels(getComputedStyle(at).backgroundColor);
            if (colour.length === 3 || colour[3] > 0.99) return colour;
        }
        return [255, 255, 255];
    };
    const isSeen = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    const top = [...document.querySelectorAll(".overlay:not([hidden]), .sheet-page:not([hidden])")].at(-1);
    const root = top ?? document.getElementById("app");
    const problems = [];
    for (const element of root.querySelectorAll("*")) {
        if (!isSeen(element) || element.closest("svg, [disabled], :disabled")) continue;
        const name = `${element.tagName.toLowerCase()}.${element.className} "${element.textContent.slice(0, 20)}"`;
        const box = element.getBoundingClientRect();
        if (box.width && box.right > innerWidth + 1) problems.push(`${name} sticks out to ${box.right}`);
        if (element.matches("button, a, select, .tick") && (box.height < 47.5 || box.width < 47.5)) {
            problems.push(`${name} is ${Math.round(box.width)}x${Math.round(box.height)}`);
        }
        const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
        if (!own) continue;
        const [one, two] = [channels(getComputedStyle(element).color), behind(element)].map(luminance);
        const contrast = (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
        if (contrast < 4.5) problems.push(`${name} has contrast ${contrast.toFixed(2)}`);
        if (/^[a-z_]+(\\.[a-z_]+)+$/.test(element.textContent)) problems.push(`${name} is a key`);
    }
    return problems;
}"""


async def test_enrolled_by_link_and_the_code_leaves_the_address(newcomer: OnStage) -> None:
    it = newcomer
    await it.terminal.open(code=CODE)
    enrolment = await it.stage.wait_for(TerminalEnrol)
    assert (enrolment.code, enrolment.protocol) == (CODE, 1)
    assert (await it.stage.wait_for(TerminalSignIn)).device_token == TOKEN
    await it.terminal.page.wait_for_selector("#start-duty")
    assert it.terminal.page.url == it.stage.url


async def test_an_answer_lost_on_its_way_is_asked_for_again_with_the_same_key(newcomer: OnStage) -> None:
    it = newcomer
    it.stage.answers[TerminalEnrol] = lambda command: None
    await it.terminal.open(code=CODE)
    await it.stage.wait_for(TerminalEnrol)
    del it.stage.answers[TerminalEnrol]
    await it.stage.drop()
    await it.terminal.page.wait_for_selector("#start-duty")
    said = [(command.code, command.device_key) for command in it.stage.of(TerminalEnrol)]
    assert said == [(CODE, said[0][1])] * 2
    assert len(said[0][1]) == 64


async def test_a_wrong_code_is_said_and_can_be_typed_anew(newcomer: OnStage) -> None:
    it = newcomer
    text = sentence(RefusalCode.WRONG_CREDENTIALS, Locale.ZH_CN)
    it.stage.answers[TerminalEnrol] = lambda command: Refused(
        id=command.id, code=RefusalCode.WRONG_CREDENTIALS, text=text
    )
    await it.terminal.open(code="OLD")
    await it.terminal.until_text(".door-error", text)
    del it.stage.answers[TerminalEnrol]
    await it.terminal.page.fill("#enrol-code", CODE)
    await it.terminal.page.click("#enrol-go")
    await it.terminal.page.wait_for_selector("#start-duty")
    assert [command.code for command in it.stage.of(TerminalEnrol)] == ["OLD", CODE]


async def test_signed_in_elsewhere_does_not_fight(on_duty: OnStage) -> None:
    it = on_duty
    text = sentence(RefusalCode.REPLACED, Locale.ZH_CN)
    await it.stage.push(SessionEnded(code=RefusalCode.REPLACED, text=text))
    await it.terminal.until_text(".door-error", text)
    assert len(it.stage.of(TerminalSignIn)) == 1
    await it.terminal.page.click("#stopped-again")
    await it.stage.wait_for(TerminalSignIn, 2)
    await it.terminal.until_link("good")


async def test_a_token_that_is_no_longer_valid_asks_for_a_code(on_duty: OnStage) -> None:
    it = on_duty
    text = sentence(RefusalCode.WRONG_CREDENTIALS, Locale.ZH_CN)
    it.stage.answers[TerminalSignIn] = lambda command: Refused(
        id=command.id, code=RefusalCode.WRONG_CREDENTIALS, text=text
    )
    await it.stage.drop()
    await it.terminal.until_text(".door-error", text)
    assert await it.terminal.page.is_enabled("#enrol-go")


async def test_too_many_tries_waits_and_tries_again(on_duty: OnStage) -> None:
    it = on_duty
    answers = iter([RefusalCode.TRY_LATER])
    usual = it.stage.welcome

    def hesitate(command: Any) -> Push:
        code = next(answers, None)
        return usual(command) if code is None else Refused(id=command.id, code=code, text="稍等")

    it.stage.answers[TerminalSignIn] = hesitate
    await it.stage.drop()
    await it.stage.wait_for(TerminalSignIn, 3)
    await it.terminal.until_link("good")


async def test_unbinding_forgets_the_device(on_duty: OnStage) -> None:
    it = on_duty
    await it.terminal.turn_to("more")
    await it.terminal.page.click("#unbind")
    async with it.terminal.page.expect_navigation():
        await it.terminal.page.click("#unbind-yes")
    await it.terminal.page.wait_for_selector("#enrol-code")


async def test_the_language_changes_everywhere_at_once(on_duty: OnStage) -> None:
    it = on_duty
    await it.terminal.turn_to("more")
    await it.terminal.page.click('[data-value="en"]')
    assert (await it.stage.wait_for(TerminalSignIn, 2)).locale is Locale.EN
    await it.terminal.until_text("#link-state", "Connected")
    await it.terminal.until_text(".tab", "Orders")
    assert await it.terminal.page.get_attribute("html", "lang") == "en"


async def test_the_page_opens_without_a_network_and_shows_what_it_had(on_duty: OnStage) -> None:
    it = on_duty
    page = it.terminal.page
    await page.evaluate("() => navigator.serviceWorker.ready.then(() => null)")
    await it.terminal.open()  # now by the worker, which keeps a copy
    await page.wait_for_selector("#start-duty")
    await page.context.set_offline(True)
    await it.terminal.open()
    await it.terminal.until_text("#app", "张建国")
    await page.context.set_offline(False)
    await page.wait_for_selector("#start-duty")
    await it.terminal.start_duty()


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
async def test_readable_and_within_reach(the_chromium: Browser, complaints: Complaints, locale: str) -> None:
    async with (
        stage() as scene,
        phone(the_chromium, locale=locale, viewport={"width": 360, "height": 740}, complaints=complaints) as page,
    ):
        terminal = WebTerminal(page, scene.url)
        await terminal.prepare()
        found: dict[str, list[str]] = {}

        async def survey(name: str) -> None:
            for scheme in SCHEMES:
                await terminal.page.emulate_media(color_scheme=scheme)
                about = f"{locale}-{scheme}-{len(found):02d}-{name}"
                found[about] = await terminal.page.evaluate(_SURVEY)
                if PICTURES:
                    picture = await terminal.page.screenshot(animations="disabled")
                    (Path(PICTURES) / f"{about}.png").write_bytes(picture)

        await terminal.open()
        await terminal.page.wait_for_selector("#enrol-code")
        await survey("enrol")
        await terminal.open(code=CODE)
        await terminal.page.wait_for_selector("#start-duty")
        await survey("duty")
        await terminal.start_duty()
        for step in WALK:
            await step(scene, terminal)
            await survey(step.__name__)
    assert {about: problems for about, problems in found.items() if problems} == {}
