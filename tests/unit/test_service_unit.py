"""The gateway's service unit: what it starts exists, and what ended is started again."""

import configparser
from pathlib import Path

from comms.gateway.descriptors import shortage
from comms.gateway.options import parse

UNIT = Path(__file__).parents[2] / "packaging" / "wangge-gateway.service"
CITY = 10_000


def _unit() -> configparser.ConfigParser:
    reader = configparser.ConfigParser(interpolation=None)
    reader.optionxform = str  # type: ignore[assignment,method-assign] # systemd tells capitals apart
    reader.read(UNIT, encoding="utf-8")
    return reader


def test_its_words_are_the_gateways() -> None:
    _, words = _unit()["Service"]["ExecStart"].split(" -m comms.gateway ")
    options = parse(words.split())
    assert options.command == "serve"
    assert options.tls_local_ca, "everybody is let in by this address"
    assert str(options.data) == _unit()["Service"]["ReadWritePaths"]


def test_what_ended_is_started_again_whatever_it_ended_by() -> None:
    assert _unit()["Service"]["Restart"] == "always"
    assert "RestartPreventExitStatus" not in _unit()["Service"]
    assert _unit()["Unit"]["StartLimitIntervalSec"] == "0", "or systemd gives up after five times"


def test_a_city_has_descriptors_enough() -> None:
    assert shortage(terminals=CITY, desks=20, limit=int(_unit()["Service"]["LimitNOFILE"])) is None
