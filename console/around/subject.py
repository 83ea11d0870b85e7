"""What a place on the map stands for: an incident, a shape somebody drew, a call's circle, or only a point."""

from collections.abc import Iterator

from comms.domain.ad_hoc import PolygonTarget
from comms.domain.fence import FenceCircle, FencePolygon
from comms.domain.incident import Incident
from comms.domain.mark import Mark, MarkKind
from comms.domain.order import CircleTarget
from comms.domain.picture import Picture
from comms.domain.position import distance_m
from console.around.answer import Subject
from console.around.outline import Outline, Shape

SAME_PLACE_M = 15.0
"""So near to an incident the incident is meant."""


def subject_at(picture: Picture, *, lat: float, lon: float) -> Subject:
    """The incident there, within the smallest shape that has the place inside it."""
    shaped = [(Outline(shape), name) for shape, name in _shapes(picture)]
    around = [(outline.polygon.area, outline.shape, name) for outline, name in shaped if outline.has(lat=lat, lon=lon)]
    _, shape, name = min(around, key=_by_size, default=(0.0, None, ""))
    incident = _incident_at(picture, lat, lon)
    if incident is not None:
        lat, lon, name = incident.place.lat, incident.place.lon, incident.kind
    return Subject(lat=lat, lon=lon, name=name, own_shape=shape, incident=incident)


def place_of_mark(mark: Mark) -> tuple[float, float]:
    """Latitude and longitude of a place on it."""
    if mark.kind is MarkKind.AREA:
        inside = Outline(PolygonTarget(corners=mark.points)).polygon.representative_point()
        return inside.y, inside.x
    return mark.points[len(mark.points) // 2]


def _by_size(found: tuple[float, Shape | None, str]) -> float:
    return found[0]


def _incident_at(picture: Picture, lat: float, lon: float) -> Incident | None:
    near = [
        (distance_m(lat_a=lat, lon_a=lon, lat_b=state.incident.place.lat, lon_b=state.incident.place.lon), row)
        for row, state in enumerate(picture.incidents.open())
    ]
    metres, row = min(near, default=(SAME_PLACE_M + 1, -1))
    return picture.incidents.open()[row].incident if metres <= SAME_PLACE_M else None


def _shapes(picture: Picture) -> Iterator[tuple[Shape, str]]:
    for state in picture.marks.states.values():
        if state.mark.kind is MarkKind.AREA:
            yield PolygonTarget(corners=state.mark.points), state.mark.label
    for fence in picture.fences.values():
        match fence.shape:
            case FenceCircle(lat=lat, lon=lon, radius_m=radius_m):
                yield CircleTarget(lat=lat, lon=lon, radius_m=radius_m), fence.name
            case FencePolygon(ring=ring):
                yield PolygonTarget(corners=ring), fence.name
            case None:
                pass  # it holds everywhere
    for group in picture.talkgroups.values():
        if group.ad_hoc is not None and isinstance(group.ad_hoc.area, Shape):
            yield group.ad_hoc.area, group.talkgroup.name
