"""Entries of poses.yaml, ready for render(**entry)."""

from pathlib import Path

import yaml

POSES = Path(__file__).with_name("poses.yaml")
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster where libyaml is built in


def load(extra=True):
    """All entries by exercise id, in the order of the file.

    Args:
        extra: also the good figures that the library has no exercise for, last.
    """
    raw = yaml.load(POSES.read_text(), Loader)
    more = raw.pop("extra", {})
    every = raw | more
    return {name: resolved(name, every) for name in (every if extra else raw)}


def resolved(name, raw):
    """An entry; with `variant_of: other` the other one, overlaid by what this one states.

    `change` lists what differs pose by pose, `poses` replaces them all, null removes a key."""
    entry = dict(raw[name])
    if not (other := entry.pop("variant_of", None)):
        return entry
    base, change = resolved(other, raw), entry.pop("change", [])
    out = {k: v for k, v in (base | entry).items() if v is not None}
    if change:
        poses = out["poses"] + [{}] * (len(change) - len(out["poses"]))
        out["poses"] = [overlaid(p, c) for p, c in zip(poses, change + [{}] * (len(poses) - len(change)), strict=True)]
    return out


def overlaid(pose, change):
    """Unlike the inheritance between poses this keeps null, which removes what an earlier pose set."""
    both = {
        k: overlaid(pose[k], v)
        for k, v in change.items()
        if isinstance(v, dict) and isinstance(pose.get(k), dict) and "to" not in v
    }
    return pose | change | both
