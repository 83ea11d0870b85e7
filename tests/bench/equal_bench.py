"""`replay.equal`: a drill of 30 minutes with 1,165 units, looked at live at 100 random seconds; at each the replay's
picture and everybody's place have to be the same, part by part. `moments` is how many were compared. Baseline: the
moments a replay would miss that showed the drill's end for each of them."""

import tempfile
from pathlib import Path

import msgspec

from comms.domain.scenario import SampleTown
from comms.fleet.town import sample_town
from comms.scenario.scenario_file import read_scenario
from tests.bench.record import Record, record
from tests.support.drill_run import scenario_files
from tests.support.equal import Moment, differences, watched

UNITS, MINUTES, MOMENTS, SEED = 1_165, 30.0, 100, 11


def records() -> list[Record]:
    """Raises AssertionError with what was different."""
    path = next(path for path in scenario_files() if path.stem == "typhoon_flood")
    scenario = msgspec.structs.replace(
        read_scenario(path.read_bytes()), length_min=MINUTES, area=SampleTown(units=UNITS)
    )
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        moments = watched(scenario, sample_town(units=UNITS), data, moments=MOMENTS, seed=SEED)
        found = differences(data, moments)
        if found or len(moments) != MOMENTS:
            raise AssertionError(f"{len(found)} differences at {len(moments)} moments: {found[:5]}")
        end = max(moments, key=lambda moment: moment.at)
        missed = sum(bool(differences(data, [Moment(each.at, end.picture, each.places)])) for each in moments[:10])
    return [
        record(
            "replay.equal",
            [0.0],
            unit="different",
            params={"moments": len(moments), "units": UNITS, "minutes": MINUTES, "events": _seq(end)},
            target=0.0,
            baseline="the end shown for each of 10",
            baseline_values=[float(missed)],
        )
    ]


def _seq(moment: Moment) -> int:
    return int(msgspec.json.decode(moment.picture)["seq"])
