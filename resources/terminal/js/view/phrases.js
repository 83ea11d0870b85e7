// Times and distances as a person would say them.

const EARTH_RADIUS_M = 6_371_008.8;

export function timeText(unix_s) {
  const date = new Date(unix_s * 1000);
  const two = (value) => String(value).padStart(2, "0");
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}`;
  const isToday = date.toDateString() === new Date().toDateString();
  return isToday ? clock : `${two(date.getMonth() + 1)}-${two(date.getDate())} ${clock}`;
}

export function deadlineText(left_s, words) {
  const isOver = left_s < 0;
  const minutes = Math.max(1, Math.round(Math.abs(left_s) / 60));
  const time = spanText(minutes, words);
  return { text: words.text(isOver ? "order.overdue" : "order.left", { time }), isOver };
}

function spanText(minutes, words) {
  if (minutes < 120) return words.text("order.minutes", { count: minutes });
  if (minutes < 48 * 60) return words.text("order.hours", { count: Math.round(minutes / 60) });
  return words.text("order.days", { count: Math.round(minutes / 1440) });
}

export function distanceText(from, to, words) {
  if (!from) return "";
  const metres = distance_m(from, to);
  if (metres < 950) return words.text("order.distance_m", { distance: Math.max(10, Math.round(metres / 10) * 10) });
  return words.text("order.distance_km", { distance: (metres / 1000).toFixed(metres < 9500 ? 1 : 0) });
}

/** Great-circle distance (haversine), as comms/domain/position.py. */
export function distance_m(a, b) {
  const radians = (degrees) => (degrees * Math.PI) / 180;
  const half_lat = radians(b.lat - a.lat) / 2;
  const half_lon = radians(b.lon - a.lon) / 2;
  const chord = Math.sin(half_lat) ** 2 + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.sin(half_lon) ** 2;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.sqrt(Math.min(1, chord)));
}
