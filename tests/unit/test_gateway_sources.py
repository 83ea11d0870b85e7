"""Sources on the command line: set up from a file, keys shown once, renewed and ended, answers where it is safe."""

import asyncio
import re
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest

from comms.domain.datum import Datum
from comms.domain.ids import SourceId
from comms.domain.order import OrderPriority
from comms.domain.source import Source, WorkOrderField
from comms.gateway.__main__ import EXIT_CANNOT_START
from comms.gateway.options import parse
from comms.gateway.tls import FOLDER, local_context
from comms.journal import history
from comms.journal.database import Database, DirectStore
from comms.journal.source_keys import AnswerAddress, SourceKeys
from comms.journal.source_polls import Poll, SourcePolls
from tests.support.command_line import Line
from tests.support.gateway import NORTH, write_town

_T = TypeVar("_T")
SETTINGS = """{"datum": "gcj02", "fields": {"kind": "case.type", "text": ["title", "content"]},
"kinds": {"0101": "井盖缺失"}, "priorities": {"1": "critical"}, "utc_offset_h": 7}"""
ADD = ("source", "add", "--source", "12345", "--name", "12345 热线", "--jurisdiction")


@pytest.fixture
def town(line: Line, tmp_path: Path) -> Line:
    assert line("load", "--town", str(write_town(tmp_path / "town.json")))[0] == 0
    return line


class Kept:
    """What the data directory holds of one source."""

    def __init__(self, data: Path) -> None:
        self._data = data

    def ask(self, what: str, *values: str) -> Any:
        database = Database(self._data)
        try:
            keys = SourceKeys(DirectStore(database), now=lambda: 0.0)
            return asyncio.run(getattr(keys, what)(*values))
        finally:
            database.close()

    def poll(self) -> Poll | None:
        return self._with_polls(lambda polls: polls.of(SourceId("12345")))

    def read_up_to(self, position: float) -> None:
        self._with_polls(lambda polls: polls.keep_position(SourceId("12345"), position))

    def _with_polls(self, ask: Callable[[SourcePolls], Coroutine[Any, Any, _T]]) -> _T:
        database = Database(self._data)
        try:
            return asyncio.run(ask(SourcePolls(DirectStore(database))))
        finally:
            database.close()

    @property
    def source(self) -> Source:
        database = Database(self._data)
        try:
            return history.load(database, recent=0).picture.work_orders.sources[SourceId("12345")]
        finally:
            database.close()


def shown(said: str) -> list[str]:
    """Keys and secrets stand on lines of their own."""
    return [found for found in re.findall(r"^\S{30,}$", said, re.MULTILINE)]


def test_a_source_is_set_up_and_its_key_opens_until_it_is_renewed_or_ended(town: Line, tmp_path: Path) -> None:
    kept, settings = Kept(town.data), tmp_path / "hotline.json"
    settings.write_text(SETTINGS, encoding="utf-8")
    code, said = town(*ADD, NORTH, "--settings", str(settings))
    first = shown(said)
    assert (code, len(first)) == (0, 1)
    source = kept.source
    assert (source.datum, source.utc_offset_h, source.is_answered) == (Datum.GCJ02, 7.0, False)
    assert source.kinds == {"0101": "井盖缺失"}
    assert source.priorities == {"1": OrderPriority.CRITICAL}
    assert source.names_of(WorkOrderField.KIND) == ("case.type",)
    assert source.names_of(WorkOrderField.TEXT) == ("title", "content")
    assert kept.ask("source_of", first[0]) == "12345"
    code, said = town("source", "key", "--source", "12345")
    second = shown(said)
    assert (code, len(second)) == (0, 1)
    assert (kept.ask("source_of", first[0]), kept.ask("source_of", second[0])) == (None, "12345")
    assert town("source", "end", "--source", "12345")[0] == 0
    assert kept.ask("source_of", second[0]) is None
    # set up again it is changed, and has a key again
    code, said = town(*ADD, NORTH)
    assert kept.ask("source_of", shown(said)[0]) == "12345"
    assert kept.source.datum is Datum.WGS84


def test_answers_go_where_nobody_listens_in(town: Line) -> None:
    kept = Kept(town.data)
    for url in ("http://hotline.test/told", "ftp://hotline.test", "hotline"):
        code, said = town(*ADD, NORTH, "--answer-url", url)
        assert (code, said) == (
            EXIT_CANNOT_START,
            "Answers go to an https address; plain http only to this machine.\n",
        )
    for url in ("https://hotline.test/told", "http://127.0.0.1:9/told"):
        code, said = town(*ADD, NORTH, "--answer-url", url)
        key, secret = shown(said)
        assert code == 0
        assert kept.source.is_answered
        assert kept.ask("answer_address", "12345") == AnswerAddress(url, secret)
        assert kept.ask("source_of", key) == "12345"


def test_what_cannot_be_set_up_is_said_in_a_sentence(town: Line, tmp_path: Path) -> None:
    assert town(*ADD, "nowhere") == (EXIT_CANNOT_START, "There is no jurisdiction nowhere; load its town first.\n")
    for name in ("two words", "", "x" * 41, "\t"):
        wrong = ("source", "add", "--source", name, "--name", "x", "--jurisdiction", NORTH)
        assert town(*wrong)[1].startswith("A source's id is a short word")
    missing = tmp_path / "none.json"
    assert town(*ADD, NORTH, "--settings", str(missing))[1] == f"There is no file {missing}.\n"
    for words in ("{", '{"datum": "mars"}', '{"colour": 1}', '{"priorities": {"1": "high"}}'):
        missing.write_text(words)
        code, said = town(*ADD, NORTH, "--settings", str(missing))
        assert code == EXIT_CANNOT_START
        assert "does not describe a source" in said
    for action in ("key", "end"):
        code, said = town("source", action, "--source", "none")
        assert (code, said) == (EXIT_CANNOT_START, "There is no source none; set it up with `source add`.\n")


def test_a_source_that_is_asked_has_its_key_in_a_file_and_goes_on_where_it_was(town: Line, tmp_path: Path) -> None:
    kept, key_file = Kept(town.data), tmp_path / "key"
    key_file.write_text("secret\n")
    local_context(tmp_path, hosts=["localhost"], now=datetime.now(UTC))
    authorities = str(tmp_path / FOLDER / "ca.crt")
    asked = (*ADD, NORTH, "--poll-url", "https://city.test/v2", "--poll-key-file", str(key_file))
    code, said = town(*asked, "--poll-ca", authorities, "--poll-jurisdiction", "city.test", "--poll-every-s", "30")
    assert (code, said) == (0, "Source 12345 is set up and will be asked every 30 s.\n")
    assert kept.source.is_polled
    assert kept.poll() == Poll("https://city.test/v2", "city.test", "secret", False, authorities, 30.0)
    kept.read_up_to(5.0)
    assert town(*asked, "--poll-since", "start_date", "--poll-key-in-query")[0] == 0
    assert kept.poll() == Poll("https://city.test/v2", "", "secret", True, "", 60.0, "start_date", 5.0)
    # at another address it begins anew; set up without one it is not asked any longer
    assert town(*ADD, NORTH, "--poll-url", "https://other.test/v2")[0] == 0
    assert kept.poll() == Poll("https://other.test/v2")
    assert len(shown(town(*ADD, NORTH)[1])) == 1
    assert kept.poll() is None
    assert not kept.source.is_polled


def test_what_cannot_be_asked_is_said_in_a_sentence(
    town: Line, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("two").write_text("one\ntwo\n")
    url = ("--poll-url", "https://city.test/v2")
    for more, sentence in (
        (("--poll-url", "http://city.test/v2"), "A source is asked at an https address"),
        (("--poll-url", "https://city.test/v2?a=1"), "--poll-url is the address before /requests.json"),
        ((*url, "--poll-every-s", "1"), "A source is asked every 5 to 86400 s."),
        ((*url, "--poll-key-file", "none"), "The key or the authorities of the source"),
        ((*url, "--poll-ca", "none"), "The key or the authorities of the source"),
        ((*url, "--poll-key-file", "two"), "two holds no key"),
    ):
        code, said = town(*ADD, NORTH, *more)
        assert (code, said.startswith(sentence)) == (EXIT_CANNOT_START, True), said
    assert Kept(town.data).poll() is None


def test_options_of_the_integration_port_need_the_port(capsys: pytest.CaptureFixture[str]) -> None:
    for more in (["--integration-host", "127.0.0.1"], ["--integration-plain"]):
        with pytest.raises(SystemExit):
            parse(["--data", "d", *more])
        assert "need --integration-port" in capsys.readouterr().err
