"""Data marks and charts as inline SVG: records in, a string out. No script, no style attribute, colours by class.

Every mark is an image with a label that says its result. A missing value (None) is a gap: no point, no line across it.
The same strings go into pages and printed reports.
"""

from collections.abc import Callable, Sequence
from html import escape
from math import cos, radians, sin

from studio.ui.parts import EASE_FROM, PILLARS, STOP_FROM, pain_zone

Value = float | int | None


def _n(number: float) -> str:
    """A coordinate with at most one decimal, as short as SVG allows."""
    return f"{number:.1f}".removesuffix(".0")


def _path(values: Sequence[Value], x: Callable[[int], float], y: Callable[[float], float]) -> str:
    """Line segments through neighbouring answers; a gap starts a new segment."""
    steps, pen_down = [], False
    for i, value in enumerate(values):
        if value is None:
            pen_down = False
            continue
        steps.append(f"{'L' if pen_down else 'M'}{_n(x(i))} {_n(y(value))}")
        pen_down = True
    return " ".join(steps)


def _along(count: int, left: float, right: float) -> Callable[[int], float]:
    """x of the i-th of `count` points spread from left to right; a single point sits at the right, where "now" is."""
    return (lambda i: left + i * (right - left) / (count - 1)) if count > 1 else (lambda i: right)


def spark(values: Sequence[Value], what: str = "Pain", width: int = 96, height: int = 36) -> str:
    """A word-sized line of pain answers (NRS 0-10, oldest first), the calm zone behind it, the latest as a dot.

    The scale ends at 8, so that everyday differences can be seen; higher answers sit on the upper edge.
    """
    top = 8
    x = _along(len(values), 4, width - 5)

    def y(value: float) -> float:
        return height - 5 - min(value, top) / top * (height - 10)

    answered = [(i, value) for i, value in enumerate(values) if value is not None]
    if not answered:
        label = f"{what}: no answers yet"
        return f'<svg class="spark" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(label)}"></svg>'
    band = f'<rect class="band" x="0" y="{_n(y(EASE_FROM - 0.5))}" width="{width}" height="{_n(height - y(EASE_FROM - 0.5))}" rx="4"/>'
    last, latest = answered[-1]
    peak, worst = max(answered, key=lambda pair: pair[1])
    flag = (
        f'<circle class="stop" cx="{_n(x(peak))}" cy="{_n(y(worst))}" r="3.2"/>'
        if worst >= STOP_FROM and peak != last
        else ""
    )
    alone = "".join(
        f'<circle class="lone" cx="{_n(x(i))}" cy="{_n(y(v))}" r="1.6"/>'
        for i, v in answered
        if i != last and (i == 0 or values[i - 1] is None) and values[i + 1] is None
    )
    said = ", ".join("no answer" if value is None else str(value) for value in values)
    return (
        f'<svg class="spark" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(what)}, oldest first: {said}">{band}<path d="{_path(values, x, y)}"/>{alone}{flag}'
        f'<circle class="{pain_zone(round(latest))}" cx="{_n(x(last))}" cy="{_n(y(latest))}" r="4"/></svg>'
    )


# One character a day, as the consistency domain writes them down.
HEAT_DAYS = {
    "3": "done",
    "2": "mostly done",
    "1": "partly done",
    "m": "open",
    "q": "paused",
    "p": "stopped for pain",
    ".": "rest",
    "f": "to come",
    "n": "before the plan",
}


def heat(days: str, label: str = "", today: int | None = None, cell: int = 16) -> str:
    """A strip of days in capsules of seven, so that a weekday is a column when strips are stacked.

    Args:
        days: a character a day, oldest first, from HEAT_DAYS: 3 done, 2 most, 1 some, m planned and not done,
            q paused (counts for nothing), p stopped for pain, . rest, f to come, n before the plan.
        label: what a reader hears; without one the days are counted.
        today: index of the day to outline.
        cell: edge of a day in pixels.
    """
    gap, pad, week_gap = 3, 4, 9
    week_width, height = 7 * cell + 6 * gap + 2 * pad, cell + 2 * pad
    weeks = -(-len(days) // 7)
    out = []
    for week in range(weeks):
        if set(days[week * 7 : week * 7 + 7]) != {"n"}:
            left = week * (week_width + week_gap)
            out.append(f'<rect class="wk" x="{left}" y="0" width="{week_width}" height="{height}" rx="{pad + 4}"/>')
    for i, day in enumerate(days):
        x, y = (i // 7) * (week_width + week_gap) + pad + (i % 7) * (cell + gap), pad
        out.append(_heat_day(day, x, y, cell, is_today=today == i))
    width = weeks * week_width + max(0, weeks - 1) * week_gap
    if not label:
        counts = {name: days.count(code) for code, name in HEAT_DAYS.items() if code not in ".fn" and code in days}
        label = "Days: " + (", ".join(f"{count} {name}" for name, count in counts.items()) or "none yet")
    return (
        f'<svg class="heat" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{escape(label)}">{"".join(out)}</svg>'
    )


def _heat_day(day: str, x: float, y: float, cell: int, *, is_today: bool) -> str:
    def box(cls: str, inset: float, height: float, radius: float) -> str:
        top = y + (cell - height) / 2
        return f'<rect class="{cls}" x="{_n(x + inset)}" y="{_n(top)}" width="{_n(cell - 2 * inset)}" height="{_n(height)}" rx="{_n(radius)}"/>'

    outline = box("today", 0.8, cell - 1.6, cell * 0.27) if is_today else ""
    if is_today and day in ".fm":
        return outline
    if day in ".f":
        return box("hr" if day == "." else "hf", cell * 0.38, cell * 0.24, cell * 0.12) + outline
    if day == "m":
        middle = f'<path class="hmx" d="M{_n(x + cell * 0.3)} {_n(y + cell / 2)}h{_n(cell * 0.4)}"/>'
        return box("hm", 0.8, cell - 1.6, cell * 0.27) + middle
    if day == "q":
        return box("hq", cell * 0.1, cell * 0.24, cell * 0.12) + outline
    if day == "n":
        return ""
    full = box(f"h{day}", 0, cell, cell * 0.28)
    if day == "p":
        bang = (
            f"M{_n(x + cell / 2)} {_n(y + cell * 0.24)}v{_n(cell * 0.3)}M{_n(x + cell / 2)} {_n(y + cell * 0.74)}v.01"
        )
        return f'{full}<path class="hpx" d="{bang}"/>'
    return full + outline


def heat_key(*kinds: str) -> str:
    """The key to a heat strip, for the kinds that appear on the page."""
    cells = "".join(
        f'<span><svg viewBox="0 0 16 16" class="heat" aria-hidden="true">{_heat_day(kind, 0, 0, 16, is_today=False)}</svg>'
        f"{HEAT_DAYS[kind]}</span>"
        for kind in kinds or "32mqp"
    )
    return f'<p class="heat-key">{cells}</p>'


def ring(percent: Value, big: str = "", small: str = "", size: int = 120, cls: str = "", label: str = "") -> str:
    """A share of a whole (0-100) as an arc round its number; without a value the ring is empty and says so."""
    share = 0 if percent is None else max(0, min(100, percent))
    big = big or ("–" if percent is None else f"{percent:.0f}%")
    stroke = 9
    radius = 50 - stroke / 2 - 0.5
    text = f'<text x="50" y="{53 if small else 58}" font-size="{26 if len(big) < 4 else 21}" class="big">{escape(big)}</text>'
    if small:
        text += f'<text x="50" y="68" font-size="9.5">{escape(small)}</text>'
    arc = (
        f'<circle class="fg" cx="50" cy="50" r="{_n(radius)}" pathLength="100" '
        f'stroke-dasharray="{_n(share)} {_n(100 - share + 0.1)}" transform="rotate(-90 50 50)"/>'
        if share
        else ""
    )
    said = label or ("not enough data" if percent is None else f"{big} {small}".strip())
    return (
        f'<svg class="{f"ring {cls}".strip()}" viewBox="0 0 100 100" width="{size}" height="{size}" role="img" '
        f'aria-label="{escape(said)}"><circle class="bg" cx="50" cy="50" r="{_n(radius)}"/>{arc}{text}</svg>'
    )


def meter(value: float, low: float, high: float, most: float, pillar: str = "", what: str = "", unit: str = "") -> str:
    """A bar with its target range boxed; what lies over the range turns amber, the pillar's hue never changes."""
    height = 10

    def share(number: float) -> str:
        return f"{_n(max(0.0, min(number, most)) / most * 100)}%" if most else "0%"

    over = ""
    if value > high:
        over = (
            f'<rect class="cap" x="{share(high)}" width="{share(min(value, most) - high)}" height="{height}" rx="3"/>'
        )
    said = f"{what} {_n(value)}{unit}, target {_n(low)} to {_n(high)}{unit}".strip()
    return (
        f'<svg class="{f"meter p-{pillar}" if pillar else "meter"}" role="img" aria-label="{escape(said)}">'
        f'<rect class="bg" width="100%" height="{height}" rx="{height // 2}"/>'
        f'<rect class="fill" width="{share(value)}" height="{height}" rx="{height // 2}"/>{over}'
        f'<rect class="target" x="{share(low)}" y="-3" width="{share(high - low)}" height="{height + 6}" rx="4"/></svg>'
    )


def segments(done: int, count: int, now: int | None = None) -> str:
    """How far through a session: a row of dashes, done ones filled, the current one marked."""
    count = max(1, count)
    width = 100 / count
    cells = "".join(
        f'<rect class="{"d" if i < done else "c" if i == now else "u"}" x="{_n(i * width)}" y="0" '
        f'width="{_n(max(1.0, width - 1.2))}" height="4" rx="1"/>'
        for i in range(count)
    )
    return (
        f'<svg class="segbar" viewBox="0 0 100 4" width="100%" height="5" preserveAspectRatio="none" role="img" '
        f'aria-label="{done} of {count} done">{cells}</svg>'
    )


def pain_chart(
    values: Sequence[Value],
    x_labels: Sequence[tuple[int, str]] = (),
    phases: Sequence[tuple[int, str]] = (),
    marks: Sequence[tuple[int, str]] = (),
    what: str = "Knee pain",
    compact: bool = False,
    width: int = 760,
    height: int = 270,
) -> str:
    """Pain answers over time (NRS 0-10, oldest first, None where none was given) on the three zones.

    Args:
        values: one entry a day or a session.
        x_labels, phases, marks: (index, text): along the bottom, as dashed lines with a name, above a point.
        compact: for a phone: no names beside the zones.
    """
    left, right, top, bottom = 26, 8 if compact else 96, 26, 26
    x = _along(len(values), left, width - right)

    def y(value: float) -> float:
        return top + (10 - value) / 10 * (height - top - bottom)

    ease, stop, inner = EASE_FROM - 0.5, STOP_FROM - 0.5, width - left - right
    out = [
        f'<rect class="b-{zone}" x="{left}" y="{_n(y(high))}" width="{inner}" height="{_n(y(low) - y(high))}"/>'
        for zone, low, high in (("stop", stop, 10), ("ease", ease, stop), ("go", 0, ease))
    ]
    out += [f'<text x="{left - 8}" y="{_n(y(t) + 4)}" text-anchor="end">{t}</text>' for t in (0, 2, 4, 6, 8, 10)]
    if not compact:
        zones = ((8, "6-10 stop", "stop"), (4, "3-5 ease off", "ease"), (1.1, "0-2 carry on", "go"))
        out += [f'<text class="l-{z}" x="{width - right + 10}" y="{_n(y(at) + 4)}">{t}</text>' for at, t, z in zones]
    for i, text in phases:
        out.append(f'<line class="phase" x1="{_n(x(i))}" x2="{_n(x(i))}" y1="{top - 12}" y2="{height - bottom}"/>')
        out.append(f'<text class="strong" x="{_n(x(i) + 6)}" y="{top - 8}">{escape(text)}</text>')
    out.append(f'<path class="line" d="{_path(values, x, y)}"/>')
    last = max((i for i, value in enumerate(values) if value is not None), default=None)
    radius = 3.8 if len(values) <= 45 else 2.6
    for i, value in enumerate(values):
        if value is not None:
            r = radius + 1.2 if i == last else radius
            out.append(
                f'<circle class="pt-{pain_zone(round(value))}" stroke-width="1.5" cx="{_n(x(i))}" cy="{_n(y(value))}" r="{_n(r)}"/>'
            )
    out += _x_labels(x_labels, x, len(values), height - 6)
    for i, text in marks:
        if values[i] is not None:
            anchor = "start" if i < len(values) * 0.1 else "end" if i > len(values) * 0.9 else "middle"
            out.append(
                f'<text class="strong" x="{_n(x(i))}" y="{_n(y(values[i]) - 12)}" text-anchor="{anchor}">{escape(text)}</text>'
            )
    if last is None:
        out.append(f'<text x="{left + inner // 2}" y="{height // 2}" text-anchor="middle">No answers yet</text>')
        said = f"{what}: no answers yet"
    else:
        given = [value for value in values if value is not None]
        gaps = len(values) - len(given)
        said = f"{what} over time: latest {_n(values[last])} of 10, lowest {_n(min(given))}, highest {_n(max(given))}"
        said += f", {gaps} without an answer" if gaps else ""
    return _chart(out, width, height, said)


def line_chart(
    values: Sequence[Value],
    x_labels: Sequence[tuple[int, str]] = (),
    low: float = 0,
    high: float = 100,
    goal: float | None = None,
    unit: str = "",
    what: str = "",
    width: int = 340,
    height: int = 150,
) -> str:
    """A few measurements over time, each with its number; a line to the goal if there is one."""
    left, right, top, bottom = 30, 36, 18, 24
    x = _along(len(values), left + 16, width - right)

    def y(value: float) -> float:
        return top + (high - value) / ((high - low) or 1) * (height - top - bottom)

    out = []
    for quarter in range(5):
        tick = low + (high - low) * quarter / 4
        out.append(f'<line class="grid" x1="{left}" x2="{width - right}" y1="{_n(y(tick))}" y2="{_n(y(tick))}"/>')
        out.append(f'<text x="{left - 6}" y="{_n(y(tick) + 4)}" text-anchor="end">{_n(tick)}</text>')
    if goal is not None:
        out.append(f'<line class="line2" x1="{left}" x2="{width - right}" y1="{_n(y(goal))}" y2="{_n(y(goal))}"/>')
        out.append(f'<text x="{width - right + 5}" y="{_n(y(goal) + 4)}">goal</text>')
    out.append(f'<path class="line" d="{_path(values, x, y)}"/>')
    for i, value in enumerate(values):
        if value is not None:
            out.append(f'<circle class="pt" cx="{_n(x(i))}" cy="{_n(y(value))}" r="4"/>')
            out.append(
                f'<text class="strong" x="{_n(x(i))}" y="{_n(y(value) - 10)}" text-anchor="middle">{_n(value)}{escape(unit)}</text>'
            )
    out += _x_labels(x_labels, x, len(values), height - 5)
    given = [value for value in values if value is not None]
    said = f"from {_n(given[0])}{unit} to {_n(given[-1])}{unit}" if given else "no values yet"
    return _chart(out, width, height, f"{what} {said}".strip())


def trend_chart(
    points: Sequence[tuple[float, Value]],
    low: float,
    high: float,
    lines: Sequence[tuple[float, str, str]] = (),
    x_labels: Sequence[tuple[float, str]] = (),
    what: str = "",
    width: int = 340,
    height: int = 190,
) -> str:
    """A few rounds of one measure on a true time axis, with the changes drawn from which something may be said.

    Args:
        points: (days from the first one, value), in order; None = a round that nobody answered: no line crosses it.
        low, high: ends of the measure's scale; the axis shows the part of it that is used.
        lines: (value, short, text) to draw across, lowest first, such as (78, "+10", "important change").
        x_labels: (days, text) along the bottom.
        what: whose values they are, for the spoken label.
    """
    left, right, top, bottom = 30, 34, 20, 26
    given = [value for _, value in points if value is not None]
    seen = [*given, *(at for at, *_ in lines)] or [low, high]
    step = 2.0 if high - low <= 20 else 10.0
    floor_ = low if high - low <= 20 else max(low, (min(seen) - step / 2) // step * step)
    ceiling = high if high - low <= 20 else min(high, -((-max(seen) - step / 2) // step) * step)
    first, last = (points[0][0], points[-1][0]) if points else (0, 0)

    def x(day: float) -> float:
        return left + 16 + (day - first) / ((last - first) or 1) * (width - right - left - 32)

    def y(value: float) -> float:
        return top + (ceiling - value) / ((ceiling - floor_) or 1) * (height - top - bottom)

    out, tick = [], floor_
    while tick <= ceiling:
        out.append(f'<line class="grid" x1="{left}" x2="{width - right}" y1="{_n(y(tick))}" y2="{_n(y(tick))}"/>')
        out.append(f'<text x="{left - 6}" y="{_n(y(tick) + 4)}" text-anchor="end">{_n(tick)}</text>')
        tick += step
    apart = 5 if len(lines) > 1 else 0  # the names of two near lines part
    for n, (at, short, _) in enumerate(lines):
        name_y = y(at) + 4 + (-apart if n else apart)
        out.append(f'<line class="line2" x1="{left}" x2="{width - right}" y1="{_n(y(at))}" y2="{_n(y(at))}"/>')
        out.append(f'<text x="{width - right + 5}" y="{_n(name_y)}">{escape(short)}</text>')
    steps, pen_down = [], False
    for day, value in points:
        if value is not None:
            steps.append(f"{'L' if pen_down else 'M'}{_n(x(day))} {_n(y(value))}")
        pen_down = value is not None
    out.append(f'<path class="line" d="{" ".join(steps)}"/>')
    for day, value in points:
        if value is None:
            out.append(f'<line class="gap" x1="{_n(x(day))}" x2="{_n(x(day))}" y1="{top}" y2="{height - bottom}"/>')
        else:
            out.append(f'<circle class="pt" cx="{_n(x(day))}" cy="{_n(y(value))}" r="4"/>')
            out.append(
                f'<text class="strong" x="{_n(x(day))}" y="{_n(y(value) - 10)}" text-anchor="middle">{_n(value)}</text>'
            )
    out += [
        f'<text x="{_n(x(day))}" y="{height - 6}" text-anchor="middle">{escape(text)}</text>' for day, text in x_labels
    ]
    said = f"from {_n(given[0])} to {_n(given[-1])}" if len(given) > 1 else _n(given[0]) if given else "no values yet"
    gaps = len(points) - len(given)
    said += f", {gaps} {'round' if gaps == 1 else 'rounds'} without an answer" if gaps else ""
    said += "".join(f"; {text}, {short}, is {_n(at)}" for at, short, text in lines)
    return _chart(out, width, height, f"{what}: {said}")


def bars(
    weeks: Sequence[tuple[str, int | None, int | None]],
    now: int | None = None,
    what: str = "Sessions done of planned",
    width: int = 340,
    height: int = 150,
) -> str:
    """A column a week: the outline is what was planned, the filling what was done.

    Args:
        weeks: (label, done, planned), oldest first; planned None = a paused week, which counts for nothing.
        now: index of the current week.
    """
    left, right, top, bottom = 8, 8, 18, 24
    most = max((planned for _, _, planned in weeks if planned), default=1)
    step = (width - left - right) / max(1, len(weeks))
    base = height - bottom
    out = []
    for i, (name, done, planned) in enumerate(weeks):
        x, w = left + i * step + step * 0.2, step * 0.6
        middle = _n(x + w / 2)
        if planned is None:
            out.append(f'<line class="grid" x1="{_n(x)}" x2="{_n(x + w)}" y1="{base - 1}" y2="{base - 1}"/>')
            out.append(f'<text x="{middle}" y="{base - 8}" text-anchor="middle">paused</text>')
        else:
            for cls, count in (("bar-plan", planned), ("now" if now == i else "bar", done or 0)):
                if count:
                    y = top + (most - min(count, most)) / most * (base - top)
                    out.append(
                        f'<rect class="{cls}" x="{_n(x)}" y="{_n(y)}" width="{_n(w)}" height="{_n(base - y)}" rx="5"/>'
                    )
            y = top + (most - planned) / most * (base - top)
            out.append(
                f'<text class="strong" x="{middle}" y="{_n(y - 5)}" text-anchor="middle">{done or 0}/{planned}</text>'
            )
        out.append(
            f'<text class="{"accent" if now == i else "tick"}" x="{middle}" y="{height - 6}" text-anchor="middle">{escape(name)}</text>'
        )
    said = "; ".join(
        f"{name}: " + ("paused" if planned is None else f"{done or 0} of {planned}") for name, done, planned in weeks
    )
    return _chart(out, width, height, f"{what}. {said}")


def _x_labels(labels: Sequence[tuple[int, str]], x: Callable[[int], float], count: int, y: float) -> list[str]:
    return [
        f'<text x="{_n(x(i))}" y="{_n(y)}" text-anchor="{"start" if i == 0 and count > 1 else "end" if i == count - 1 else "middle"}">{escape(text)}</text>'
        for i, text in labels
    ]


def _chart(parts: Sequence[str], width: int, height: int, said: str) -> str:
    return (
        f'<svg class="chart" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-label="{escape(said)}">'
        f"{''.join(parts)}</svg>"
    )


# --- the body map: front view, the runner's right on the viewer's left -------------------------------------------------
_HALF = (
    "M100 48 L106.5 48 C106.5 60 107 66 111 70 C115 74 124 75.5 131 78.5 C141 83 146 91 147 103 C147 112 140 120 136 130 "
    "C134 146 129 162 128.5 178 C129 194 138 206 140 222 C142 250 137 280 131.5 304 C129.5 314 129.5 322 131.5 332 "
    "C134 352 128.5 376 123.5 396 C122.5 402 123 406 125.5 410 C131 414 137 417.5 137 422 C137 425 134 426 130 426 L114 426 "
    "C110.5 425 110.5 420 110.8 412 C111 406 110.5 402 110 396 C106.5 374 105 350 108 330 C109 318 108.5 312 107.5 302 "
    "C105.5 276 103.5 258 101 244 L100 240 Z"
)
_ARM = (
    "M128 79 C143 81 151 91 152 106 C152.5 120 154 134 157 148 C159 162 163 178 167 194 C170 206 169 217 164.5 219 "
    "C160 220.5 157 213 155.5 206 C151 190 146 172 144 156 C141.5 142 137 128 134 112 Z"
)
_ZONES = {
    "hip_weakness": "M122 197 C130 200 136.5 209 137.5 221 C138 229 131 230.5 126 225 C119 217 116 203 122 197 Z",
    "quad_itb_tightness": "M113 244 C121 239 133 241 135.5 249 C136.5 268 132 288 127.5 299 C122 303 114.5 302 112 297 C108.5 280 108 258 113 244 Z",
    "ankle_stiffness": "M110.8 389 C115 386.5 121 387 124.5 390 C122.8 396 122 402 124 407.5 C119 411 113.5 411 111 408.5 C111.2 402 111.2 396 110.8 389 Z",
}
_CORE = (
    "M79 150 C92 146 108 146 121 150 C118.5 162 117.5 174 119 186 C107 194 93 194 81 186 C82.5 174 81.5 162 79 150 Z"
)
_FLIP = 'transform="translate(200 0) scale(-1 1)"'


def bodymap(
    hip_weakness: tuple[int | None, int | None] = (None, None),
    quad_itb_tightness: tuple[int | None, int | None] = (None, None),
    ankle_stiffness: tuple[int | None, int | None] = (None, None),
    core_instability: int | None = None,
    painful: Sequence[str] = (),
    label: str = "Body map, front view. The findings are listed beside it.",
) -> str:
    """Where the four areas are and how far from the reference each is.

    Args:
        hip_weakness, quad_itb_tightness, ankle_stiffness: (right, left) severity 0 .. 3; None = not enough data.
        core_instability: severity of the trunk, which has no side.
        painful: the knees that hurt: "right", "left", both or neither.
        label: what a reader hears.
    """
    half = f'<path d="{_HALF}"/><path d="{_ARM}"/>'
    body = f'<ellipse cx="100" cy="34" rx="15.5" ry="19.5"/>{half}<g {_FLIP}>{half}</g>'

    def sev(step: int | None) -> str:
        return "na" if step is None else str(step)

    zones = [f'<g class="zone-s sev-{sev(core_instability)}"><path d="{_CORE}"/></g>']
    sides = zip(_ZONES.values(), (hip_weakness, quad_itb_tightness, ankle_stiffness), strict=True)
    for path, (right, left) in sides:
        zones.append(f'<g class="zone-s sev-{sev(left)}"><path d="{path}"/></g>')
        zones.append(f'<g class="zone-s sev-{sev(right)}" {_FLIP}><path d="{path}"/></g>')
    knees = "".join(
        f'<circle class="pain-h" cx="{x}" cy="316" r="17"/><circle class="pain-o" cx="{x}" cy="316" r="11"/>'
        f'<circle class="pain-i" cx="{x}" cy="316" r="5"/>'
        for side, x in (("right", 81), ("left", 119))
        if side in painful
    )
    return (
        f'<svg class="bodymap" viewBox="26 8 148 432" role="img" aria-label="{escape(label)}">'
        f'<g class="body-edge">{body}</g><g class="body">{body}</g>{"".join(zones)}'
        f'<path class="chain" d="M83 400 L81 316 L72 214 L100 168 L128 214 L119 316 L117 400"/>{knees}'
        f'<text class="side-l" x="50" y="434">R</text><text class="side-l" x="150" y="434">L</text></svg>'
    )


# --- the brand: a bend of running track ----------------------------------------------------------------------------------
def brandmark(cls: str = "") -> str:
    """The studio's mark: a bend of running track."""
    return (
        f'<svg class="brandmark" viewBox="0 0 40 40" aria-hidden="true"><g class="{cls}">'
        '<path d="M12 4.5h11a15.5 15.5 0 0 1 0 31H12" stroke-width="2.6"/>'
        '<path d="M12 11h11a9 9 0 0 1 0 18H12" stroke-width="2.6"/>'
        '<path d="M12 17.4h11a2.6 2.6 0 0 1 0 5.2H12" stroke-width="2.6"/></g>'
        '<circle cx="7.2" cy="20" r="2.1" class="mark-dot"/></svg>'
    )


def lanes() -> str:
    """Three lanes of a bend: at beginnings and ends (session card, wrap-up, booked, empty), nowhere else."""
    return (
        '<svg class="lanes" viewBox="0 0 96 60" aria-hidden="true">'
        '<path d="M2 4h58a26 26 0 0 1 0 52H2" stroke-width="2"/><path d="M2 13h58a17 17 0 0 1 0 34H2" stroke-width="2"/>'
        '<path d="M2 22h58a8 8 0 0 1 0 16H2" stroke-width="2"/></svg>'
    )


def hero_lanes() -> str:
    """The bend behind the figure of a session card."""
    radii = (190, 164, 138, 112, 86)
    curves = "".join(f'<path d="M-20 {20 + 30 * i}H180a{r} {r} 0 0 1 {r} {r}V260"/>' for i, r in enumerate(radii))
    return f'<svg class="hero-lanes" viewBox="0 0 360 190" preserveAspectRatio="xMidYMin slice" aria-hidden="true">{curves}</svg>'


def lane_art() -> str:
    """The landing page's picture: a bend of six lanes, one for each pillar, with their staggered start lines."""
    lane, inner, cx, cy = 73, 142, 640, 680
    radii = [inner + lane * i for i in range(7)]  # from the infield outwards

    def arc(r: float) -> str:
        return f"M{_n(cx - r)} 720V{cy}A{r} {r} 0 0 1 {cx} {_n(cy - r)}H680"

    def start(outer: float, degrees: float) -> str:
        c, s = cos(radians(degrees)), sin(radians(degrees))
        ends = [(cx - r * c, cy - r * s) for r in (outer - lane, outer)]
        return f'<path class="start" d="M{_n(ends[0][0])} {_n(ends[0][1])}L{_n(ends[1][0])} {_n(ends[1][1])}"/>'

    out = [f'<path class="infield" d="{arc(inner)}V720Z"/>']
    out.append(
        '<path class="apron" d="M0 0H640V680H0ZM60 720V680A580 580 0 0 1 640 100H680V720Z" fill-rule="evenodd"/>'
    )
    out += [f'<path class="ln" d="{arc(r)}"/>' for r in radii]
    out += [start(outer, 5 + 2.6 * i) for i, outer in enumerate(reversed(radii[1:]))]
    for i, (name, _) in enumerate(PILLARS.values()):
        r = _n(radii[-2 - i] + lane * 0.36)
        out.append(
            f'<path id="lane{i}" fill="none" d="M{_n(cx - float(r))} {cy}A{r} {r} 0 0 1 {cx} {_n(cy - float(r))}"/>'
        )
        out.append(
            f'<text class="ln-t"><textPath href="#lane{i}" startOffset="{27 if i == 5 else 30}%"><tspan class="ln-n">{i + 1}</tspan>'
            f'<tspan dx="14">{name}</tspan></textPath></text>'
        )
    return (
        '<svg class="lane-art" viewBox="0 0 640 680" preserveAspectRatio="xMidYMid slice" role="img" '
        f'aria-label="A bend of running track with six lanes, one for each pillar of the program">{"".join(out)}</svg>'
    )


def table(caption: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """The numbers behind a chart, for whoever would rather read them."""
    heading = "".join(f'<th scope="col">{escape(text)}</th>' for text in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{'–' if cell is None else escape(str(cell))}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    return (
        f'<details class="chart-data"><summary>The numbers</summary><div class="table-wrap" tabindex="0" role="region" '
        f'aria-label="{escape(caption)}"><table><caption class="visually-hidden">{escape(caption)}</caption>'
        f"<thead><tr>{heading}</tr></thead><tbody>{body}</tbody></table></div></details>"
    )
