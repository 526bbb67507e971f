"""Check poses: joint limits, reach, contacts that stay put, nothing through the floor, balance, size, print.

python -m programs.figures.check [name ...]      exit status 1 if anything is wrong
"""

# ruff: noqa: B905 - vectors and rows of one length are zipped all over; strict= would only be noise

import math
import re
import sys

from programs.figures.figure import Node, Scene, render, unturned
from programs.figures.poses import load
from programs.figures.rig import (
    CONTACT,
    LIMITS,
    Timeline,
    angles,
    ankle_of_foot,
    contact,
    norm,
    place,
    solve,
    sub,
    turn,
)

SIZE_LIMIT = 12_000
MASS = {
    "pelvis": 0.14,
    "chest": 0.36,
    "head": 0.08,
    "shoulder": 0.027,
    "elbow": 0.022,
    "wrist": 0.011,
    "hip": 0.05,
    "knee": 0.105,
    "ankle": 0.045,
}
JOINTS = (
    "pelvis",
    "chest",
    "head",
    *(f"{s}.{j}" for s in "RL" for j in ("shoulder", "elbow", "wrist", "hand", "hip", "knee", "ankle", "ball", "toe")),
)


def limits(J, F):
    for side in "RL":
        a = angles(J, F, side)
        a |= {"hip_abd": a["hip"][1], "hip": a["hip"][0], "shoulder": a["shoulder"][0]}
        for joint, (lo, hi) in LIMITS.items():
            v = (a[joint] + 90) % 360 - 90
            if not lo <= v <= hi:
                yield f"{side}.{joint} at {v:.0f} degrees, outside {lo}..{hi}"


def reach(J, F, pose):
    """Targets of planted feet and placed hands that the limb cannot get to."""
    for s, sg in (("R", 1), ("L", -1)):
        limb = pose.get(s, {})
        goals = {
            joint: (*limb[key], J[f"{s}.{joint}"][2])[:3]
            for key, joint in (("ankle_at", "ankle"), ("hand", "wrist"))
            if isinstance(limb.get(key), list)
        }
        if "plant" in limb:
            ground = turn(F["ground"], "u", -sg * limb.get("heading", 0))
            goals["ankle"] = place(
                (*limb["plant"], J[s + ".hip"][2])[:3], ground, (*ankle_of_foot(limb.get("foot", 0)), 0)
            )
        for joint, goal in goals.items():
            if (miss := norm(sub(J[f"{s}.{joint}"], goal))) > 1:
                yield f"{s}.{joint} falls {miss:.1f} cm short of its target (limb too short)"


def sunk(J):
    """Joints whose flesh is below the floor."""
    depth, joint = max(
        (CONTACT[j.rpartition(".")[2]] * (0.7 if j in ("pelvis", "chest", "head") else 0.5) - J[j][1], j)
        for j in JOINTS
    )
    if depth > 1.6:
        yield f"{joint} {depth:.1f} cm into the floor"


def balance(J, pose, base):
    """A standing body's centre of mass is over its supporting feet."""
    share = {j: MASS[j.rpartition(".")[2]] for j in JOINTS if j.rpartition(".")[2] in MASS}
    com = [sum(m * J[j][k] for j, m in share.items()) / sum(share.values()) for k in range(3)]
    held = [s for s in "RL" if "plant" in pose.get(s, {}) or pose.get("pin", [""])[0].startswith(s)]
    feet = [J[j] for j in JOINTS if j[0] in held] or [J[j] for j in JOINTS]
    feet = [p for p in feet if p[1] < min(q[1] for q in feet) + 12]
    for axis, label in ((0, "forward"),) if base == "standing" else ((0, "sideways"), (2, "forward")):
        lo, hi = min(p[axis] for p in feet) - 6, max(p[axis] for p in feet) + 6
        if not lo <= com[axis] <= hi:
            yield f"out of balance {label}: centre of mass at {com[axis]:.0f}, support {lo:.0f}..{hi:.0f}"


def slides(scene):
    """Contacts that drift while the figure moves: in the poses, and in the drawing's straight in-betweens."""
    keys = scene.time.keys
    names = {keys[0]["pin"][0]} if "pin" in keys[0] else set()
    names |= {
        s + ".foot"
        for s in "RL"
        if "plant" in keys[0].get(s, {})
        and len({str(k.get(s, {}).get("plant")) for k in keys}) == 1
        and all(k.get(s, {}).get("foot", 0) <= 0 for k in keys)
    }
    for n in sorted(names):
        drift = max(norm(sub(contact(J, n)[0], contact(scene.bodies[0][0], n)[0])) for J, _ in scene.bodies)
        if drift > 0.5:
            yield f"{n} slides {drift:.1f} cm"
        if n.endswith("foot") and (drift := drawn_drift(scene, n[0])) > 1.5:
            yield f"{n} drifts {drift:.1f} cm in the drawing"


def drawn_drift(scene, s):
    """Follow the nested transforms half way between samples, as a browser does."""
    stops = [
        scene.body,
        Node(s + ".hip", s + ".knee"),
        Node(s + ".knee", s + ".ankle"),
        Node(s + ".ankle", s + ".ball"),
    ]
    tracks = [scene.rig(scene.bodies).track(n) for n in stops]
    toes = [scene.fit(scene.view(J[s + ".ball"])) for J, _ in scene.bodies]
    worst, n = 0.0, len(toes)
    steps, parent = [], [(0, 0, 0)] * n
    for t in [*tracks, [(*p, 0) for p in toes]]:
        steps.append([(*unturned((x - px, y - py), pa), a - pa) for (x, y, a), (px, py, pa) in zip(t, parent)])
        parent = t
    for i in range(n - 1):
        x = y = a = 0.0
        for rows in steps:
            dx, dy, da = (sum(v) / 2 for v in zip(rows[i], rows[i + 1]))
            dx, dy = unturned((dx, dy), -a)
            x, y, a = x + dx, y + dy, a + da
        worst = max(worst, math.dist((x, y), toes[i]), math.dist((x, y), toes[i + 1]))
    return worst / scene.scale


def check(entry):
    """Every problem of one exercise, in words."""
    yield from posture(entry)
    yield from picture(entry)


def posture(entry):
    """What a body could not do in one of the poses: cheap, so it is asked of every exercise in every test run."""
    base = entry.get("base", "standing")
    time = Timeline(entry["poses"], base, entry.get("cycle", 0), entry.get("mirror", False))
    for i, key in enumerate(time.keys):
        J, F = solve(key, base)
        found = [*limits(J, F), *reach(J, F, key), *sunk(J)]
        if base in ("standing", "front", "back") and not time.cycle and not entry.get("supported"):
            found += balance(J, key, base)
        yield from (f"pose {i + 1}: {problem}" for problem in found)


def picture(entry):
    """What would look wrong in motion or in print, and what weighs too much."""
    yield from slides(Scene(**entry))
    if (size := len(render(**entry))) > SIZE_LIMIT:
        yield f"{size} bytes"
    if found := re.findall(r"class=|<style|style=|var\(|paint-order|<use|<text", render(**entry, mode="print")):
        yield f"print mode still has {set(found)}"


if __name__ == "__main__":
    library = load()
    names = sys.argv[1:] or list(library)
    problems = [f"{name}: {problem}" for name in names for problem in check(library[name])]
    print("\n".join(problems) or f"{len(names)} exercises, no problems")
    sys.exit(bool(problems))
