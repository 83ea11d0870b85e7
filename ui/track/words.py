"""What is said of replayed tracks. Pure; the language is handed in."""

from collections.abc import Sequence

from comms.domain.ids import UnitId
from comms.domain.picture import Picture
from comms.domain.track import Stop
from console.store.tracks import Tracks
from ui.text import Texts
from ui.words import distance


def unit_names(picture: Picture, unit_ids: Sequence[UnitId]) -> list[str]:
    """A unit the picture has forgotten is called by its id."""
    return [picture.units[unit_id].unit.name if unit_id in picture.units else unit_id for unit_id in unit_ids]


def stop_texts(tracks: Tracks, text: Texts) -> dict[Stop, str]:
    stops = [stop for story in tracks.stories for stop in story.stops]
    return {stop: text("track.stop", minutes=round(stop.seconds / 60)) for stop in stops}


def summary(tracks: Tracks, names: Sequence[str], text: Texts) -> str:
    stories = tracks.stories
    metres = distance(sum(story.figures.distance_m for story in stories), text)
    stops = sum(len(story.stops) for story in stories)
    if len(stories) > 1:
        return text("track.summary", count=len(stories), distance=metres, stops=stops)
    figures = stories[0].figures
    speed = f"{figures.average_mps * 3.6:.1f}"
    return text("track.summary_one", name=names[0], distance=metres, speed=speed, stops=stops, gaps=figures.gaps)
