"""Take over (接管): from any second of a record, live or drill, a new drill goes on; the trainee decides anew."""

import datetime
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from math import inf, isnan
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from argon2 import PasswordHasher

from comms.domain.drill_events import DrillBegan
from comms.domain.expectation_watch import Nearest
from comms.domain.ids import BlobId, UnitId
from comms.domain.inject import AtTime, Cue, Inject
from comms.domain.order import Place
from comms.domain.picture import Picture
from comms.domain.position import Fix, distances_m
from comms.domain.scenario import Objective, Role, RoleKind, Scenario, TownFileArea
from comms.domain.source import UTC_OFFSET_H
from comms.drill.cast import HOTLINE_UNITS, Cast, cast_again, cast_of, with_hotline
from comms.drill.foreseen import Foreseen
from comms.drill.garbage import hold_search
from comms.drill.headless import LOCALE
from comms.drill.nearest_tracks import OLDEST_S
from comms.drill.opened import OpenedRecord
from comms.drill.preparing import marks_of_a_drill, root_of
from comms.drill.progress import Progress, progress_of
from comms.drill.scenario_town import Spots
from comms.drill.site import Taken, Wanted
from comms.fleet.town import SAMPLE_PASSWORD
from comms.gateway.running import StartError
from comms.journal.accounts_anew import anew
from comms.journal.blobs import Blobs
from comms.journal.database import FILE_NAME
from comms.journal.replay.fork import Past, begin_fork, blobs_named, end_fork, forget_fork, past_of
from comms.journal.replay.replay import Replay
from comms.journal.replay.source import Flaw, SourceError
from comms.protocol.area import Area, TownFile, decode_area
from comms.protocol.track_chunk import track_of

BEGAN = "drill.began"
BARE_MIN = 60.0
"""How long a drill lasts that has no story."""
PAGE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOver:
    """A drill to be run; `progress` is None where no story goes on. `bring_the_rest` copies what older events name, on
    whichever thread, and may be stopped at any time by what it is given."""

    wanted: Wanted
    foreseen: Foreseen
    progress: Progress | None
    bring_the_rest: Callable[[threading.Event], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is taken over, from which Unix second, into which directory. `scenario` None: the one the record is of."""

    record: Path
    at: float
    data: Path
    scenario: Scenario | None = None
    cache: Path | None = None
    """Of keyframes, as a desk keeps them: with them any second is at hand at once."""
    known: Callable[[], Iterable[Scenario]] = tuple
    """Where a record's scenario is looked for that is not kept with it."""
    seed: int = 7
    is_headless: bool = False
    length_min: float = BARE_MIN
    password: str = SAMPLE_PASSWORD
    hasher: PasswordHasher | None = None


@contextmanager
def taken_over(wish: Wish, opened: OpenedRecord | None = None, **more: Any) -> Iterator[TakenOver]:
    """The data directory is made; the record is open until the end, for what is brought later, and closed then.
    `opened` is that record, if it was opened before; `more` is said to `Wanted`. Raises StartError with a plain
    sentence."""
    with ExitStack() as stack:
        if opened is not None:
            stack.callback(opened.close)
        if (wish.data / FILE_NAME).exists():
            raise StartError(f"There is a journal in {wish.data}; take another directory, and leave it as it is.")
        go_on_searching = hold_search()
        stack.callback(go_on_searching)
        hashing = stack.enter_context(ThreadPoolExecutor(1, thread_name_prefix="hashing"))
        hashed = hashing.submit((wish.hasher or PasswordHasher()).hash, wish.password)
        record = opened or OpenedRecord(wish.record, wish.cache)
        stack.callback(record.close)
        record.reach(wish.at)
        found = _made(wish, record.replay, hashed.result, more)
        go_on_searching()

        def bring_the_rest(stop: threading.Event) -> None:
            record.go_on()
            found.bring_the_rest(stop)

        yield replace(found, bring_the_rest=bring_the_rest)


def _made(wish: Wish, replay: Replay, password_hash: Callable[[], str], more: dict[str, Any]) -> TakenOver:
    """Whole or not at all."""
    try:
        return replay.submit(lambda: _Taking(wish, replay, password_hash).make(more)).result()
    except (SourceError, OSError) as error:
        forget_fork(wish.data)
        raise StartError(f"The record {wish.record} cannot be taken over: {error}.") from None
    except BaseException:
        forget_fork(wish.data)
        raise


class _Taking:
    """On the replay's own thread."""

    def __init__(self, wish: Wish, replay: Replay, password_hash: Callable[[], str]) -> None:
        self._wish, self._replay = wish, replay
        self._password_hash = password_hash
        index = replay.index
        if not index.start_at <= wish.at <= max(index.end_at, replay.end_at):
            raise StartError(
                f"The record {wish.record} goes from {_said(index.start_at)} to {_said(replay.end_at)}; "
                f"{_said(wish.at)} is not in it. Choose a second between them."
            )

    def make(self, more: dict[str, Any]) -> TakenOver:
        wish = self._wish
        began_seq, began = self._beginning()
        past = self._past(None if began is None else began.starts_at)
        state = past.picture.drill.state
        scenario = self._scenario(past, began)
        goes_on = began is not None and state is not None and state.is_running and scenario.digest == began.digest
        area = self._area(past.picture)
        town = with_hotline_once(town_of_picture(past.picture, area))
        cast = self._cast(scenario, town, began if goes_on else None)
        progress = self._progress(scenario, began_seq, past) if goes_on else None
        offline = [unit_id for unit_id, unit in past.picture.units.items() if not unit.is_online]
        marks = marks_of_a_drill(wish.data, town, scenario, past.picture)
        units = [unit.id for unit in town.units]
        accounts = anew(list(past.picture.officers), units, password_hash=self._password_hash, at=past.at)
        tokens = end_fork(wish.data, self._replay.source, past, marks, beside=accounts)
        taken = self._taken(past, tokens, progress, offline, began if goes_on else None)
        wanted = Wanted(
            scenario=scenario,
            town=town,
            data=wish.data,
            seed=wish.seed,
            is_headless=wish.is_headless,
            password=wish.password,
            begin_at=wish.at,
            behaviours=cast.behaviours,
            taken=taken,
            **more,
        )
        foreseen = Foreseen(scenario, town, cast, run=wanted.run, locale=LOCALE)
        rest = lambda stop: self._bring_the_rest(past.seq, stop)  # noqa: E731 - bound to this past
        return TakenOver(wanted=wanted, foreseen=foreseen, progress=progress, bring_the_rest=rest)

    def _past(self, trail_from_at: float | None) -> Past:
        """Its events are copied while the readings of an hour are unpacked."""
        wish, replay = self._wish, self._replay
        with ThreadPoolExecutor(1, thread_name_prefix="fork") as copying:
            copied = copying.submit(begin_fork, wish.data, replay.source, replay.index.seq_at(wish.at))
            past = past_of(replay, wish.at, trail_from_at=trail_from_at)
            copied.result()
        if isinstance(past, Flaw):
            raise StartError(f"The record {wish.record} cannot be taken over at {_said(wish.at)}: {past}.")
        return past

    def _taken(
        self,
        past: Past,
        tokens: dict[UnitId, str],
        progress: Progress | None,
        offline: list[UnitId],
        began: DrillBegan | None,
    ) -> Taken:
        wish = self._wish
        return Taken(
            zero_at=began.starts_at if began is not None else wish.at,
            forked_from=f"{_record_name(wish.record)} {_said(wish.at)}",
            forked_seq=past.seq,
            goes_on=progress is not None,
            tokens=tokens,
            fixes=fixes_of(past),
            absent_s=progress.absent_s(offline) if progress is not None else dict.fromkeys(offline, inf),
        )

    # --- the story ------------------------------------------------------------------------------------------

    def _beginning(self) -> tuple[int, DrillBegan | None]:
        """Of the drill that was running or over by then, through all takings-over of it."""
        index = self._replay.index
        seq = index.last_of((BEGAN,), before_seq=index.seq_at(self._wish.at) + 1)
        found: tuple[int, DrillBegan | None] = (0, None)
        while seq is not None:
            (recorded,) = self._replay.events(seq - 1, 1)
            assert isinstance(recorded.event, DrillBegan)
            found = seq, recorded.event if found[1] is None else found[1]
            seq = index.last_of((BEGAN,), before_seq=seq) if recorded.event.goes_on else None
        return found

    def _scenario(self, past: Past, began: DrillBegan | None) -> Scenario:
        wish = self._wish
        if wish.scenario is not None:
            return wish.scenario
        if began is None:
            return bare_scenario(past.picture, at=wish.at, length_min=wish.length_min)
        blob = self._replay.blob(BlobId(began.digest))
        kept = [msgspec.json.decode(blob.data, type=Scenario)] if blob is not None else wish.known()
        found = next((each for each in kept if each.digest == began.digest), None)
        if found is None:
            raise StartError(
                f"The scenario {began.scenario_id} that {wish.record} was played from is not kept with it; "
                "give its file with --scenario."
            )
        return found

    def _cast(self, scenario: Scenario, town: TownFile, began: DrillBegan | None) -> Cast:
        if began is None:
            return cast_of(scenario, town, Spots(town.area))
        return cast_again(scenario, began.cast)

    def _progress(self, scenario: Scenario, began_seq: int, past: Past) -> Progress:
        picture = self._replay.picture_at(began_seq - 1)
        records = self._replay.events(began_seq - 1, past.seq - began_seq + 1)
        return progress_of(scenario, picture, records, at=past.at, nearest=nearest_in(self._replay))

    # --- beside the events ------------------------------------------------------------------------------------

    def _area(self, picture: Picture) -> Area:
        blob = self._replay.blob(picture.map_blob_id) if picture.map_blob_id is not None else None
        area = decode_area(blob.data) if blob is not None else None
        if area is None or not area.streets:
            raise StartError(f"The record {self._wish.record} has no map with streets, so nobody could walk in it.")
        return area

    def _bring(self, names: set[str]) -> None:
        blobs = Blobs(self._wish.data / "blobs")
        try:
            for name in sorted(names):
                blob_id = BlobId(name)
                blob = None if blobs.has(blob_id) else self._replay.blob(blob_id)
                if blob is not None:
                    blobs.put_now(blob.data, blob.media_type)
        finally:
            blobs.close()

    def _bring_the_rest(self, until_seq: int, stop: threading.Event) -> None:
        """Page by page, so that who looks at the replay comes between."""
        for after in range(self._replay.index.start_seq, until_seq, PAGE):
            if stop.is_set():
                return
            until = min(after + PAGE, until_seq)
            page = lambda first=after, last=until: self._bring(set(blobs_named(self._replay, first, last)))  # noqa: E731 - bound
            self._replay.submit(page).result()


# --- a town and a scenario of what a picture has ------------------------------------------------------------


def town_of_picture(picture: Picture, area: Area) -> TownFile:
    """Its ground and its people; no accounts, and what else is defined is in the record."""
    return TownFile(
        area=area,
        jurisdictions=tuple(picture.jurisdictions.values()),
        units=tuple(state.unit for state in picture.units.values()),
        talkgroups=tuple(state.talkgroup for state in picture.talkgroups.values() if state.ad_hoc is None),
    )


def with_hotline_once(town: TownFile) -> TownFile:
    """A drill's record has the lines of its citizens already."""
    if any(unit.id in HOTLINE_UNITS for unit in town.units):
        return town
    return with_hotline(town, root_of(town))


def bare_scenario(picture: Picture, *, at: float, length_min: float) -> Scenario:
    """No story: the trainer lets happen what he likes. Who was on duty is trained."""
    officers = sorted(picture.officers.values(), key=lambda officer: (not officer.is_on_duty, officer.id))
    free = Inject(
        id="free",
        title={"zh_CN": "导调自定", "en": "As the trainer likes"},
        when=AtTime(s=0.0),
        what=Cue(text={"zh_CN": "由导调员临机设置情况。", "en": "The trainer sets the situation by hand."}),
        is_optional=True,
    )
    seats = [
        Role(id="trainer", kind=RoleKind.TRAINER, name={"zh_CN": "导调员", "en": "Trainer"}, officer="trainer"),
        *(
            Role(id="trainee", kind=RoleKind.TRAINEE, name=officer.name, officer=str(officer.id))
            for officer in officers[:1]
        ),
    ]
    local = datetime.datetime.fromtimestamp(at, datetime.timezone(datetime.timedelta(hours=UTC_OFFSET_H)))
    return Scenario(
        format=1,
        id="taken_over",
        title={"zh_CN": "接管演练", "en": "Taken over"},
        summary={
            "zh_CN": "从记录中的一秒起接管，重新处置。",
            "en": "Taken over from a recorded second, to decide anew.",
        },
        objectives=(Objective(id="decide", words={"zh_CN": "重新处置", "en": "Decide anew"}),),
        starts_at=local.strftime("%Y-%m-%d %H:%M"),
        length_min=length_min,
        area=TownFileArea(path="town.json"),
        roles=tuple(seats),
        injects=(free,),
    )


# --- places -------------------------------------------------------------------------------------------------


def fixes_of(past: Past) -> dict[UnitId, Fix]:
    """Everybody's last reading."""
    last = past.last()
    track = track_of(past.rows[np.fromiter(last.values(), np.intp, len(last))])
    columns = (track.at, track.lat, track.lon, track.accuracy_m, track.heading_deg, track.speed_mps, track.battery_pct)
    return {
        unit_id: Fix(
            at=at,
            lat=lat,
            lon=lon,
            accuracy_m=_known(accuracy_m),
            heading_deg=_known(heading_deg),
            speed_mps=_known(speed_mps),
            battery_pct=None if isnan(battery_pct) else int(battery_pct),
        )
        for unit_id, (at, lat, lon, accuracy_m, heading_deg, speed_mps, battery_pct) in zip(
            last, zip(*(column.tolist() for column in columns), strict=True), strict=True
        )
    }


def _known(value: float) -> float | None:
    return None if isnan(value) else value


def nearest_in(replay: Replay) -> Nearest:
    """Who was nearest at a moment of the record. On the replay's own thread."""

    def nearest(place: Place, at: float, count: int) -> list[UnitId]:
        seen = replay.seen_at(at)
        rows = seen.rows[seen.rows >= 0]
        readings = seen.hour.rows[rows]
        is_fresh = at - readings["at"] / 10 <= OLDEST_S
        metres = distances_m(readings["lat"] / 1e7, readings["lon"] / 1e7, lat=place.lat, lon=place.lon)
        units = np.flatnonzero(seen.rows >= 0)[is_fresh]
        order = np.argsort(metres[is_fresh], kind="stable")[:count]
        return [seen.hour.unit_ids[units[at_row]] for at_row in order.tolist()]

    return nearest


def _record_name(record: Path) -> str:
    """Its own name, and no path of this machine."""
    return record.parent.name if record.name == FILE_NAME else os.path.basename(os.path.normpath(record))


def _said(at: float) -> str:
    return datetime.datetime.fromtimestamp(at).astimezone().isoformat(" ", "seconds")
