"""The review report as a document: PDF and HTML in both languages, read back."""

import io
import re

import msgspec
import pypdf
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from comms.domain import drill_events as dr
from comms.domain.alarm import Alarm, AlarmKind, AlarmPriority
from comms.domain.events import AlarmRaised, NoteAdded
from comms.domain.ids import GATEWAY
from comms.domain.score import compared
from comms.journal.masked import mask_name
from comms.journal.masking import Masker
from comms.protocol.errors import Locale
from console.aar import certificate_bytes, report_bytes, training
from console.drill.review import Review, review_of
from tests.support.drill import TRAINER, U1, U2, Play, scenario
from tests.support.town import sample_town
from ui.bulletin import draw
from ui.drill.aar import aar_of, charts_wish, entry_words
from ui.drill.frame import HEIGHT, WIDTH, Frame, png_of
from ui.report.document import Heading, NewPage, Paragraph, Picture, Report, Signatures, Table, masked_report
from ui.report.html import html_of
from ui.text import Texts

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


@pytest.fixture
def review() -> Review:
    doctrine = [{"source": {"zh_CN": "消防法", "en": "Fire law"}, "says": {"zh_CN": "报警", "en": "Report it"}}]
    drill = Play(scenario(doctrine=doctrine)).begin().fire()
    drill.order(30, U1, U2)
    alarm = Alarm(kind=AlarmKind.UNIT_SILENT, source="unit:u1", priority=AlarmPriority.HIGH)
    drill.say(40, AlarmRaised(alarm=alarm), by=GATEWAY)
    drill.say(50, NoteAdded(text="<b>已封控</b>"))
    drill.say(60, dr.DrillNoted(text="果断"), by=TRAINER)
    drill.say(60, dr.DrillRated(objective="send", rating=dr.Rating.S, words="可更快"), by=TRAINER)
    drill.say(
        60,
        dr.ImprovementRaised(improvement_id="a", text="增配耳麦", owner="值班长", due="2026-07-01"),
        dr.ImprovementRaised(improvement_id="b", text="练抢占", owner="教官", due="2026-08-01", from_drill="d0"),
        dr.ImprovementSettled(improvement_id="b", words="已练"),
        by=TRAINER,
    )
    drill.say(300, dr.DrillEnded(is_early=True), by=TRAINER)
    return review_of(drill.scenario, drill.records)


@pytest.mark.parametrize("locale", list(Locale))
def test_the_report_says_everything_in_either_language(review: Review, locale: Locale) -> None:
    text = Texts(locale)
    lost = tuple(msgspec.structs.replace(line, points=0.0) for line in review.score.lines)
    runs = compared([msgspec.structs.replace(review.score, lines=lost), review.score])
    html = html_of(aar_of(review, text, charts=(PNG,), runs=runs), language="zh-CN").decode()
    expected = {
        Locale.ZH_CN: (
            "演练复盘：小火",
            "派出两人",
            "提前结束",
            "增配耳麦",
            "以往演练未完成的",
            "可更快",
            "果断",
            "消防法",
            "★ ",
        ),
        Locale.EN: (
            "Review of the drill",
            "Send two",
            "before its time",
            "增配耳麦",
            "Open from earlier",
            "Fire law",
            "★ ",
        ),
    }
    for words in expected[locale]:
        assert words in html
    assert "<b>已封控" not in html
    assert "&lt;b&gt;已封控" in html
    assert "data:image/png;base64," in html
    assert not re.search(r"(?:src|href)=\"(?!data:)", html)


def test_every_line_of_the_time_line_reads(review: Review) -> None:
    for locale in Locale:
        text = Texts(locale)
        for entry in review.entries:
            words = entry_words(entry, text)
            assert words.strip()
            assert "{" not in words
    chinese = [entry_words(entry, Texts(Locale.ZH_CN)) for entry in review.entries]
    assert any("失联" in words or "无" in words for words in chinese)


def test_what_still_goes_on_or_is_of_another_wording_is_told(review: Review) -> None:
    text = Texts(Locale.EN)
    score = msgspec.structs.replace(review.score, is_over=False, is_early=False, is_other_version=True, people=())
    other = msgspec.structs.replace(review, score=score, findings=(), notes=(), improvements=(), left_out=3)
    html = html_of(aar_of(other, text), language="en").decode()
    for words in ("goes on", "another wording", "Nothing stands out", "None was agreed", "3 later lines"):
        assert words in html


def test_charts_show_objectives_and_density(review: Review) -> None:
    wish = charts_wish(review, Texts(Locale.EN))
    assert [(bar.name, bar.value) for bar in wish.bars] == [("1. Send units", 100.0)]
    assert [trend.name for trend in wish.trends] == ["Inject", "Action", "Talk"]
    assert all(len(trend.values) == len(wish.ticks) for trend in wish.trends)
    assert sum(wish.trends[0].values[0:1]) == 1.0  # type: ignore[arg-type]  # numbers in this trend


def test_a_pdf_is_made_whose_words_can_be_read(review: Review, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    small = draw.Charts(bars=_png(), trends=_png(), bar_boxes=())
    monkeypatch.setattr(draw, "draw", lambda wish: small)
    pdf = report_bytes(".pdf", [review, review], Locale.ZH_CN)
    words = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    assert "演练复盘" in words
    assert "增配耳麦" in words
    html = report_bytes(".html", [review], Locale.EN)
    assert html.startswith(b"<!DOCTYPE html>")


def _png() -> bytes:
    from PySide6.QtCore import QBuffer, QIODevice
    from PySide6.QtGui import QColor, QImage

    image = QImage(40, 20, QImage.Format.Format_RGB32)
    image.fill(QColor("#336699"))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs know only the form with bytes
    return bytes(buffer.data().data())


def test_frames_of_the_map_show_what_had_happened(review: Review, qtbot: QtBot) -> None:
    area = sample_town(units=20).area
    (fire,) = review.happenings
    assert [unit_id for _, unit_id in fire.sent] == [U1, U2]
    here = (fire.lat, fire.lon)
    full = _image(png_of(Frame(incidents=[here], units=[(fire.lat + 0.001, fire.lon)], sent=[here]), area))
    bare = _image(png_of(Frame(incidents=[here]), area))
    assert full.size() == bare.size() == QSize(WIDTH, HEIGHT)
    assert full != bare
    middle = bare.pixelColor(WIDTH // 2 - 9, HEIGHT // 2)
    assert middle.red() > 150 > middle.green() + 50  # the mark of the incident, in the middle
    for frame in (Frame(incidents=[]), Frame(incidents=[], units=[here])):
        assert not _image(png_of(frame, area)).isNull()
    html = html_of(aar_of(review, Texts(Locale.EN), frames=[(fire.at + 60, PNG)]), language="en").decode()
    assert "01:10 · 1 incidents so far" in html


def _image(data: bytes) -> QImage:
    return QImage.fromData(data)


def test_certificates_are_for_who_passed(review: Review, qtbot: QtBot) -> None:
    (record,) = training(review)
    records = [
        msgspec.structs.replace(record, name=f"值班员 {at}", share=share) for at, share in enumerate((0.9, 0.1, 0.7))
    ]
    pages = pypdf.PdfReader(io.BytesIO(certificate_bytes(records, Locale.ZH_CN))).pages
    words = [page.extract_text() for page in pages]
    assert len(words) == 2
    assert "值班员 0" in words[0]
    assert records[0].certificate in words[0]
    assert "值班员 2" in words[1]
    nobody = pypdf.PdfReader(io.BytesIO(certificate_bytes(records[1:2], Locale.EN))).pages[0].extract_text()
    assert "Nobody passed" in nobody


def test_html_has_each_kind_of_block() -> None:
    blocks = (
        Heading("一", level=1),
        Heading("二"),
        Heading("三", level=3),
        Paragraph("a < b"),
        Paragraph("淡", is_dim=True),
        Table(("名", "数"), (("<x>", "1"),), numbers=frozenset({1})),
        Picture(b"\xff\xd8jpeg", caption="图 & 说明"),
        Signatures(("甲", "乙")),
        NewPage(),
    )
    html = html_of(Report("题 <1>", blocks, foot="脚"), language="zh-CN").decode()
    for part in (
        "<title>题 &lt;1&gt;</title>",
        "<h2>一</h2>",
        "<h2>二</h2>",
        "<h3>三</h3>",
        "<p>a &lt; b</p>",
        '<p class="dim">淡</p>',
        '<td class="number">1</td>',
        "<td>&lt;x&gt;</td>",
        "data:image/jpeg;base64,",
        "<figcaption>图 &amp; 说明</figcaption>",
        "<div>甲</div><div>乙</div>",
        '<div class="page"></div>',
    ):
        assert part in html


def test_a_report_that_leaves_the_house_names_nobody(review: Review) -> None:
    text = Texts(Locale.ZH_CN)
    report = aar_of(review, text)
    whole = Report(
        "张小明的演练",
        (
            *report.blocks,
            Heading("张小明"),
            Table(("姓名",), (("张小明",),)),
            Picture(PNG, caption="张小明在现场"),
            NewPage(),
        ),
    )
    masker = Masker({"张小明": mask_name("张小明")})
    said = html_of(masked_report(whole, masker.text), language="zh-CN").decode()
    assert "张小明" not in said
    assert said.count("张＊＊") >= 4
