"""A tiny area of two square grids, small enough to know every pixel of."""

from comms.domain.ids import JurisdictionId
from comms.protocol.area import Area, Camera, Grid, KeyPlace, Street
from console.layers.area import AreaFeatures, area_layers
from console.layers.layer import AreaSource
from ui.map.layer_data import LayerPoints, LayerShapes, Shown, by_order, made_ready

SQUARE = 0.01
"""Side of a grid in degrees."""
GRID_A = ((23.0, 113.0), (23.0, 113.01), (23.01, 113.01), (23.01, 113.0))
GRID_B = ((23.0, 113.01), (23.0, 113.02), (23.01, 113.02), (23.01, 113.01))
AREA = Area(
    name="小样镇",
    bounds=(23.0, 113.0, 23.01, 113.02),
    grids=(
        Grid(jurisdiction_id=JurisdictionId("t/v1/g1"), name="第一网格", rings=(GRID_A,)),
        Grid(jurisdiction_id=JurisdictionId("t/v1/g2"), name="第二网格", rings=(GRID_B,)),
    ),
    streets=(
        Street(name="中山大道", rank=0, line=((23.005, 112.999), (23.005, 113.021))),
        Street(name="新华路", rank=1, line=((22.999, 113.006), (23.011, 113.006))),
        Street(name="三巷", rank=2, line=((23.002, 113.0), (23.0022, 113.004), (23.002, 113.009))),
    ),
    cameras=(
        Camera(id="c1", name="路口一", lat=23.0040, lon=113.0040, heading_deg=45.0),
        Camera(id="c2", name="路口二", lat=23.0042, lon=113.0042),
    ),
    places=(
        KeyPlace(id="p1", name="第一小学", category="学校", lat=23.0041, lon=113.0038),
        KeyPlace(id="p2", name="三号楼", category="出租屋", lat=23.0038, lon=113.0043),
    ),
)


def ready_layers(*parts: str, area: Area = AREA) -> tuple[LayerPoints | LayerShapes, ...]:
    """The area's layers of these parts, as the tile worker makes them ready."""
    features = AreaFeatures(area)
    wanted = [layer for layer in area_layers(area) if layer.topic.removeprefix("topic.") in parts]
    sources = [(layer, layer.source) for layer in wanted]
    shown = [Shown(layer, features.of(source)) for layer, source in sources if isinstance(source, AreaSource)]
    return by_order([made_ready(each) for each in shown])
