"""What a desk puts into a diagnostics bundle, beside what its gateway has told it."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import msgspec

from comms.domain.picture import Picture
from comms.journal.bundle import Part, about, as_json, log_end
from comms.journal.masked import Masking
from comms.protocol.health import GatewayHealth
from console.log import log_file
from console.settings import Settings
from console.support.judging import DeskFigures, Finding

_PLAIN = ("volume", "is_echo_cancelled", "theme", "locale")
"""Of the settings. The others are chosen names, addresses and places."""


def desk_parts(
    *,
    picture: Picture,
    settings: Settings,
    figures: DeskFigures,
    gateway: GatewayHealth | None,
    findings: Sequence[Finding],
    environment: dict[str, Any],
) -> list[Part]:
    """`environment` is what only the interface knows: screens, the platform, devices. The picture is for the names
    that are masked; nothing of it is written."""
    masking = Masking(picture)
    told = {name: msgspec.to_builtins(getattr(settings, name)) for name in _PLAIN}
    sizes = {"units": len(picture.units), "incidents": len(picture.incidents.states), "orders": len(picture.orders)}
    parts: list[Part] = [
        ("desk/about.json", lambda: as_json(about())),
        ("desk/state.json", lambda: as_json({"figures": figures, "findings": findings, "picture": sizes})),
        ("desk/settings.json", lambda: as_json(told)),
        ("desk/environment.json", lambda: masked(masking.text, environment)),
        ("gateway/health.json", lambda: as_json(gateway)),
    ]
    path = log_file()
    if path is not None:
        parts.append((f"desk/{path.name}", partial(log_end, path, masking.text)))
    return parts


def masked(mask: Callable[[str], str], value: dict[str, Any]) -> bytes:
    return mask(as_json(value).decode()).encode()
