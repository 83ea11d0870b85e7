"""Words of warnings, as forecast offices write them, and what they are here."""

from comms.domain.weather import WeatherKind, WeatherLevel

_K = WeatherKind
_KINDS: tuple[tuple[WeatherKind, tuple[str, ...]], ...] = (
    (_K.TYPHOON, ("台风", "typhoon", "hurricane", "tropical")),
    (_K.RAINSTORM, ("暴雨", "强降雨", "rain", "flood")),
    (_K.SNOWSTORM, ("暴雪", "snow", "blizzard")),
    (_K.COLD_WAVE, ("寒潮", "寒冷", "cold")),
    (_K.SANDSTORM, ("沙尘", "sandstorm", "dust storm")),
    (_K.HAIL, ("冰雹", "hail")),
    (_K.LIGHTNING, ("雷电", "雷暴", "强对流", "thunderstorm", "lightning")),
    (_K.GALE, ("大风", "gale", "wind")),
    (_K.HEAT, ("高温", "heat")),
    (_K.DROUGHT, ("干旱", "drought")),
    (_K.FROST, ("霜冻", "frost", "freeze")),
    (_K.FOG, ("大雾", "浓雾", "fog")),
    (_K.HAZE, ("霾", "haze")),
    (_K.ICY_ROAD, ("道路结冰", "icy road", "ice storm")),
)
"""The first that stands in the event counts, so the graver come first."""
_LEVELS = (
    (WeatherLevel.RED, ("红色", "red")),
    (WeatherLevel.ORANGE, ("橙色", "orange")),
    (WeatherLevel.YELLOW, ("黄色", "yellow")),
    (WeatherLevel.BLUE, ("蓝色", "blue")),
)
_SEVERITIES = {
    "Extreme": WeatherLevel.RED,
    "Severe": WeatherLevel.ORANGE,
    "Moderate": WeatherLevel.YELLOW,
}


def weather_kind_of(event: str) -> WeatherKind | None:
    lower = event.lower()
    return next((kind for kind, words in _KINDS if any(word in lower for word in words)), None)


def level_of(words: str, severity: str) -> WeatherLevel:
    """By its colour, else by its severity."""
    lower = words.lower()
    named = next((level for level, colours in _LEVELS if any(colour in lower for colour in colours)), None)
    return named or _SEVERITIES.get(severity, WeatherLevel.BLUE)
