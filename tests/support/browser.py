"""A real browser for the web terminal: Debian's Chromium, driven by Playwright, whose own download is never used."""

import os
import struct
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from playwright.async_api import Browser, ConsoleMessage, Geolocation, Page, ViewportSize, async_playwright

CHROMIUM = Path("/usr/bin/chromium")
TERMINAL_FILES = Path(__file__).parents[2] / "resources" / "terminal"
PHONE: ViewportSize = {"width": 390, "height": 844}
SAMPLE_RATE_HZ = 48_000
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
)
_HERE: Geolocation = {"latitude": 23.0207, "longitude": 113.7518, "accuracy": 8.0}


def needs_chromium() -> None:
    """Skip on a desk without Chromium; in CI its absence is a failure."""
    if not CHROMIUM.exists() and not os.environ.get("CI"):
        pytest.skip("needs /usr/bin/chromium")


def write_tone(path: Path, *, frequency_hz: float, seconds: float = 4.0, level: float = 0.5) -> Path:
    """A WAV file for the fake microphone, a whole number of periods so that it repeats without a click."""
    count = int(SAMPLE_RATE_HZ * seconds)
    tone = level * np.sin(2 * np.pi * frequency_hz * np.arange(count) / SAMPLE_RATE_HZ)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE_HZ)
        file.writeframes((tone * 32767).astype("<i2").tobytes())
    return path


def write_picture(path: Path, *, width: int, height: int) -> Path:
    """Stripes, as a 24-bit BMP, which browsers read: what a camera would have taken."""
    row = bytes((x * 7) % 256 for x in range(width * 3)) + b"\0" * (-width * 3 % 4)
    header = struct.pack("<2sIHHI", b"BM", 54 + len(row) * height, 0, 0, 54)
    info = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, len(row) * height, 2835, 2835, 0, 0)
    path.write_bytes(header + info + row * height)
    return path


class Complaints:
    """What a page said that it should not have: thrown errors and console errors."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def listen_to(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.lines.append(f"thrown: {error.stack or error.message}"))
        page.on("console", self._on_console)

    def _on_console(self, message: ConsoleMessage) -> None:
        # A network that was cut on purpose is reported by the browser itself, whatever the page does about it.
        if message.type == "error" and "WebSocket connection to" not in message.text:
            self.lines.append(f"console: {message.text}")


@asynccontextmanager
async def chromium(*, microphone: Path) -> AsyncIterator[Browser]:
    """One process for any number of phones; its start costs more than most tests."""
    flags = [*_FLAGS, f"--use-file-for-fake-audio-capture={microphone}"]
    async with async_playwright() as playwright:
        # --headless=new is ours; Playwright's own is the old one
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, headless=False, args=flags)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def phone(
    browser: Browser,
    *,
    locale: str = "zh-CN",
    color_scheme: Literal["dark", "light"] = "dark",
    viewport: ViewportSize = PHONE,
    complaints: Complaints | None = None,
    trusts_all: bool = False,
) -> AsyncIterator[Page]:
    """A phone that remembers nothing: touch, granted permissions, a place in Dongguan. `trusts_all`: as if the site's
    authority were installed on it."""
    context = await browser.new_context(
        viewport=viewport,
        device_scale_factor=2,
        has_touch=True,
        locale=locale,
        color_scheme=color_scheme,
        permissions=["geolocation", "microphone", "camera"],
        geolocation=_HERE,
        ignore_https_errors=trusts_all,
    )
    try:
        if complaints is not None:
            context.on("page", complaints.listen_to)
        yield await context.new_page()
    finally:
        await context.close()
