"""The studio's template tags. They are builtins: no {% load %} needed. templates/components/README.md shows each once."""

from collections.abc import Sequence
from itertools import count

from django import template
from django.utils.safestring import SafeString, mark_safe

from studio.ui import figures, icons, marks, parts

register = template.Library()

MARKUP = {
    "icon": icons.icon,
    "chip": parts.chip,
    "pillar_chip": parts.pillar_chip,
    "pillar_badge": parts.pillar_badge,
    "result": parts.result,
    "severity": parts.severity,
    "finding": parts.finding,
    "pain_pip": parts.pain_pip,
    "avatar": parts.avatar,
    "stat": parts.stat,
    "note": parts.note,
    "spark": marks.spark,
    "heat": marks.heat,
    "heat_key": marks.heat_key,
    "ring": marks.ring,
    "meter": marks.meter,
    "segments": marks.segments,
    "line_chart": marks.line_chart,
    "bars": marks.bars,
    "bodymap": marks.bodymap,
    "chart_table": marks.table,
    "brandmark": marks.brandmark,
    "lanes": marks.lanes,
    "hero_lanes": marks.hero_lanes,
    "lane_art": marks.lane_art,
}


def _tag(markup):
    def render(*args: object, **kwargs: object) -> SafeString:
        return mark_safe(markup(*args, **kwargs))  # each of these functions escapes the text it is given

    return render


for name, markup in MARKUP.items():
    register.simple_tag(_tag(markup), name=name)


@register.filter
def tel(number: str) -> str:
    """The link that dials a number: tel: with its digits, and the plus in front if there is one."""
    return "tel:" + "+" * number.strip().startswith("+") + "".join(sign for sign in number if sign in "0123456789")


@register.simple_tag
def pain_chart(values: Sequence, compact: bool | None = None, **options: object) -> SafeString:
    """The pain chart; unless told which, one for wide screens and one for phones, of which one is shown."""
    if compact is not None:
        return mark_safe(marks.pain_chart(values, compact=compact, **options))
    wide = marks.pain_chart(values, **options)
    narrow = marks.pain_chart(values, compact=True, **options | {"width": 350, "height": 210})
    return mark_safe(f'<div class="only-wide">{wide}</div><div class="only-narrow">{narrow}</div>')


_serial = count(1)


@register.inclusion_tag("components/scale_pain.html")
def pain_scale(
    name: str, legend: str, chosen: object = None, help: str = "", errors: object = (), skip: bool = True
) -> dict:
    """Eleven radio buttons 0-10 with none pressed, and "skip", which posts an empty value: no answer."""
    return _scale(parts.pain_answers(chosen), name, legend, help, errors) | {"skip": skip}


@register.inclusion_tag("components/scale_effort.html")
def effort_scale(name: str, legend: str, chosen: object = None, help: str = "", errors: object = ()) -> dict:
    """Ten radio buttons 1-10 with none pressed."""
    return _scale(parts.effort_answers(chosen), name, legend, help, errors)


def _scale(answers: list[parts.Answer], name: str, legend: str, help: str, errors: object) -> dict:
    return {
        "answers": answers,
        "name": name,
        "legend": legend,
        "help": help,
        "errors": errors,
        "id": f"{name}-{next(_serial)}",
    }


@register.simple_tag(takes_context=True)
def current(context: template.Context, url: str, exact: bool = False) -> SafeString:
    """aria-current="page" when the request is at `url` or, unless `exact`, below it."""
    request = context.get("request")
    if request is None:
        return mark_safe("")
    here = bool(url) and (request.path == url or (not exact and request.path.startswith(url)))
    return mark_safe(' aria-current="page"' if here else "")


@register.inclusion_tag("components/rail_item.html", takes_context=True)
def rail_item(
    context: template.Context,
    url: str,
    label: str,
    icon_name: str,
    waiting: int = 0,
    exact: bool = False,
    short: str = "",
) -> dict:
    """One entry of the coach's rail; `waiting` shows a count, `short` is the label on a phone."""
    return {
        "url": url,
        "label": label,
        "icon_name": icon_name,
        "waiting": waiting,
        "short": short,
        "current": current(context, url, exact),
    }


@register.inclusion_tag("components/tab.html", takes_context=True)
def tab(context: template.Context, url: str, label: str, exact: bool = False) -> dict:
    """One entry of a .tabs list."""
    return {"url": url, "label": label, "current": current(context, url, exact)}


@register.inclusion_tag("components/empty.html")
def empty(title: str, text: str = "", url: str = "", action: str = "") -> dict:
    """What stands where a list has nothing to show, with a way on if there is one."""
    return {"title": title, "text": text, "url": url, "action": action}


@register.inclusion_tag("components/stepper.html")
def stepper(steps: list, now: int) -> dict:
    """Where one is in a form of several pages. steps: names in order; now: index of the current one."""
    names = steps.split(",") if isinstance(steps, str) else steps
    return {"steps": [(name.strip(), "done" if i < now else "now" if i == now else "") for i, name in enumerate(names)]}


@register.simple_tag
def figure(exercise: str, mode: str = "still") -> SafeString:
    """The drawn exercise, or a quiet placeholder. mode: still, animated, thumb."""
    return mark_safe(figures.framed(exercise, mode))


@register.simple_tag
def example_bodymap(label: str) -> SafeString:
    """A made-up body map for pages that explain what one is."""
    return mark_safe(marks.bodymap((3, 2), (2, 1), (2, 0), 1, painful=("right",), label=label))
