"""The camera in the page: offered, asked for, refused; frames go out only while somebody wants them."""

import asyncio
import time

import pytest

from comms.domain.ids import PartyId, VideoId
from comms.domain.video import Video, VideoEnd, VideoKind
from comms.protocol.commands import TerminalSignIn, VideoConsentGive, VideoOffer, VideoStop
from comms.protocol.errors import Locale, RefusalCode, sentence
from comms.protocol.pushes import Done, Refused, VideoAskedPush, VideoFinished, VideoWanted
from tests.e2e.conftest import OnStage
from tests.support.stage import UNIT, Stage

pytestmark = [pytest.mark.chromium, pytest.mark.asyncio(loop_scope="package")]
NO_CAMERA = """() => {
    const usual = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => {
        if (wanted.video) throw new DOMException("", "NotAllowedError");
        return usual(wanted);
    };
}"""


class Eye:
    """Counts the camera's packets."""

    def __init__(self, scene: Stage) -> None:
        self.packets = 0
        self._news = asyncio.Event()
        scene.forwarder.set_tap("terminal", "video", self._take)

    def _take(self, _payload: bytes, _timestamp: int, _arrival_s: float) -> None:
        self.packets += 1
        self._news.set()

    async def sees(self, packets: int) -> None:
        async with asyncio.timeout(40):
            while self.packets < packets:
                self._news.clear()
                await self._news.wait()


def asked(video_id: str = "v1") -> VideoAskedPush:
    video = Video(id=VideoId(video_id), kind=VideoKind.POINT_CALL, unit_id=UNIT, asked_by=PartyId("officer:o1"))
    return VideoAskedPush(video=video, officer_name="一号席 王敏", answer_by=time.time() + 30)


def wanted(video_id: str, *, is_wanted: bool = True) -> VideoWanted:
    return VideoWanted(video_id=VideoId(video_id), is_wanted=is_wanted)


async def test_video_return_sends_frames_while_wanted(on_duty: OnStage) -> None:
    it = on_duty
    eye = Eye(it.stage)
    it.stage.answers[VideoOffer] = lambda command: Done(id=command.id, subject="v2")
    await it.terminal.page.click("#offer-video")
    await it.terminal.until_text(".video-state", "暂无人观看")
    assert eye.packets == 0
    await it.stage.push(wanted("v2"))
    await it.terminal.until_text(".video-state", "正在观看")
    await eye.sees(10)
    await it.stage.push(wanted("v2", is_wanted=False))
    await it.terminal.until_text(".video-state", "暂无人观看")
    await it.terminal.page.click("#video-stop")
    assert (await it.stage.wait_for(VideoStop)).video_id == "v2"
    await it.terminal.until("gone", ".video-live")


async def test_asked_and_agreed(on_duty: OnStage) -> None:
    it = on_duty
    eye = Eye(it.stage)
    await it.stage.push(asked())
    await it.terminal.until_text(".asked", "一号席 王敏 请求查看您的摄像头")
    await it.terminal.page.click("#video-accept")
    assert (await it.stage.wait_for(VideoConsentGive)).is_given
    await it.stage.push(wanted("v1"))
    await eye.sees(10)
    await it.terminal.page.click(".video-live .icon-button")  # front camera
    await eye.sees(eye.packets + 10)
    await it.stage.push(VideoFinished(video_id=VideoId("v1"), end=VideoEnd.UNWATCHED))
    await it.terminal.until_text(".toast", "无人观看")
    await it.terminal.until("gone", ".video-live")


async def test_asked_and_declined_or_too_late(on_duty: OnStage) -> None:
    it = on_duty
    await it.stage.push(asked("v1"))
    await it.terminal.page.click("#video-decline")
    answer = await it.stage.wait_for(VideoConsentGive)
    assert (answer.is_given, answer.end) == (False, VideoEnd.DECLINED)
    await it.stage.push(asked("v3"))
    await it.terminal.until_text(".asked", "请求查看")
    await it.stage.push(VideoFinished(video_id=VideoId("v3"), end=VideoEnd.NO_ANSWER))
    await it.terminal.until("gone", ".asked")


async def test_a_camera_that_does_not_open_says_so(on_duty: OnStage) -> None:
    it = on_duty
    await it.terminal.page.evaluate(NO_CAMERA)
    await it.stage.push(asked())
    await it.terminal.page.click("#video-accept")
    answer = await it.stage.wait_for(VideoConsentGive)
    assert (answer.is_given, answer.end) == (False, VideoEnd.CAMERA_REFUSED)
    await it.terminal.until_text(".toast", "摄像头未打开")
    await it.terminal.page.click("#offer-video")
    await it.terminal.until_text("#offer-video", "视频回传")
    assert it.stage.of(VideoOffer) == []


async def test_by_duty_policy_the_camera_opens_by_itself(on_duty: OnStage) -> None:
    it = on_duty
    await it.terminal.turn_to("more")
    await it.terminal.page.click('[data-value="automatic"]')
    assert (await it.stage.wait_for(TerminalSignIn, 2)).video_consent == "automatic"
    await it.terminal.until_link("good")
    eye = Eye(it.stage)
    await it.stage.push(asked())
    await it.stage.push(wanted("v1"))  # somebody may watch before the camera is open
    assert (await it.stage.wait_for(VideoConsentGive)).is_given
    await eye.sees(10)


async def test_a_refused_offer_closes_the_camera(on_duty: OnStage) -> None:
    it = on_duty
    text = sentence(RefusalCode.NO_MEDIA, Locale.ZH_CN)
    it.stage.answers[VideoOffer] = lambda command: Refused(id=command.id, code=RefusalCode.NO_MEDIA, text=text)
    await it.terminal.page.click("#offer-video")
    await it.terminal.until_text(".toast", text)
    await it.terminal.until("gone", ".video-live")


async def test_a_transmission_cut_off_by_the_network_is_offered_again(on_duty: OnStage) -> None:
    it = on_duty
    it.stage.answers[VideoOffer] = lambda command: Done(id=command.id, subject=command.id)
    await it.terminal.page.click("#offer-video")
    await it.terminal.until_text(".video-state", "暂无人观看")
    await it.stage.drop()
    again = await it.stage.wait_for(VideoOffer, 2)
    eye = Eye(it.stage)
    await it.stage.push(wanted(again.id))
    await eye.sees(5)
