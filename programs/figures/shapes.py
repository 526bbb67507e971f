"""What the figure looks like: soft body parts, muscles and props, and the outline of each in a picture.

A part is a chain of ellipsoids hung on the skeleton, rows of (joint, frame, offset, half-axes), both
(anterior, upward, rightward) in centimetres.  Its silhouette is computed for the view, so one body
serves side, front and lying pictures.  The first or last row with no height is cut flat.
"""

# ruff: noqa: B905 - vectors and rows of one length are zipped all over; strict= would only be noise

from __future__ import annotations

import math
from itertools import pairwise

from programs.figures.rig import SIDES, WORLD, add, dot, mul, place, unit


class View:
    """Oblique projection, as in a hand drawing: the picture plane keeps its true shape, so limbs turning
    in it stay rigid, while depth slides sideways (kx) and upwards (ky)."""

    def __init__(self, kx=0.3, ky=0.14):
        self.x, self.y, self.z = (1.0, 0.0, -kx), (0.0, 1.0, -ky), (kx, ky, 1.0)

    def __call__(self, p):
        return dot(p, self.x), -dot(p, self.y)  # SVG y grows downwards


class Poly(list):
    """Points of a straight-edged outline; any other list of points is drawn as a smooth closed curve."""


CAP = ((0.5, 0.9), (1.04, 0.34))  # points of a rounded end, as (along, across) shares of its radii


def silhouette(links, J, F, view):
    """Points around a chain of ellipsoids, always the same number and the same way round."""
    c, reach = [], []
    for joint, frame, offset, half in links:
        c.append(view(place(J[joint], F[frame], offset)))
        reach.append([(dot(axis, view.x) * h, -dot(axis, view.y) * h) for axis, h in zip(F[frame], half)])

    def extent(i, n):  # half-width of ellipsoid i along n
        return math.hypot(*(ex * n[0] + ey * n[1] for ex, ey in reach[i]))

    last = len(c) - 1
    whole = unit((c[last][0] - c[0][0], c[last][1] - c[0][1]))
    left, right = [], []
    for i, (x, y) in enumerate(c):
        p, q = c[max(0, i - 1)], c[min(last, i + 1)]
        d = unit((q[0] - p[0] + 2 * whole[0], q[1] - p[1] + 2 * whole[1]))
        d = d if any(d) else (0.0, 1.0)
        n = (-d[1], d[0])
        w, e = extent(i, n), extent(i, d) * (1 if i else -1)
        rim = ((0, 1),) if i not in (0, last) or not links[i][3][1] else CAP if i else CAP[::-1]
        for side, sg in ((left, 1), (right, -1)):
            side += [
                (x + d[0] * e * along + n[0] * w * across * sg, y + d[1] * e * along + n[1] * w * across * sg)
                for along, across in rim
            ]
    return left + right[::-1]


def num(*vs):
    """Integers as tersely as a path or transform allows."""
    return "".join(str(v) if i == 0 or v < 0 else f" {v}" for i, v in enumerate(vs))


def path(outlines):
    """Closed outlines as compact path data.  A curve is a quadratic B-spline: between its control points run
    smooth 't' segments, one coordinate pair per point; even coordinates keep the midpoints whole."""

    def even(p):
        return tuple(2 * round(v / 2) for v in p)

    d = ""
    for pts in outlines:
        if isinstance(pts, Poly):
            stops, verb, lead = [even(p) for p in pts], "l", ""
        else:  # pushed out a little so that the curve nearly meets the points
            around = zip(pts[-1:] + pts[:-1], pts, pts[1:] + pts[:1])
            ctrl = [even([q[k] + (2 * q[k] - p[k] - r[k]) * 0.085 for k in (0, 1)]) for p, q, r in around]
            stops = [((p[0] + q[0]) // 2, (p[1] + q[1]) // 2) for p, q in zip(ctrl[-1:] + ctrl[:-1], ctrl)]
            (x, y), (cx, cy), (mx, my) = stops[0], ctrl[0], stops[1]
            verb, lead = "t", f"q{num(cx - x, cy - y, mx - x, my - y)}"
        d += f"M{num(*stops[0])}{lead}"
        steps = list(pairwise(stops))[1 if lead else 0 :] + ([(stops[-1], stops[0])] if lead else [])
        d += "".join(verb + num(q[0] - p[0], q[1] - p[1]) for p, q in steps) + "z"
    return d


# ----------------------------------------------------------------------------------- the body
def chain(joint, frame, *rows):
    return [(joint, frame, row[:3], row[3:]) for row in rows]


def _limbs(n):
    thigh, shank, foot, toes = (n + p for p in ("thigh", "shank", "foot", "toes"))
    upper, fore, palm = (n + p for p in ("upper", "fore", "palm"))
    return {
        "thigh": chain(
            n + "hip",
            thigh,
            (0, 0, 0, 8.2, 0, 8),
            (0.6, -10, 0, 8.7, 6, 8.3),
            (1, -21, 0, 7.7, 6, 7.5),
            (0.8, -33, 0, 6, 6, 6),
            (0.5, -41.5, 0, 5.5, 5.2, 5.3),
        ),
        "shank": chain(
            n + "knee",
            shank,
            (0.3, 2.5, 0, 4.3, 0, 4.3),
            (0.1, -4.5, 0, 5.25, 5, 5.2),
            (-1.5, -14.5, 0.3, 5.5, 5, 5.5),
            (-0.9, -25, 0, 4.3, 5, 4.2),
            (-0.1, -34, 0, 3.1, 4, 3.1),
            (0, -41, 0, 3.1, 3.5, 3.2),
        ),
        "shoe": chain(
            n + "ankle",
            foot,
            (-3.4, -1.6, 0, 2.6, 2.4, 2.8),
            (-2.6, -4.2, 0, 3.4, 3.8, 3.2),
            (3, -3.6, 0, 4, 3.8, 3.8),
            (8, -5, 0, 4, 2.7, 4.3),
        )
        + chain(n + "ball", toes, (0, -0.1, 0, 3, 1.9, 4.5), (4.4, -0.1, 0, 2.6, 1.5, 3.4)),
        "sole": chain(
            n + "ankle", foot, (-4.6, -6.9, 0, 1.8, 1.1, 3.2), (3, -7.1, 0, 4, 0.9, 3.7), (10, -7.1, 0, 3, 0.9, 4.6)
        )
        + chain(n + "ball", toes, (1.5, -0.9, 0, 2, 0.9, 4.6), (5.2, -0.4, 0, 1.9, 1, 3.2)),
        "shorts": chain(
            n + "hip", thigh, (-0.3, 3, 0, 9.2, 7, 8.6), (0.4, -8, 0, 9.7, 4, 9.2), (0.9, -18, 0, 9.2, 0, 8.9)
        ),
        "sleeve": chain(
            n + "shoulder", upper, (0, -0.8, -1.4, 4.4, 3.4, 3.6), (0.1, -6, 0, 5.5, 4, 5.1), (0.1, -14, 0, 5.5, 0, 5.3)
        ),
        "upper": chain(
            n + "shoulder", upper, (0, -6, 0, 4.4, 0, 4.2), (0.4, -17, 0, 4.2, 4, 3.9), (0, -28, 0, 3.5, 3.4, 3.5)
        ),
        "fore": chain(
            n + "elbow",
            fore,
            (0, 2, 0, 2.6, 0, 2.6),
            (0.3, -5, 0, 3.75, 4, 3.75),
            (0.2, -15, 0, 3, 4, 3.1),
            (0, -24.5, 0, 2.1, 2.4, 2.4),
        ),
        "hand": chain(
            n + "wrist",
            palm,
            (0, 1.5, 0, 1.5, 0, 1.8),
            (0.3, -5, 0, 1.8, 3, 3.6),
            (0.9, -10.5, 0, 1.6, 3, 3.5),
            (2, -15, 0, 1.3, 2.2, 2.5),
        ),
        "thumb": chain(
            n + "wrist",
            palm,
            (0.6, -3.5, 2.2, 1.4, 1.6, 1.5),
            (1.6, -7, 4.2, 1.3, 1.6, 1.3),
            (2.2, -10, 4.6, 1, 1.4, 1),
        ),
        "fist": chain(
            n + "wrist", palm, (0, 1.5, 0, 1.5, 0, 1.8), (0.6, -4.5, 0, 2.4, 3, 3.5), (1.2, -8, 0, 2.6, 2.2, 3.3)
        ),
        "ear": chain("head", "head", (-2.2, 8, 6.6, 1.6, 1.7, 0.8), (-1.8, 6.2, 6.4, 1, 1.5, 0.8)),
    }


def _mirror(links, sg):  # offsets to the right are written for the right side
    return [(j, f, (a, u, r * sg), half) for j, f, (a, u, r), half in links]


LIMBS = {s: {k: _mirror(v, sg) for k, v in _limbs(s + ".").items()} for s, sg in SIDES}
BODY = {
    "pelvis": chain(
        "pelvis",
        "pelvis",
        (-0.6, 11, 0, 9, 2, 14),
        (-1.2, 4.5, 0, 9.9, 4, 15.6),
        (-2, -3, 0, 10.2, 5, 16.4),
        (-1.6, -8, 0, 7.8, 4.5, 13),
    ),
    "shirt": chain("pelvis", "pelvis", (-0.8, 6, 0, 9.8, 0.6, 15))
    + chain("lumbar", "abdomen", (0.2, 4, 0, 9.3, 4, 14.2))
    + chain(
        "chest",
        "thorax",
        (0.4, 0, 0, 10.2, 4, 14.4),
        (0.6, 10, 0, 11.2, 4, 16),
        (-0.4, 19, 0, 10.4, 4, 17),
        (-1.3, 25, 0, 8, 3.6, 14.6),
        (-1.4, 29, 0, 5.6, 1.6, 7),
    ),
    "neck": chain("neck", "neck", (0, -4, 0, 5.4, 0, 5.8), (0, 3, 0, 4.8, 3, 5), (0.6, 10, 0, 5, 0, 5)),
    "hair": chain(
        "head", "head", (-3.4, 3.4, 0, 4.6, 3.2, 5.4), (-1.8, 10, 0, 8.2, 6, 7.6), (-0.2, 14.2, 0, 8.9, 5.8, 7.6)
    ),
    "face": chain(
        "head",
        "head",
        (4.9, -1.2, 0, 3.6, 2.7, 3.4),
        (2.2, 3, 0, 6.4, 4, 5.9),
        (2, 8, 0, 7, 4, 6.6),
        (3.2, 11.8, 0, 5.2, 2.6, 5.8),
    ),
    "nose": chain("head", "head", (8.2, 6.6, 0, 1, 1.6, 0.9), (9.4, 3.9, 0, 1.3, 1.1, 1.1)),
    "tail": chain(
        "tail",
        "tail",
        (0, 0, 0, 2.2, 2.2, 2.2),
        (-4.2, -2.6, 0, 3.3, 3, 2.8),
        (-5.6, -11, 0, 2.9, 4, 2.5),
        (-4.4, -19, 0, 1.2, 2.4, 1.2),
    ),
}

# Muscles are spindles near the surface of a segment, written for the right side.
_MUSCLES = {
    "quads": (
        "hip",
        "thigh",
        (4.6, -5, 0, 2, 3, 2.6),
        (5, -12, 0, 3.6, 5, 5.4),
        (5, -24, 0, 3.8, 5, 5.6),
        (4.2, -34, 0, 2.4, 4, 3.6),
    ),
    "hamstrings": (
        "hip",
        "thigh",
        (-4.6, -8, 0, 2.6, 3, 3.4),
        (-4.2, -17, 0, 3.6, 5, 5.2),
        (-3.2, -28, 0, 2.8, 5, 4.4),
        (-2.8, -38, 0, 1.2, 3, 1.8),
    ),
    "adductors": ("hip", "thigh", (0, -4, -4, 3, 3, 2.6), (0, -14, -3.6, 4, 5, 3.4), (0, -30, -3.4, 1.8, 4, 1.8)),
    "it_band": (
        "hip",
        "thigh",
        (-0.5, 5, 7, 3.4, 3, 1.4),
        (0.2, -8, 6.6, 2.4, 5, 1.4),
        (0.8, -26, 5.6, 1.7, 5, 1.2),
        (1.6, -40, 4.4, 1.3, 3, 1.2),
    ),
    "glute_max": (
        "hip",
        "pelvis",
        (-3.6, 6, -1, 2.6, 3, 4.4),
        (-5.2, 1, 0, 4.4, 5, 6.4),
        (-5, -5, 0, 4.2, 4, 6),
        (-3.2, -9.5, 0, 2, 2, 3.6),
    ),
    "glute_med": (
        "hip",
        "pelvis",
        (-1, 10, 4.6, 4.4, 2.2, 2.6),
        (-1.4, 4, 6.2, 4.4, 4, 2.6),
        (-0.6, -2.5, 7, 2, 3, 1.8),
    ),
    "hip_flexors": (
        "hip",
        "pelvis",
        (2.6, 9, -3, 2.2, 3, 2.4),
        (5, 2, -1, 2.8, 4, 3),
        (5.4, -5, 0, 2.6, 4, 2.6),
        (4.4, -12, 0, 1.2, 3, 1.4),
    ),
    "calf": (
        "knee",
        "shank",
        (-2.4, -3, 0, 1.8, 3, 3),
        (-3.4, -12, 0, 3.2, 5, 4.4),
        (-3.2, -20, 0, 2.4, 4, 3.4),
        (-2, -33, 0, 0.8, 4, 1.2),
    ),
    "soleus": ("knee", "shank", (-3.2, -14, 0, 2.2, 4, 4), (-2.8, -24, 0, 2, 4, 3.2), (-1.9, -36, 0, 0.8, 4, 1.1)),
    "tibialis": (
        "knee",
        "shank",
        (2.4, -6, 1.5, 1.5, 3, 1.8),
        (1.8, -16, 1.5, 1.9, 5, 2.2),
        (1.3, -32, 0.5, 0.8, 4, 1.1),
    ),
    "plantar": ("ankle", "foot", (-3, -6.8, 0, 2.4, 1.3, 2.4), (4, -6.6, 0, 3, 1.2, 2.8), (11, -6.8, 0, 2.4, 1.1, 3)),
    "deltoid": ("shoulder", "upper", (0, 0.5, 1, 3, 2.6, 2.8), (0.1, -5, 1.2, 3.4, 4, 3), (0.2, -12, 1, 1.3, 3, 1.4)),
    "abs": (
        "chest",
        "thorax",
        (7.4, 8, 0, 2, 3, 5),
        (7.2, -2, 0, 2.4, 4, 5.8),
        (6.6, -13, 0, 2.4, 4, 5.4),
        (6.4, -24, 0, 1.8, 3, 3.4),
    ),
    "obliques": ("lumbar", "abdomen", (0, 19, 9.6, 3, 3, 2.6), (0.4, 8, 9.2, 4.6, 5, 3.2), (1.4, -2, 9.4, 3.6, 4, 2.8)),
    "back": ("lumbar", "abdomen", (-6, 26, 2.6, 1.7, 4, 2.4), (-6, 10, 3, 2.3, 5, 2.8), (-6.4, -4, 2.6, 2, 4, 2.4)),
}


def muscle(name):
    """quads.L, calf.R, abs, ..."""
    name, _, s = name.partition(".")
    s = s or "R"
    joint, frame, *rows = _MUSCLES[name]
    joint = joint if joint in BODY or joint in ("chest", "lumbar") else f"{s}.{joint}"
    frame = frame if frame in ("pelvis", "thorax", "abdomen") else f"{s}.{frame}"
    return _mirror(chain(joint, frame, *rows), dict(SIDES)[s])


# ---------------------------------------------------------------------------------- the props
# A prop is a list of (css class, draw), where draw(J, F, view) gives outlines.  Its points are relative to the
# joint "origin", or to "prop", which the poses can move.  p1 is lit, p2 half lit, p3 in shade.
X, Y, Z = WORLD


def cuboid(x, y, z, tones=("p3", "p1", "p2"), on="origin"):
    """The visible faces of a box between (x0, x1), (y0, y1), (z0, z1); tones of its sides, top and front."""

    def face(axis, end):
        corners = []
        for ends in ((0, 0), (1, 0), (1, 1), (0, 1)):
            ends = [*ends[:axis], end, *ends[axis:]]
            corners.append(tuple(span[k] for span, k in zip((x, y, z), ends)))
        return lambda J, F, view: (
            [Poly(view(add(J[on], c)) for c in corners)] if view.z[axis] * (2 * end - 1) > 0.02 else []
        )

    return [(tones[axis], face(axis, end)) for axis, end in ((0, 0), (0, 1), (1, 1), (2, 1))]


def disc(centre, r, u=X, v=Y, on="origin"):
    """A circle in the plane of u and v."""
    turns = [(r * math.cos(k * math.pi / 5), r * math.sin(k * math.pi / 5)) for k in range(10)]
    return lambda J, F, view: [[view(add(J[on], centre, mul(u, c), mul(v, s))) for c, s in turns]]


def table(x, z, h, top, post, on="origin"):
    legs = [
        cuboid((lx, lx + post), (0, h - top), (lz, lz + post), on=on)
        for lz in (z[0] + 2, z[1] - 2 - post)
        for lx in (x[0] + 2, x[1] - 2 - post)
    ]
    return [face for leg in legs for face in leg] + cuboid(x, (h - top, h), z, on=on)


def roller(at, r, length, axis, on):
    along, u = (X, Z) if axis == "x" else (Z, X)
    far, near = (add(at, mul(along, k * length / 2)) for k in (-1, 1))

    def tube(J, F, view):
        rim = [
            [
                view(add(J[on], end, mul(u, r * math.cos(t)), mul(Y, r * math.sin(t))))
                for t in [k * math.pi / 18 for k in range(36)]
            ]
            for end in (far, near)
        ]
        d = unit((rim[1][0][0] - rim[0][0][0], rim[1][0][1] - rim[0][0][1]))
        lo, hi = (pick(range(36), key=lambda k: rim[0][k][0] * -d[1] + rim[0][k][1] * d[0]) for pick in (min, max))
        return [Poly([rim[0][lo], rim[1][lo], rim[1][hi], rim[0][hi]])]

    return [
        ("p2", disc(far, r, u, Y, on)),
        ("p2", tube),
        ("p3", disc(near, r, u, Y, on)),
        ("p1", disc(near, r * 0.45, u, Y, on)),
    ]


def prop(name, o, on):
    x, z, h = o.get("x", (-30, 30)), o.get("z", (-24, 24)), o.get("h", 40)
    if name == "mat":
        return cuboid(x, (-1.4, 0), z)
    if name in ("box", "step"):
        return cuboid(x, (0, h), z, on=on)
    if name == "wall":
        return cuboid((o["x"], o["x"] + 5), (0, h), z, ("p1", "p2", "p3"))
    if name == "bench":
        return table(x, z, h, 7, 3)
    if name == "chair":
        return table(x, z, h, 4, 3) + cuboid((x[0], x[0] + 3.5), (h, h + 42), z)
    if name == "treadmill":
        return (
            cuboid((-85, 85), (-13, 0), (-27, 27))
            + cuboid((76, 81), (0, 112), (-27, -23))
            + cuboid((62, 84), (109, 114), (-27, 23))
        )
    if name == "roller":
        return roller((*o["at"], 0)[:3], o.get("r", 7.5), o.get("length", 44), o.get("axis", "z"), on)
    if name == "ball":
        at, r = (*o["at"], 0)[:3], o.get("r", 4)
        return [("ball", disc(at, r, on=on)), ("lit", disc(add(at, (-0.3 * r, 0.32 * r, 0)), r * 0.42, on=on))]
    raise ValueError(f"unknown prop {name!r}")


def band(ends):
    """A strip between two points of the body, each given as [joint, frame, offset]."""

    def draw(J, F, view):
        points = {k: place(J[j], F[f], offset) for k, (j, f, offset) in enumerate(ends)}
        return [silhouette([(k, "world", (0, 0, 0), (1.6, 1.6, 1.6)) for k in points], points, F, view)]

    return draw


def dumbbell(s):
    hand, palm = s + ".hand", s + ".palm"
    bar = [(hand, palm, (1.5, 1, r), (1.2, 1.2, 1)) for r in (-9, 9)]
    plates = [[(hand, palm, (1.5, 1, k * r), (4.2, 4.2, 1)) for r in (7, 11.5)] for k in (-1, 1)]
    return [
        lambda J, F, view: [silhouette(bar, J, F, view)],
        lambda J, F, view: [silhouette(p, J, F, view) for p in plates],
    ]


def kettlebell(s):
    hand = s + ".hand"
    handle = [(hand, "world", (k * 4.6, -8.5 + 7 * (1 - abs(k)), 0), (1.2, 1.2, 1.2)) for k in (-1, -0.6, 0, 0.6, 1)]
    return [lambda J, F, view: [silhouette(handle, J, F, view)], disc((0, -13.5, 0), 8.4, on=hand)]


HELD = {"dumbbell": dumbbell, "kettlebell": kettlebell}
