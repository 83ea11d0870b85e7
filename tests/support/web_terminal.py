"""The web terminal as a worker's hands and ears: what is tapped, held, seen and heard in the page."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.async_api import Page

PATIENCE_MS = 40_000

# Polls in the page: the strict content policy forbids what Playwright's own wait_for_function does.
_UNTIL = """async ([source, argument, patience_ms]) => {
    const check = globalThis.__checks[source];
    const end = performance.now() + patience_ms;
    for (;;) {
        const value = await check(argument);
        if (value) return value;
        if (performance.now() > end) return null;
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
}"""
_CHECKS = """const all = (selector) => [...document.querySelectorAll(selector)];
globalThis.__checks = {
    // The strongest frequency of what is being played, or 0 in silence.
    hears: async ([low_hz, high_hz]) => {
        const player = document.getElementById("player");
        if (!player.srcObject || player.paused) return false;
        const own = globalThis.__ear ??= { context: new AudioContext() };
        if (own.stream !== player.srcObject) {
            own.stream = player.srcObject;
            own.analyser = own.context.createAnalyser();
            own.analyser.fftSize = 8192;
            own.context.createMediaStreamSource(own.stream).connect(own.analyser);
        }
        await own.context.resume();
        const levels = new Float32Array(own.analyser.frequencyBinCount);
        own.analyser.getFloatFrequencyData(levels);
        let top = 0;
        for (let at = 1; at < levels.length; at += 1) if (levels[at] > levels[top]) top = at;
        const hertz = top * own.context.sampleRate / own.analyser.fftSize;
        return levels[top] > -50 && hertz >= low_hz && hertz <= high_hz ? hertz : false;
    },
    phase: (wanted) => document.querySelector(".stage").dataset.phase === wanted,
    link: (wanted) => document.getElementById("link-state").dataset.state === wanted,
    text: ([selector, part]) => all(selector).some((each) => each.checkVisibility() && each.textContent.includes(part)),
    gone: (selector) => !all(selector).some((each) => each.checkVisibility()),
    // Whether a reading at this latitude waits on the phone.
    keeps: (lat) => new Promise((resolve) => {
        indexedDB.open("wangge-terminal").onsuccess = ({ target }) => {
            const rows = target.result.transaction("track").objectStore("track").getAll();
            rows.onsuccess = () => {
                target.result.close();
                resolve(rows.result.some((row) => Math.abs(row.fix.lat - lat) < 1e-6));
            };
        };
    }),
    order: ([id, state, isPending]) => {
        const card = document.querySelector(`[data-order="${id}"]`);
        return card?.dataset.state === state && Boolean(card.querySelector(".pending")) === isPending;
    },
};"""


class NeverCameError(AssertionError):
    """The page did not come to show or play what was waited for."""


class WebTerminal:
    """One page. `prepare` once before the first `open`."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        page.set_default_timeout(PATIENCE_MS)

    async def prepare(self) -> None:
        await self.page.add_init_script(_CHECKS)

    async def open(self, *, code: str | None = None) -> None:
        await self.page.goto("about:blank")  # another fragment alone would not load the page anew
        await self.page.goto(self.url + (f"#code={code}" if code else ""))

    async def start_duty(self) -> None:
        await self.page.click("#start-duty")
        await self.until_link("good")

    async def until(self, check: str, argument: Any) -> Any:
        value = await self.page.evaluate(_UNTIL, [check, argument, PATIENCE_MS])
        if value is None:
            raise NeverCameError(f"{check} {argument!r}; the page shows:\n{await self.page.inner_text('#app')}")
        return value

    async def until_phase(self, phase: str) -> None:
        await self.until("phase", phase)

    async def until_link(self, state: str) -> None:
        """`good`: signed in, voice path up. `coming`, `bad`."""
        await self.until("link", state)

    async def until_text(self, selector: str, part: str) -> None:
        await self.until("text", [selector, part])

    async def until_order(self, order_id: str, state: str, *, is_pending: bool = False) -> None:
        await self.until("order", [order_id, state, is_pending])

    async def hears(self, frequency_hz: float) -> float:
        """When the page plays this tone: its frequency as measured there."""
        return float(await self.until("hears", [frequency_hz - 25, frequency_hz + 25]))

    async def hold(self, button: str = "#ptt") -> None:
        """Press the talk button, or another one, and keep it."""
        box = await self.page.locator(button).bounding_box()
        assert box is not None
        await self.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        await self.page.mouse.down()

    async def let_go(self) -> None:
        await self.page.mouse.up()

    async def turn_to(self, tab: str) -> None:
        await self.page.click(f".tab[data-tab={tab}]")

    async def press_step(self, order_id: str, step: str) -> None:
        """The button on an order's card."""
        await self.page.click(f'[data-order="{order_id}"] [data-step="{step}"]')

    async def report(self, *, text: str = "", photo: Path | None = None, beside: float = 0.0) -> None:
        """The first kind offered; `beside` is how far to the east to tap, in parts of the rings' width."""
        await self.page.click("#report-open")
        await self.page.click("#report-sheet .choice >> nth=0")
        await self.page.fill("#report-text", text)
        if photo is not None:
            await self.page.set_input_files("#report-photo", photo)
            await self.page.locator("#report-sheet .thumb").wait_for()
        if beside:
            pad = self.page.locator("#report-pad")
            await pad.scroll_into_view_if_needed()
            box = await pad.bounding_box()
            assert box is not None
            await pad.click(position={"x": box["width"] * (0.5 + beside), "y": box["height"] / 2})
        await self.page.click("#report-send")

    async def complete(self, order_id: str, *, note: str, photos: Sequence[Path]) -> None:
        """By the order's sheet, with photos."""
        await self.page.click(f'[data-order="{order_id}"] .card-open')
        await self.page.click('.sheet-steps [data-step="completed"]')
        await self.page.fill("#order-note", note)
        for count, photo in enumerate(photos, start=1):
            await self.page.set_input_files("#order-photo", photo)
            await self.page.locator(".thumb").nth(count - 1).wait_for()
        await self.page.click("#order-submit")


async def settled(condition: asyncio.Event) -> None:
    async with asyncio.timeout(PATIENCE_MS / 1000):
        await condition.wait()
