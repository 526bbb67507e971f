"""The skeleton of an exercise figure: poses in, joint positions out.  Pure geometry, no drawing.

A pose is joint angles in degrees plus contacts (a planted foot, a hand on the wall); limb lengths
never change.  World axes: x to the right of a side view, y up, z towards the viewer; centimetres.
A frame is (A, U, R): the anterior, upward and rightward unit vectors of a segment, A x U = R.
"""

# ruff: noqa: B905 - vectors and rows of one length are zipped all over; strict= would only be noise

from __future__ import annotations

import math


def add(*vs):
    return tuple(map(sum, zip(*vs)))


def sub(p, q):
    return tuple(a - b for a, b in zip(p, q))


def mul(v, k):
    return tuple(a * k for a in v)


def dot(p, q):
    return sum(a * b for a, b in zip(p, q))


def cross(p, q):
    return (p[1] * q[2] - p[2] * q[1], p[2] * q[0] - p[0] * q[2], p[0] * q[1] - p[1] * q[0])


def norm(v):
    return math.sqrt(dot(v, v))


def unit(v):
    n = norm(v)
    return mul(v, 1 / n) if n > 1e-9 else (0.0,) * len(v)


def turn(frame, axis, deg):
    """Rotate a frame about its own axis: 'r' lifts A towards U, 'a' tips U towards R, 'u' swings R towards A."""
    c, s = math.cos(math.radians(deg)), math.sin(math.radians(deg))
    i, j = {"r": (0, 1), "a": (1, 2), "u": (2, 0)}[axis]
    out = list(frame)
    out[i] = add(mul(frame[i], c), mul(frame[j], s))
    out[j] = add(mul(frame[i], -s), mul(frame[j], c))
    return tuple(out)


def place(origin, frame, local):
    return add(origin, *(mul(axis, k) for axis, k in zip(frame, local)))


WORLD = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
FACING_US, FACING_AWAY = turn(WORLD, "u", -90), turn(WORLD, "u", 90)
BASES = {
    "standing": WORLD,  # faces right; its right side is the near one
    "front": FACING_US,
    "back": FACING_AWAY,
    "supine": turn(WORLD, "r", 90),  # on the back, head left
    "prone": turn(WORLD, "r", -90),  # face down, head right
    "side": turn(FACING_US, "a", -90),  # on the left side, facing us, head right
    "side_back": turn(FACING_AWAY, "a", -90),  # on the left side, back to us, head left
}
HEADING = {"front": FACING_US, "back": FACING_AWAY}  # where flat feet and palms point; otherwise right

HIP, THIGH, SHANK, ANKLE, BALL, TOE = 8.6, 42.0, 41.0, 8.0, 12.5, 6.6
LUMBAR, ABDOMEN, THORAX, SHOULDER, UPPER, FOREARM, HAND = 10.0, 15.0, 28.0, 15.8, 28.5, 24.5, 8.5
# A named point rests on the floor with a sphere of this radius.
CONTACT = {
    "foot": 1.8,
    "ball": 1.8,
    "toe": 1.4,
    "hand": 1.6,
    "knee": 5.2,
    "elbow": 3.6,
    "wrist": 2.6,
    "ankle": 3.6,
    "hip": 9.5,
    "shoulder": 9.0,
    "pelvis": 10.0,
    "chest": 10.0,
    "head": 9.0,
}
LIMITS = {
    "hip": (-30, 135),
    "hip_abd": (-35, 60),
    "knee": (-5, 155),
    "ankle": (-60, 45),
    "shoulder": (-65, 190),
    "elbow": (-5, 155),
}
SIDES = (("R", 1), ("L", -1))


def trio(v):
    return (v, 0, 0) if isinstance(v, (int, float)) else (*v, 0, 0)[:3]


def spin(frame, angles, signs=(1, 1, 1)):
    """Turn by (about r, about a, about u)."""
    for axis, deg, sign in zip("rau", trio(angles), signs):
        frame = turn(frame, axis, deg * sign)
    return frame


def bone(top, bottom, hinge):
    """Frame of a bone from its two ends and its hinge axis."""
    u = unit(sub(top, bottom))
    a = unit(cross(u, hinge))
    return (a, u, cross(a, u))


def two_bones(top, target, l1, l2, pole):
    """Two bones from top to target, the joint between them pushed towards pole: (joint, end, pole side, direction)."""
    d = unit(sub(target, top))
    reach = min(norm(sub(target, top)), (l1 + l2) * 0.9995)
    x = (reach * reach + l1 * l1 - l2 * l2) / (2 * reach)
    side = unit(sub(pole, mul(d, dot(pole, d))))
    middle = add(top, mul(d, x), mul(side, math.sqrt(max(0.0, l1 * l1 - x * x))))
    return middle, add(top, mul(d, reach)), side, d


def ankle_of_foot(pitch):
    """Ankle relative to where the ball of a flat foot is, once the heel (pitch < 0) or the toes (> 0) lift in place."""
    c, s = math.cos(math.radians(pitch)), math.sin(math.radians(pitch))
    px, py, dx, dy = (0, 1.8, -BALL, ANKLE - 1.8) if pitch <= 0 else (-BALL - 5, 3, 5, ANKLE - 3)
    return px + dx * c - dy * s, py + dx * s + dy * c


def solve(pose, base="standing"):
    """World positions J and frames F of every joint of one pose."""
    at = trio(pose.get("at", (0, 95)))
    J, F = skeleton(pose, base, at)
    if pin := pose.get("pin"):  # move everything so that the pinned point rests where it should
        name, x, y, *z = pin
        p, r = contact(J, name)
        J, F = skeleton(pose, base, add(at, (x - p[0], y + r - p[1], z[0] - p[2] if z else 0.0)))
    return J, F


def contact(J, name):
    """A named point and the radius with which it touches: R.foot, L.knee, R.elbow, pelvis, ..."""
    part = name.rpartition(".")[2]
    return J[name.replace("foot", "ball")], CONTACT[part]


def skeleton(pose, base, at):
    J, F = (
        {"pelvis": at, "origin": (0, 0, 0), "prop": trio(pose.get("prop", 0))},
        {"world": WORLD, "ground": HEADING.get(base, WORLD)},
    )
    F["pelvis"] = spin(BASES[base], pose.get("pelvis", 0), (-1, 1, 1))
    half = mul(trio(pose.get("spine", 0)), 0.5)
    J["lumbar"] = place(at, F["pelvis"], (-1, LUMBAR, 0))
    F["abdomen"] = spin(F["pelvis"], half, (-1, 1, 1))
    J["chest"] = place(J["lumbar"], F["abdomen"], (0, ABDOMEN, 0))
    F["thorax"] = spin(F["abdomen"], half, (-1, 1, 1))
    J["neck"] = place(J["chest"], F["thorax"], (-1.5, THORAX, 0))
    half = mul(trio(pose.get("neck", 0)), 0.5)
    F["neck"] = turn(spin(F["thorax"], half, (-1, 1, 1)), "r", -12)
    J["head"] = place(J["neck"], F["neck"], (0, 9.5, 0))
    F["head"] = turn(spin(F["neck"], half, (-1, 1, 1)), "r", 12)
    J["crown"], J["tail"] = place(J["head"], F["head"], (1, 19, 0)), place(J["head"], F["head"], (-8, 14.5, 0))
    F["tail"] = bone((0, 0, 0), add((0, -1, 0), mul(F["head"][1], -0.4), mul(F["head"][0], -0.2)), F["head"][2])
    for limb in (leg, arm):
        for s, sg in SIDES:
            limb(J, F, s + ".", sg, pose.get(s, {}))
    return J, F


def leg(J, F, n, sg, limb):
    hip = J[n + "hip"] = place(J["pelvis"], F["pelvis"], (0, 0, sg * HIP))
    ground, pitch = turn(F["ground"], "u", -sg * limb.get("heading", 0)), limb.get("foot")
    goal, pole = limb.get("ankle_at"), limb.get("pole")
    if "plant" in limb:
        pitch = pitch or 0
        toes, instep, _ = turn(ground, "r", pitch)
        goal = place((*limb["plant"], hip[2])[:3], ground, (*ankle_of_foot(pitch), 0))
        pole = pole or add(toes, mul(instep, 0.6))  # knees bend towards the toes
    if goal:
        pole = add(pole or F["pelvis"][0], mul(F["pelvis"][2], sg * limb.get("knee_out", 0)))
        knee, ankle, side, d = two_bones(hip, goal, THIGH, SHANK, pole)
        F[n + "thigh"], F[n + "shank"] = bone(hip, knee, cross(d, side)), bone(knee, ankle, cross(d, side))
    else:
        F[n + "thigh"] = spin(F["pelvis"], limb.get("hip", 0), (1, -sg, -sg))
        F[n + "shank"] = turn(F[n + "thigh"], "r", -limb.get("knee", 0))
        knee = place(hip, F[n + "thigh"], (0, -THIGH, 0))
        ankle = place(knee, F[n + "shank"], (0, -SHANK, 0))
    J[n + "knee"], J[n + "ankle"] = knee, ankle
    F[n + "foot"] = (
        spin(F[n + "shank"], limb.get("ankle", 0), (1, sg, -sg)) if pitch is None else turn(ground, "r", pitch)
    )
    J[n + "ball"] = place(ankle, F[n + "foot"], (BALL, 1.8 - ANKLE, 0))
    F[n + "toes"] = turn(F[n + "foot"], "r", limb.get("toe", max(0, -(pitch or 0))))
    J[n + "toe"] = place(J[n + "ball"], F[n + "toes"], (TOE, 0, 0))


def arm(J, F, n, sg, limb):
    T, G, target, lift = F["thorax"], F["ground"], limb.get("hand"), (0.0, 0.0, 0.0)
    if isinstance(target, dict):  # a hand resting on the body
        segment = target["to"]
        side, _, part = segment.rpartition(".")
        joint = {"thorax": "chest", "thigh": "hip", "shank": "knee", "foot": "ankle"}.get(part, part)
        target = place(J[f"{side}.{joint}" if side else joint], F[segment], target["at"])
    for _ in range(2):  # twice, as the shoulder girdle follows the arm a little
        top = add(place(J["chest"], T, (-1, THORAX - 5, sg * SHOULDER)), lift)
        if target:
            pole = limb.get("pole_arm") or place((0, 0, 0), T, (-1, -0.3, 0.45 * sg))
            elbow, wrist, side, d = two_bones(top, (*target, top[2])[:3], UPPER, FOREARM, pole)
            F[n + "upper"], F[n + "fore"] = bone(top, elbow, cross(side, d)), bone(elbow, wrist, cross(side, d))
        else:
            F[n + "upper"] = spin(T, limb.get("shoulder", 0), (1, -sg, -sg))
            F[n + "fore"] = turn(F[n + "upper"], "r", limb.get("elbow", 0))
            elbow = place(top, F[n + "upper"], (0, -UPPER, 0))
            wrist = place(elbow, F[n + "fore"], (0, -FOREARM, 0))
        raised = 1 - dot(F[n + "upper"][1], T[1])
        lift = place((0, 0, 0), T, (-2.5 * dot(F[n + "upper"][1], T[0]), 2.6 * raised, -1.5 * sg * raised))
    J[n + "shoulder"], J[n + "elbow"], J[n + "wrist"] = top, elbow, wrist
    palm = limb.get("palm")
    if palm == "floor":  # palm down, fingers forward
        F[n + "palm"] = (mul(G[1], -1), mul(G[0], -1), mul(G[2], -1))
    elif palm == "wall":  # palm forward, fingers up
        F[n + "palm"] = (G[0], mul(G[1], -1), mul(G[2], -1))
    else:
        flex, side, rot = trio(limb.get("wrist", 0))
        F[n + "palm"] = spin(F[n + "fore"], (flex, side, rot + 70), (1, sg, sg))
    J[n + "hand"] = place(wrist, F[n + "palm"], (0, -HAND, 0))


def angles(J, F, s):
    """The joint angles of one side as a pose would state them, measured from the solved frames."""
    n, sg = s + ".", dict(SIDES)[s]

    def socket(parent, child):  # flexion, abduction, outward rotation
        m = [[dot(p, c) for c in child] for p in parent]
        rad = (
            math.atan2(-m[0][1], m[1][1]),
            sg * math.asin(max(-1, min(1, -m[2][1]))),
            sg * math.atan2(m[2][0], m[2][2]),
        )
        return [math.degrees(v) for v in rad]

    def hinge(parent, child):
        return math.degrees(math.atan2(dot(child[0], parent[1]), dot(child[0], parent[0])))

    return {
        "hip": socket(F["pelvis"], F[n + "thigh"]),
        "knee": -hinge(F[n + "thigh"], F[n + "shank"]) % 360,
        "ankle": hinge(F[n + "shank"], F[n + "foot"]),
        "shoulder": socket(F["thorax"], F[n + "upper"]),
        "elbow": hinge(F[n + "upper"], F[n + "fore"]) % 360,
    }


# ------------------------------------------------------------------------------ poses in time
ANGLES = {
    "pelvis",
    "spine",
    "neck",
    "hip",
    "knee",
    "ankle",
    "shoulder",
    "elbow",
    "wrist",
    "knee_out",
    "heading",
    "prop",
}


def inherit(base, over):
    out = dict(base)
    for k, v in over.items():
        both = isinstance(v, dict) and isinstance(out.get(k), dict) and "to" not in v
        out[k] = inherit(out[k], v) if both else v
    return {k: v for k, v in out.items() if v is not None}


def keyframes(poses):
    """Each pose inherits what it does not restate from the one before; null removes a part."""
    out = []
    for p in poses:
        out.append(inherit(out[-1] if out else {}, p))
    return out


def mix(poses, weights):
    """Weighted sum of poses: a missing angle counts as zero, words follow the heaviest pose."""
    main = poses[weights.index(max(weights))]
    if isinstance(main, dict):
        keys = dict.fromkeys(k for p in poses for k in p)
        fill = {k: 0 if k in ANGLES else next(p[k] for p in (main, *poses) if k in p) for k in keys}
        return {k: mix([p.get(k, fill[k]) for p in poses], weights) for k in keys}
    if any(isinstance(p, (list, tuple)) for p in poses):
        rows = [p if isinstance(p, (list, tuple)) else [p] for p in poses]
        n = max(map(len, rows))
        return [mix(list(col), weights) for col in zip(*[[*r, *[0] * (n - len(r))] for r in rows])]
    if all(isinstance(p, (int, float)) for p in poses):
        return sum(p * w for p, w in zip(poses, weights))
    return main


def mirrored(pose):
    """Left and right exchanged."""
    out = {**pose, "R": pose.get("L", {}), "L": pose.get("R", {})}
    for key in {"pelvis", "spine", "neck"} & pose.keys():
        pitch, roll, yaw = trio(pose[key])
        out[key] = [pitch, -roll, -yaw]
    return out


def released(key, other, base):
    """A key with measured joint angles in place of any contact that its neighbour does not have."""
    out = dict(key)
    for s, _ in SIDES:
        mine, theirs = key.get(s, {}), other.get(s, {})
        for contact_, joints in (
            ("plant", ("hip", "knee", "ankle")),
            ("ankle_at", ("hip", "knee")),
            ("hand", ("shoulder", "elbow")),
        ):
            if contact_ in mine and contact_ not in theirs:
                measured = angles(*solve(key, base), s)
                gone = {contact_} | ({"foot"} - theirs.keys() if contact_ == "plant" else set())
                out[s] = {k: v for k, v in out[s].items() if k not in gone} | {j: measured[j] for j in joints}
    return out


class Timeline:
    """Keyframes on a loop: each is held, then eases into the next; a cycle flows on without stopping."""

    def __init__(self, poses, base="standing", cycle=0, mirror=False):
        self.keys, self.base, self.cycle = keyframes(poses), base, cycle
        if mirror:  # the second half of a stride
            self.keys += [mirrored(p) for p in self.keys]
        n = len(self.keys)
        self.moves = [cycle / n if cycle else k.get("move", 1.6) for k in self.keys]
        self.holds = [0 if cycle else k.get("hold", 0.5) for k in self.keys]
        self.starts = [sum(self.moves[:i]) + sum(self.holds[:i]) for i in range(n)]
        self.seconds = sum(self.moves + self.holds) if n > 1 else 0.0

    def at(self, t):
        """The pose t seconds into the loop."""
        i = max(j for j, start in enumerate(self.starts) if start <= t % self.seconds)
        p = max(0.0, t % self.seconds - self.starts[i] - self.holds[i]) / self.moves[i]
        before, key, after, later = (self.keys[(i + j) % len(self.keys)] for j in (-1, 0, 1, 2))
        if self.cycle:  # Catmull-Rom
            return mix(
                [before, key, after, later],
                [
                    p * (p * (2 - p) - 1) / 2,
                    (p * p * (3 * p - 5) + 2) / 2,
                    p * (p * (4 - 3 * p) + 1) / 2,
                    p * p * (p - 1) / 2,
                ],
            )
        p = (1 - math.cos(math.pi * p)) / 2  # ease in and out
        return mix([released(key, after, self.base), released(after, key, self.base)], [1 - p, p]) if p else key

    def samples(self):
        """Poses evenly spaced over the loop, an even number of steps, the first one again at the end."""
        if not self.seconds:
            return self.keys[:1]
        n = 2 * len(self.keys) if self.cycle else 2 * max(5, min(8, round(self.seconds / 0.8)))
        return [self.at(self.seconds * j / n) for j in range(n)] + [self.at(0.0)]
