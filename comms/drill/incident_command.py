"""`python -m comms.drill from-incident`: a scenario made of what was recorded of an incident, people masked."""

import argparse
import sys
from pathlib import Path
from typing import Any

import msgspec

from comms.domain.ids import IncidentId, UnitId
from comms.domain.picture import Picture
from comms.domain.scenario import Scenario
from comms.domain.scenario_check import faults_of
from comms.drill.cast import HOTLINE_UNITS
from comms.drill.from_incident import Recording, masker_of, scenario_of, stretch_of
from comms.drill.run_command import told
from comms.drill.take_over import town_of_picture
from comms.gateway.running import StartError
from comms.journal.masking import Masker, stem
from comms.journal.replay.replay import Replay, open_replay
from comms.journal.replay.source import Flaw
from comms.protocol.area import Area, Grid, GridHead, TownFile, decode_area, encode_town
from comms.scenario.scenario_file import write_scenario


def add_commands(commands: "argparse._SubParsersAction[Any]") -> None:
    """Sets `run`, which takes the options and returns the exit code."""
    made = commands.add_parser("from-incident", help="make a scenario of what was recorded of an incident")
    made.add_argument("record", type=Path, help="a data directory or an exported file")
    made.add_argument("--incident", required=True, help="its id")
    made.add_argument("--from", type=float, dest="from_at", help="Unix second; else a minute before it was told of")
    made.add_argument("--to", type=float, dest="to_at", help="Unix second; else some minutes after it was closed")
    made.add_argument("--out", type=Path, required=True, help="the scenario file; its town lies beside it")
    made.add_argument("--keep-names", action="store_true", help="mask nobody: for whoever may know who it was")
    made.add_argument("--cache", type=Path, help="a desk's folder of keyframes")
    made.set_defaults(run=told(_from_incident), scenario=None)


def _from_incident(options: argparse.Namespace) -> int:
    replay = open_replay(options.record, cache=options.cache)
    if isinstance(replay, Flaw):
        raise StartError(f"The record {options.record} cannot be opened: {replay}.")
    try:
        replay.reached(replay.end_seq()).result()
        scenario, town = replay.submit(lambda: made_of(replay, options)).result()
    finally:
        replay.close()
    town_path(options.out).write_bytes(encode_town(town))
    options.out.write_bytes(write_scenario(scenario))
    sys.stdout.write(
        f"{len(scenario.injects)} injects, {len(scenario.expectations)} expectations, {len(scenario.cast)} of the cast "
        f"in {options.out}; its town is {town_path(options.out).name}.\n"
    )
    return 0


def town_path(out: Path) -> Path:
    return out.with_name(f"{out.stem}.town.json")


def made_of(replay: Replay, options: argparse.Namespace) -> tuple[Scenario, TownFile]:
    """On the replay's own thread. Raises StartError."""
    recording, area = recording_of(replay, IncidentId(options.incident), options.from_at, options.to_at)
    masker = Masker.keeping() if options.keep_names else masker_of(recording, area)
    scenario = scenario_of(recording, IncidentId(options.incident), masker, town_path=town_path(options.out).name)
    faults = faults_of(scenario)
    if faults:
        raise StartError(f"No scenario could be made of it: {faults[0].words('en')}")
    town = town_of_picture(recording.picture, area)
    return scenario, town if options.keep_names else masked_town(town, masker)


def recording_of(
    replay: Replay, incident_id: IncidentId, from_at: float | None, to_at: float | None
) -> tuple[Recording, Area]:
    """On the replay's own thread. Raises StartError."""
    index = replay.index
    last = replay.picture_at(index.last_seq)
    state = last.incidents.states.get(incident_id) or _found_earlier(replay, incident_id)
    if state is None:
        raise StartError(f"The record has no incident {incident_id}; its id is on its sheet at the desk.")
    first, until = stretch_of(state, index.end_at, from_at=from_at, to_at=to_at)
    picture = replay.picture_at(index.seq_at(until))
    if incident_id not in picture.incidents.states:
        raise StartError(f"The incident {incident_id} is not in that stretch; give another --from and --to.")
    after = index.seq_before(first)
    blob = replay.blob(picture.map_blob_id) if picture.map_blob_id is not None else None
    if blob is None:
        raise StartError("The record has no map, so nobody could be played on it.")
    seen = replay.seen_at(first)
    places: dict[UnitId, tuple[float, float]] = {}
    for unit_id, row in zip(seen.hour.unit_ids, seen.rows.tolist(), strict=True):
        if row >= 0:
            reading = seen.hour.rows[row]
            places[unit_id] = float(reading["lat"]) / 1e7, float(reading["lon"]) / 1e7
    events = tuple(replay.events(after, index.seq_at(until) - after))
    return Recording(from_at=first, to_at=until, picture=picture, events=events, places=places), decode_area(blob.data)


def _found_earlier(replay: Replay, incident_id: IncidentId) -> Any:
    """One that the picture has forgotten since it was closed: as it stood when it was."""
    closed = ("incident.closed",)
    seq = replay.index.last_of(closed, before_seq=replay.index.last_seq + 1)
    while seq is not None:
        (recorded,) = replay.events(seq - 1, 1)
        if getattr(recorded.event, "incident_id", None) == incident_id:
            picture: Picture = replay.picture_at(seq)
            return picture.incidents.states.get(incident_id)
        seq = replay.index.last_of(closed, before_seq=seq)
    return None


def masked_town(town: TownFile, masker: Masker) -> TownFile:
    """Its ground as it is, its people without names and numbers."""
    units = tuple(
        msgspec.structs.replace(unit, name=f"网格员{stem(at)}", phone="")
        for at, unit in enumerate(unit for unit in town.units if unit.id not in HOTLINE_UNITS)
    )
    return msgspec.structs.replace(town, units=units, area=masked_area(town.area, masker))


def masked_area(area: Area, masker: Masker) -> Area:
    grids = tuple(msgspec.structs.replace(grid, head=_masked_head(grid, masker)) for grid in area.grids)
    places = tuple(
        msgspec.structs.replace(place, name=masker.text(place.name), address=masker.text(place.address))
        for place in area.places
    )
    risks = tuple(
        msgspec.structs.replace(risk, name=masker.text(risk.name), keeper=masker.text(risk.keeper))
        for risk in area.risks
    )
    return msgspec.structs.replace(area, grids=grids, places=places, risks=risks)


def _masked_head(grid: Grid, masker: Masker) -> GridHead | None:
    return None if grid.head is None else msgspec.structs.replace(grid.head, name=masker.text(grid.head.name), phone="")


__all__ = ["add_commands", "made_of", "masked_town", "recording_of", "town_path"]
