"""Exercise figures: SVG drawn from poses.

    render(poses, props, view, highlight, ...) -> str        # or render(**entry_of_poses_yaml)

Modes: "animated" moves by SMIL (no script, no inline style, so it runs under a strict Content-Security-
Policy) and carries a still that figure.css shows instead in print and for prefers-reduced-motion;
"still" is that key pose over a ghost of the start; "steps" sets the poses side by side.  "print" is "steps",
and "print-still" is "still", with literal light colours and no stylesheet: for Typst, PDF and e-mail images.
"""

# ruff: noqa: B905 - vectors and rows of one length are zipped all over; strict= would only be noise

from __future__ import annotations

import math
from html import escape
from itertools import groupby

from programs.figures.plain import plain
from programs.figures.rig import Timeline, dot, solve
from programs.figures.shapes import BODY, HELD, LIMBS, View, band, disc, muscle, num, path, prop, silhouette

W, H, MARGIN, SCALE = 1000, 750, 40, 4.7  # picture units; SCALE is the most of them per centimetre
GHOST = {"skin", "skin-far", "skin-face", "shirt", "shorts", "shoe", "shoe-far", "hair"}


class Piece:
    """One filled shape: a css class and draw(J, F, view) -> outlines."""

    def __init__(self, cls, *chains, draw=None):
        self.cls = cls
        self.draw = draw or (lambda J, F, view: [silhouette(c, J, F, view) for c in chains])


class Node:
    """Pieces and nodes, in painting order, that ride on one segment: at a joint, pointing towards another."""

    def __init__(self, joint, towards, *items):
        self.joint, self.towards, self.items = joint, towards, list(items)

    def pieces(self):
        for i in self.items:
            yield from i.pieces() if isinstance(i, Node) else [i] if isinstance(i, Piece) else []


class Ink:
    """A node painted first with its outline; painting it again over that leaves one line around the whole."""

    def __init__(self, node):
        self.node = node


class Scene:
    """One exercise, posed, layered and scaled to the picture."""

    def __init__(
        self,
        poses,
        props=(),
        view=(0.3, 0.14),
        highlight=(),
        *,
        base="standing",
        cycle=0,
        mirror=False,
        key=-1,
        order=None,
        hair=None,
        arrow=None,
        zoom=1,
        **_,
    ):
        self.view, self.base, self.arrow_at = View(*view), base, arrow
        self.time = Timeline(poses, base, cycle, mirror)
        self.seconds, self.key = self.time.seconds, key % len(self.time.keys)
        self.bodies = [solve(p, base) for p in self.time.samples()]
        self.arrange(self.time.keys[self.key], props, highlight, order, hair)
        drawn = [
            p for J, F in self.bodies for piece in self.all.pieces() for o in piece.draw(J, F, self.view) for p in o
        ]
        (x0, x1), (y0, y1) = ((min(c), max(c)) for c in zip(*drawn))
        k = self.scale = min((W - 2 * MARGIN) / (x1 - x0), (H - 2 * MARGIN) / (y1 - y0), SCALE * zoom)
        self.fit = lambda p: ((p[0] - (x0 + x1) / 2) * k + W / 2, (p[1] - (y0 + y1) / 2) * k + H / 2)
        self.rig(self.bodies)

    # -- what is drawn, far to near
    def arrange(self, pose, props, highlight, order, hair):
        J, F = solve(pose, self.base)
        tints = [muscle(m) for m in highlight]
        under, behind, before, riding, on_body, held = [], [], [], [], [], {"R": [], "L": []}
        for spec in props:
            name, o = next(iter(spec.items())) if isinstance(spec, dict) else (spec, {})
            if name in HELD:
                for s in o["hand"]:
                    held[s] += [Piece("weight", draw=d) for d in HELD[name](s)]
            elif name == "band":
                on_body.append(Piece("band", draw=band(o["between"])))
            else:
                layer = (
                    riding
                    if o.get("moves")
                    else under
                    if name in ("mat", "treadmill")
                    else before
                    if o.get("front")
                    else behind
                )
                layer += [Piece(cls, draw=d) for cls, d in prop(name, o, "prop" if layer is riding else "origin")]

        depth = {"body": (J["pelvis"][2] + J["chest"][2]) / 2}
        for s in "RL":
            for limb, joints in (("leg", ("hip", "knee", "ankle")), ("arm", ("shoulder", "elbow", "wrist"))):
                depth[f"{s}.{limb}"] = sum(J[f"{s}.{j}"][2] for j in joints) / 3
        rest = {n: d for n, d in depth.items() if n != "body"}
        far = {n for n, d in rest.items() if d < min(depth["body"] - 4, depth["RL"["R" in n] + n[1:]] - 9)}
        order = order or sorted(
            depth, key=lambda n: ((depth[n] > depth["body"]) - (depth[n] < depth["body"]), n[2:] == "arm", depth[n])
        )

        self.inked = set()

        def ink(node):
            self.inked.add(id(node))
            return Ink(node)

        def tint(*segments):
            return [Piece("muscle", t) for t in tints if t[0][1] in segments]

        def leg(s):
            p, n, tone = LIMBS[s], s + ".", "-far" * (s + ".leg" in far)
            foot = Node(
                n + "ankle", n + "ball", Piece("shoe" + tone, p["shoe"]), Piece("sole", p["sole"]), *tint(n + "foot")
            )
            shank = Node(n + "knee", n + "ankle", Piece("skin" + tone, p["shank"]), *tint(n + "shank"), foot)
            return Node(
                n + "hip",
                n + "knee",
                Piece("skin" + tone, p["thigh"]),
                shank,
                Piece("shorts" + tone, p["shorts"]),
                *tint(n + "thigh"),
            )

        def arm(s):
            p, n, tone = LIMBS[s], s + ".", "-far" * (s + ".arm" in far)
            fist = held[s] or pose.get(s, {}).get("palm") == "fist"
            hand = Node(
                n + "wrist",
                n + "hand",
                *held[s],
                Piece("skin" + tone, *([p["fist"]] if fist else [p["hand"], p["thumb"]])),
            )
            fore = Node(n + "elbow", n + "wrist", Piece("skin" + tone, p["fore"]), hand)
            upper = Node(
                n + "shoulder",
                n + "elbow",
                Piece("skin" + tone, p["upper"]),
                fore,
                Piece("shirt" + tone, p["sleeve"]),
                *tint(n + "upper"),
            )
            return Node("chest", "neck", ink(upper), upper)

        facing, across = dot(F["head"][0], self.view.z), F["head"][2][2]
        head = [Piece("hair", BODY["hair"]), Piece("skin-face", BODY["face"], BODY["nose"])][
            :: 1 if facing > -0.5 else -1
        ]
        head = [Piece("hair", BODY["tail"])] * (hair == "tail") + head
        if abs(across) > 0.6:
            head.append(Piece("skin-ear", LIMBS["R" if across > 0 else "L"]["ear"]))
        trunk = Node(
            "chest",
            "neck",
            Piece("skin-face", BODY["neck"]),
            Piece("shirt", BODY["shirt"]),
            Node("head", "crown", *head),
        )
        hips, near = (
            Node("pelvis", "lumbar", Piece("shorts", BODY["pelvis"])),
            [n for n in order if n[2:] == "leg" and n not in far],
        )
        core = [*tint("pelvis"), Node("chest", "neck", *tint("abdomen", "thorax"))]
        items = []
        for name in order:
            if name == "body":
                items.append(trunk)
            elif name[2:] == "arm":
                items.append(arm(name[0]))
            else:  # hips and nearest leg: both outlines, then both fills, so that they join without a seam
                this, nearest = leg(name[0]), name == near[-1]
                hips_first = name in near and name == near[0]
                items += [ink(hips)] * hips_first + [ink(this)] + [hips] * nearest + [this]
            if name == max("body", near[-1], key=order.index):
                items += core
        joined = []
        for i in [*items, *on_body]:  # neighbours that ride on the same segment share one group
            if (
                isinstance(i, Node)
                and i.joint == "chest"
                and joined
                and isinstance(joined[-1], Node)
                and joined[-1].joint == "chest"
            ):
                joined[-1].items += i.items
            else:
                joined.append(i)
        self.body = Node("pelvis", "lumbar", *joined)
        self.actors = Node(None, None, Node("prop", None, *riding), self.body)
        self.under, self.behind, self.before = (Node(None, None, *i) for i in (under, behind, before))
        self.all = Node(None, None, self.under, self.behind, self.actors, self.before)

    # -- still parts
    def outlines(self, piece, body):
        return [type(o)(map(self.fit, o)) for o in piece.draw(*body, self.view)]

    def ground(self):
        """The shadow on the floor under whatever is near it in the key pose."""
        low = [
            p
            for j, p in solve(self.time.keys[self.key], self.base)[0].items()
            if p[1] < 14 and j not in ("origin", "prop")
        ]
        if not low:
            return ""
        (x0, x1), (z0, z1) = ((min(p[i] for p in low) - 12, max(p[i] for p in low) + 12) for i in (0, 2))
        shadow = Piece(
            "ground", draw=disc(((x0 + x1) / 2, 0, (z0 + z1) / 2), 1, ((x1 - x0) / 2, 0, 0), (0, 0, (z1 - z0) / 2))
        )
        return tag(shadow.cls, path(self.outlines(shadow, self.bodies[0])))

    def belt(self, runs):
        """Dashes on the floor under a runner, moving backwards."""
        if not self.time.cycle:
            return ""
        ends = [[self.fit(self.view((x, 0, z))) for x in (-82, 82)] for z in (-15, 19)]
        d, way = "".join(f"M{num(*map(round, p))}H{round(q[0])}" for p, q in ends), round(205 * self.scale)
        run = (
            f'<animate attributeName="stroke-dashoffset" to="{way}" dur="{self.seconds:g}s" repeatCount="indefinite"/>'
            if runs
            else ""
        )
        return tag("belt", d, run, f' stroke-dasharray="{way / 10:g}"')

    def arrow(self, key):
        """The way that the part which travels furthest takes from the first pose to this one."""
        start = 0 if key == self.key else key - 1
        if self.arrow_at == "none" or self.time.cycle or start < 0:
            return ""
        t0, t1 = self.time.starts[start] + self.time.holds[start], self.time.starts[key]
        trail = [
            {n: self.fit(self.view(p)) for n, p in solve(self.time.at(t0 + (t1 - t0) * k), self.base)[0].items()}
            for k in (0.27, 0.5, 0.73)
        ]
        names = [n for n in trail[0] if n[2:] in ("wrist", "ankle", "knee") or n in ("head", "pelvis")]
        name = self.arrow_at or max(names, key=lambda n: math.dist(trail[0][n], trail[-1][n]))
        (ax, ay), (mx, my), (bx, by) = (p[name] for p in trail)
        size, (cx, cy) = math.dist((ax, ay), (bx, by)), trail[1]["pelvis"]
        if size < 48:
            return ""
        nx, ny = (ay - by) / size, (bx - ax) / size  # step aside, away from the body
        off = math.copysign({"head": 19, "pelvis": 24}.get(name, 13) * self.scale, nx * (mx - cx) + ny * (my - cy))
        (ax, ay), (mx, my), (bx, by) = ((x + nx * off, y + ny * off) for x, y in ((ax, ay), (mx, my), (bx, by)))
        qx, qy = 2 * mx - (ax + bx) / 2, 2 * my - (ay + by) / 2
        a = math.atan2(by - qy, bx - qx)
        barbs = [(round(bx - 20 * math.cos(a + k)), round(by - 20 * math.sin(a + k))) for k in (0.5, -0.5)]
        ax, ay, qx, qy, bx, by = map(round, (ax, ay, qx, qy, bx, by))
        return tag("arrow", f"M{num(ax, ay)}Q{num(qx, qy, bx, by)}M{num(*barbs[0])}L{num(bx, by)} {num(*barbs[1])}")

    def still(self, key, uid, ghost=True):
        out, start = self.belt(False), solve(self.time.keys[0 if key else -1], self.base)
        if ghost and self.seconds and not self.time.cycle:
            out += tag("ghost", path([self.outlines(p, start)[0] for p in self.body.pieces() if p.cls in GHOST]))
        return out + self.rig([solve(self.time.keys[key], self.base)], uid).flat(self.actors) + self.arrow(key)

    def flat(self, node):
        """A node in one pose, in absolute coordinates; the skin of a limb becomes one path."""

        def unrolled(node):
            for i in node.items:
                yield from unrolled(i) if isinstance(i, Node) and id(i) not in self.inked else [i]

        out = ""
        for _, run in groupby(
            list(unrolled(node)), key=lambda i: i.cls if getattr(i, "cls", "") in ("skin", "skin-far") else id(i)
        ):
            run = list(run)
            if isinstance(run[0], Piece):
                d = path([o for p in run for o in self.outlines(p, self.posed[0])])
                out += tag(run[0].cls, d) if d else ""
            else:
                out += (
                    self.inking(run[0])
                    if isinstance(run[0], Ink)
                    else f'<g id="{self.ref(run[0])}">{self.flat(run[0])}</g>'
                )
        return out

    def ref(self, node):
        return self.ids.setdefault(id(node), f"{self.uid}{len(self.ids)}")

    def inking(self, ink):
        return f'<use href="#{self.ref(ink.node)}" class="fig-ink"/>'

    # -- moving parts: shapes drawn once in the frame of their segment, carried by nested transforms
    def rig(self, bodies, uid=""):
        self.posed, self.uid, self.ids = bodies, uid, {}
        self.timing = f'dur="{decimal(self.seconds, 1)}s" repeatCount="indefinite"'
        return self

    def track(self, node):
        """Origin and direction of a segment in the picture, sample by sample."""
        ends = (
            [(J[node.joint], J[node.towards] if node.towards else None) for J, _ in self.posed]
            if node.joint and len(self.posed) > 1
            else []
        )
        turns = (
            node.towards
            and ends
            and min(math.dist(self.view(p), self.view(q)) / math.dist(p, q) for p, q in ends) > 0.35
        )
        rows = []
        for p, q in ends:  # a segment that points at the viewer does not turn, it is redrawn
            x, y = self.fit(self.view(p))
            u, v = self.fit(self.view(q)) if turns else (x + 1, y)
            a = math.degrees(math.atan2(v - y, u - x))
            rows.append((x, y, a + 360 * round((rows[-1][2] - a) / 360) if rows else a))
        return rows or [(0.0, 0.0, 0.0)] * len(self.posed)

    def group(self, node, parent=None):
        track, parent = self.track(node), parent or [(0.0, 0.0, 0.0)] * len(self.posed)
        shift = [unturned((x - px, y - py), pa) for (x, y, _), (px, py, pa) in zip(track, parent)]
        swing = [a - pa for (*_, a), (*_, pa) in zip(track, parent)]
        squeeze = self.foreshortening(node)
        inner = ""
        for i in node.items:
            inner += (
                self.inking(i)
                if isinstance(i, Ink)
                else self.group(i, track)
                if isinstance(i, Node)
                else self.shape(i, track, squeeze)
            )
        if not inner:
            return ""
        fixed = moves = ""
        x, y = (round(sum(v) / len(v)) for v in zip(*shift))
        if max(math.dist(p, (x, y)) for p in shift) >= 4.5:
            moves = self.animate(
                "translate", [f"{round(px)} {round(py)}" for px, py in shift]
            )  # Firefox needs the space
        elif x or y:
            fixed = f"translate({x} {y})"
        if max(swing) - min(swing) >= 1.2:
            places = 0 if node.joint.endswith(("wrist", "ankle", "head")) else 1
            moves += self.animate("rotate", [decimal(a, places) for a in swing], fixed or moves)
        elif (a := decimal(sum(swing) / len(swing), 1)) != "0":
            fixed, inner = (
                (fixed, f'<g transform="rotate({a})">{inner}</g>') if moves else (f"{fixed}rotate({a})", inner)
            )
        attrs = (f' id="{self.ref(node)}"' if id(node) in self.inked else "") + (
            f' transform="{fixed}"' if fixed else ""
        )
        return f"<g{attrs}>{moves}{inner}</g>" if attrs or moves else inner

    def foreshortening(self, node):
        """How much shorter or longer than usual the segment looks, sample by sample, if that varies visibly."""
        if not node.towards:
            return None
        size = [math.dist(self.view(J[node.joint]), self.view(J[node.towards])) for J, _ in self.posed]
        usual = sum(size) / len(size)
        return [v / usual for v in size] if max(size) - min(size) > 0.09 * usual else None

    def shape(self, piece, track, squeeze=None):
        """A path in its segment's frame: rigid, else squeezed along the foreshortened bone, else redrawn as it goes."""
        rows = [
            [type(o)(unturned((px - x, py - y), a) for px, py in o) for o in self.outlines(piece, body)]
            for body, (x, y, a) in zip(self.posed, track)
        ]
        if not rows[0]:
            return ""
        slack = 18 if len(rows[0]) == 2 and "skin" in piece.cls else 9  # hands may turn a little unseen
        for scale in [None, squeeze] if squeeze and any(a for *_, a in track) else [None]:
            flat = [[[(x / k, y) for x, y in o] for o in r] for r, k in zip(rows, scale)] if scale else rows
            usual = [type(o[0])(tuple(sum(v) / len(v) for v in zip(*p)) for p in zip(*o)) for o in zip(*flat)]
            if max(math.dist(p, q) for r in flat for o, m in zip(r, usual) for p, q in zip(o, m)) < slack:
                return tag(
                    piece.cls,
                    path(usual),
                    self.animate("scale", [decimal(k, 2) + " 1" for k in scale]) if scale else "",
                )
        values = [path(r) for r in rows[::2]]
        return tag(piece.cls, values[0], f'<animate attributeName="d" {self.timing} values="{";".join(values)}"/>')

    def animate(self, kind, values, more=""):
        more = 'additive="sum" ' if more else ""
        return f'<animateTransform attributeName="transform" type="{kind}" {more}{self.timing} values="{";".join(values)}"/>'


def unturned(p, deg):
    c, s = math.cos(math.radians(deg)), math.sin(math.radians(deg))
    return p[0] * c + p[1] * s, p[1] * c - p[0] * s


def decimal(v, places):
    text = f"{v:.{places}f}"
    text = text.rstrip("0").rstrip(".") if places else text
    return "0" if text == "-0" else text.replace("0.", ".", 1) if abs(v) < 1 else text


def tag(cls, d, inner="", more=""):
    return f'<path class="fig-{cls}" d="{d}"{more}' + (f">{inner}</path>" if inner else "/>")


def render(
    poses,
    props=(),
    view=(0.3, 0.14),
    highlight=(),
    *,
    title="",
    desc="",
    mode="animated",
    uid="f",
    tone=1,
    steps=None,
    css="",
    colours=None,
    **options,
):
    """SVG text of an exercise.  uid must differ between the figures of one page; css is for standalone files;
    colours replaces some of the theme's in the print modes."""
    if mode in ("print", "print-still"):
        return plain(
            render(
                poses,
                props,
                view,
                highlight,
                title=title,
                desc=desc,
                mode="steps" if mode == "print" else "still",
                uid=uid,
                steps=steps,
                **options,
            ),
            tone,
            colours,
        )
    scene = Scene(poses, props, view, highlight, **options)
    back = scene.flat(scene.under) + scene.ground() + scene.flat(scene.behind)
    front = scene.flat(scene.before)
    shown = [scene.key] if mode != "steps" else steps or range(len(scene.time.keys))
    if mode == "steps":
        panels = ((i, scene.still(k, f"{uid}{i}s", ghost=False)) for i, k in enumerate(shown))
        body = "".join(
            f'<g transform="translate({W * i})">{back}{still}{front}<text class="fig-step" x="48" y="84">{i + 1}</text></g>'
            for i, still in panels
        )
    else:
        body = scene.still(scene.key, uid + "s")
        if mode == "animated" and scene.seconds:
            body = f'<g class="fig-move">{scene.belt(True)}{scene.rig(scene.bodies, uid).group(scene.actors)}</g><g class="fig-still">{body}</g>'
        body = back + body + front
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="fig{f" fig-tone-{tone}" if tone > 1 else ""}" viewBox="0 0 {W * len(shown)} {H}" '
        f'role="img" aria-labelledby="{uid}-t {uid}-d"><title id="{uid}-t">{escape(title)}</title><desc id="{uid}-d">{escape(desc)}</desc>'
        f"{f'<style>{escape(css, quote=False)}</style>' if css else ''}{body}</svg>"
    )
