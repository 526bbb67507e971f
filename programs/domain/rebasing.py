"""An open draft meets a newer version: its edits are made again on the new plan, and what both changed is a conflict.

A plan is read as facts: small named statements such as "w2.A-1.A3:dose".  What an edit or a publication touches is the set
of facts that differ before and after it.  An edit of the draft goes through when it leaves every fact that the publication
touched as it is published; otherwise it is held back, with all later edits that build on it, until the coach decides.  So a
rebase never changes anything that was published, above all no load that a safety rule took away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from programs.domain import diffing, editing
from programs.domain.edits import (
    AddLine,
    Edit,
    EditError,
    MoveLine,
    RemoveLine,
    Restore,
    SetAnchor,
    SetDose,
    SetNote,
    SetRunStage,
    SwapExercise,
)
from programs.domain.library import Library
from programs.domain.records import Plan, Session, Week
from programs.domain.rules import Rules

replace = msgspec.structs.replace
OfLine = RemoveLine | SwapExercise | SetDose | MoveLine | SetAnchor | SetNote


class Held(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One edit that waits for the coach."""

    edit: Edit
    gave: str = ""  # an added line's slot, as later held edits call it; "" = the edit adds no line


class Conflict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the draft wanted and what was published instead.  Until the coach decides, the published stands."""

    version: int  # number of the version that came in between
    is_safety: bool  # a safety rule published it: load was taken away
    theirs: tuple[str, ...]  # sentences: what it changed where the draft wanted something else
    yours: tuple[str, ...] = ()  # sentences: what the draft wanted; () = a draft made anew, which has not got theirs
    held: tuple[Held, ...] = ()  # the draft's edits, in order
    facts: tuple[str, ...] = ()  # what they touch


class Rebased(msgspec.Struct, frozen=True):
    """A draft on its new base."""

    plan: Plan
    edits: tuple[Edit, ...]
    undos: tuple[Restore, ...]  # the way back of each edit
    conflicts: tuple[Conflict, ...]


class _Group:
    """A conflict in the making."""

    def __init__(self) -> None:
        self.held: list[tuple[int, Held]] = []
        self.facts: set[str] = set()
        self.yours: list[str] = []


def rebase(
    old: Plan,
    new: Plan,
    edits: Sequence[Edit],
    library: Library,
    rules: Rules,
    *,
    version: int,
    is_safety: bool,
    conflicts: Sequence[Conflict] = (),
) -> Rebased:
    """Make a draft's edits again on a newer plan.

    Args:
        old: the plan that the draft was made on.
        new: the plan that was published since.
        edits: the draft's edits, in order; they can all be made on `old`.
        library, rules: as in editing.apply.
        version: number of the new version, is_safety: whether a safety rule made it; both are kept in the conflicts.
        conflicts: those that are open from an earlier rebase; they stay, with the newest word of what was published.

    Returns:
        The new plan with every edit that leaves what was published as it is.  An edit that cannot be made any more, or
        that would change what the publication changed, waits in a conflict; an edit that was published too is done.

    Raises:
        EditError: the edits cannot be made on `old`.
    """
    published = touched(old, new)
    told = diffing.diff(old, new, library)
    own: dict[str, str] = {}  # slot as the draft calls it -> slot on the new plan, for lines that the draft added
    groups: list[_Group] = []
    before, plan = old, new
    kept: list[Edit] = []
    undos: list[Restore] = []
    for number, edit in enumerate(edits):
        after = editing.apply(before, edit, library, rules)
        renamed = _renamed(edit, own)
        called = _slot_given(after, edit) if isinstance(edit, AddLine) else ""
        names = own | {called: f"+{called}"} if called else own  # "+": no slot of either plan is called so
        wanted = {_renamed_fact(fact, names) for fact in touched(before, after)}
        built_on = [group for group in groups if group.facts & wanted]
        made = None if built_on else _made(plan, renamed, library, rules)
        if made is not None and _is_left(published & (wanted | touched(plan, made)), after, plan, made):
            if called:
                own[called] = _slot_given(made, renamed)
            if made != plan or after == before:  # otherwise it was published as well
                kept.append(moved_on(renamed, plan))
                undos.append(editing.way_back(plan, made))
            plan = made
        elif built_on or (after != before and not _is_done(renamed, plan)):
            if called:
                own[called] = names[called]
            group = _joined(groups, built_on)
            group.held.append((number, Held(edit=renamed, gave=names.get(called, ""))))
            group.facts |= wanted
            group.yours += _sentences(diffing.diff(before, after, library), ())
        before = after
    found = [
        Conflict(
            version=version,
            is_safety=is_safety,
            theirs=_theirs(told, group.facts),
            yours=tuple(dict.fromkeys(group.yours)),
            held=tuple(held for _, held in sorted(group.held, key=lambda each: each[0])),
            facts=tuple(sorted(group.facts)),
        )
        for group in groups
    ]
    again = [
        replace(each, version=version, is_safety=is_safety or each.is_safety, theirs=_theirs(told, each.facts))
        if published & set(each.facts)
        else each
        for each in conflicts
    ]
    return Rebased(plan=plan, edits=tuple(kept), undos=tuple(undos), conflicts=(*again, *found))


def keep_yours(plan: Plan, conflict: Conflict, library: Library, rules: Rules) -> Rebased:
    """Make the held edits of a conflict after all.

    Returns:
        The plan with them; the edits as they were made, with their way back.

    Raises:
        EditError: one of them cannot be made on this plan; the message is for the coach.
    """
    own: dict[str, str] = {}
    edits: list[Edit] = []
    undos: list[Restore] = []
    for held in conflict.held:
        edit = moved_on(_renamed(held.edit, own), plan)
        after = editing.apply(plan, edit, library, rules)
        if held.gave:
            own[held.gave] = _slot_given(after, edit)
        edits.append(edit)
        undos.append(editing.way_back(plan, after))
        plan = after
    return Rebased(plan=plan, edits=tuple(edits), undos=tuple(undos), conflicts=())


def carry(
    made: Plan, old: Plan, edits: Sequence[Edit], library: Library, rules: Rules, *, version: int, is_safety: bool
) -> tuple[Plan, tuple[Conflict, ...]]:
    """Put what was published into a plan that was made anew, where it means the same there.

    Args:
        made: a plan from the generator, whose slots are other slots than the published ones.
        old: the plan that was published on, edits: how; none = a whole plan was published.
        library, rules, version, is_safety: as in `rebase`. A safety rule's edits are made where they take load away.

    Returns:
        The plan, and a conflict for each published edit that it could not take in everywhere.
    """
    found = []
    before = old
    for edit in edits:
        after = editing.apply(before, edit, library, rules)
        carried = _carried(made, before, after, edit, library, rules, is_safety)
        if carried is None:
            theirs = _sentences(diffing.diff(before, after, library), ())
            found.append(Conflict(version=version, is_safety=is_safety, theirs=tuple(theirs)))
        else:
            made = carried
        before = after
    if not edits:
        found.append(Conflict(version=version, is_safety=is_safety, theirs=("The whole plan was published anew.",)))
    return made, tuple(found)


def conflict_to_document(conflict: Conflict) -> dict[str, Any]:
    """The conflict as plain data, for a JSON column."""
    return msgspec.to_builtins(conflict)


def conflict_from_document(document: Mapping[str, Any]) -> Conflict:
    """Read a stored conflict; raises msgspec.ValidationError when it is not one."""
    return msgspec.convert(document, Conflict)


# --- facts -----------------------------------------------------------------------------------------------------------


def facts_of(plan: Plan) -> dict[str, Any]:
    """Everything that an edit can change, as named statements.  A line that is not there has no facts."""
    return {name: value for week in plan.weeks for name, value in _facts_of_week(week)}


def touched(before: Plan, after: Plan) -> frozenset[str]:
    """The names of the facts that differ between two plans; empty when no edit is needed to get from one to the other."""
    old = {week.number: week for week in before.weeks}
    new = {week.number: week for week in after.weeks}
    names: set[str] = set()
    for number in old.keys() | new.keys():
        was, now = old.get(number), new.get(number)
        if was == now:
            continue
        had = dict(_facts_of_week(was)) if was else {}
        has = dict(_facts_of_week(now)) if now else {}
        names |= {name for name in had.keys() | has.keys() if had.get(name) != has.get(name)}
        names |= {f"w{number}.{session_id}:order" for session_id in _reordered(was, now)}
    return frozenset(names)


def _facts_of_week(week: Week) -> Iterator[tuple[str, Any]]:
    yield f"w{week.number}:runs", week.runs
    yield f"w{week.number}:daily", week.daily
    yield f"w{week.number}:words", (week.deload, week.note)
    for session in week.sessions:
        here = f"w{week.number}.{session.id}"
        yield f"{here}:day", session.day
        yield f"{here}:words", (session.title, session.note, session.budget_s, session.warmup_s)
        for line in session.lines:
            yield f"{here}:has {line.exercise}", True
            # With the exercise in each of them, a swap or a removal touches all that was said about the line.
            yield f"{here}.{line.slot}:dose", (line.exercise, line.sets, line.dose, line.extra_side_sets)
            yield f"{here}.{line.slot}:anchor", (line.exercise, line.anchor)
            yield f"{here}.{line.slot}:words", (line.exercise, line.note, line.override)


def _reordered(before: Week | None, after: Week | None) -> Iterator[str]:
    """Ids of the sessions whose lines stand in another order, added and removed ones aside."""
    if before is None or after is None:
        return
    new = {session.id: [line.slot for line in session.lines] for session in after.sessions}
    for session in before.sessions:
        was, now = [line.slot for line in session.lines], new.get(session.id, [])
        if [slot for slot in was if slot in now] != [slot for slot in now if slot in was]:
            yield session.id


def _renamed_fact(fact: str, own: Mapping[str, str]) -> str:
    place, _, said = fact.partition(":")
    head, dot, slot = place.rpartition(".")
    return f"{head}{dot}{own[slot]}:{said}" if slot in own else fact


# --- edits -----------------------------------------------------------------------------------------------------------


def moved_on(edit: Edit, plan: Plan) -> Edit:
    """The edit, begun at the first line it still reaches: what it began at may have been taken out since."""
    if not isinstance(edit, OfLine) or edit.scope == "this":
        return edit
    parts = edit.line.split(".")
    if len(parts) != 3:
        return edit
    number, session_id, slot = int(parts[0].removeprefix("w")), parts[1], parts[2]
    first = None
    for _, week, session, line in plan.places():
        if line.id == edit.line:
            return edit
        if first is None and line.slot == slot and _is_reached(edit, number, session_id, week, session):
            first = line.id
    return replace(edit, line=first) if first else edit


def _is_reached(edit: OfLine, number: int, session_id: str, week: Week, session: Session) -> bool:
    if edit.scope == "this_week" or week.number != number:
        return week.number == number if edit.scope == "this_week" else week.number > number
    ids = [each.id for each in week.sessions]
    return session_id in ids and ids.index(session.id) >= ids.index(session_id)


def _is_left(facts: Iterable[str], wanted: Plan, plan: Plan, made: Plan) -> bool:
    """True when the draft wants these facts as they are on the plan, and making its edit leaves them so."""
    facts = set(facts)
    if not facts:
        return True
    asked, there, then = facts_of(wanted), facts_of(plan), facts_of(made)
    return all(asked.get(fact) == there.get(fact) == then.get(fact) for fact in facts)


def _made(plan: Plan, edit: Edit, library: Library, rules: Rules) -> Plan | None:
    try:
        return editing.apply(plan, moved_on(edit, plan), library, rules)
    except EditError:
        return None


def _is_done(edit: Edit, plan: Plan) -> bool:
    """True for a line taken out that was taken out in between, everywhere it reaches."""
    if not isinstance(edit, RemoveLine):
        return False
    return moved_on(edit, plan) == edit and all(line.id != edit.line for *_, line in plan.places())


def _renamed(edit: Edit, own: Mapping[str, str]) -> Edit:
    if not isinstance(edit, OfLine):
        return edit
    head, dot, slot = edit.line.rpartition(".")
    return replace(edit, line=f"{head}{dot}{own[slot]}") if slot in own else edit


def _slot_given(after: Plan, edit: Edit) -> str:
    """The slot that a line got when it was added."""
    assert isinstance(edit, AddLine)
    return f"{after.session(edit.week, edit.session).key}{after.last_slot}"


def _joined(groups: list[_Group], some: Sequence[_Group]) -> _Group:
    """One group of several, or a new one."""
    if not some:
        groups.append(_Group())
        return groups[-1]
    first, *others = some
    for other in others:
        first.held += other.held
        first.facts |= other.facts
        first.yours += other.yours
        groups.remove(other)
    return first


def _sentences(changes: Iterable[diffing.Change], facts: Iterable[str]) -> list[str]:
    """The changes in words; with facts, only those about the same line, session or runs in the same week."""
    about = {_subject(fact) for fact in facts}
    return [
        change.sentence
        for change in changes
        if not about or any((change.subject, week) in about for week in change.weeks)
    ]


def _theirs(told: Sequence[diffing.Change], facts: Iterable[str]) -> tuple[str, ...]:
    return tuple(_sentences(told, facts) or _sentences(told, ()))


def _subject(fact: str) -> tuple[str, int]:
    """What a fact is about, as diffing names it, and its week."""
    place, _, said = fact.partition(":")
    week, *rest = place.split(".")
    number = int(week.removeprefix("w"))
    if not rest:
        return said, number
    session_id = rest[0]
    if len(rest) == 2:
        return rest[1], number
    return (session_id if said == "day" else session_id.split("-")[0]), number


# --- a draft made anew -----------------------------------------------------------------------------------------------


def _carried(
    made: Plan, before: Plan, after: Plan, edit: Edit, library: Library, rules: Rules, is_safety: bool
) -> Plan | None:
    """The made plan with a published edit, or None when it does not fit everywhere."""
    try:
        match edit:
            case SetRunStage():
                return _carried_stage(made, edit, library, rules, is_safety)
            case AddLine():
                return editing.apply(made, edit, library, rules)
            case RemoveLine() | SwapExercise() | SetDose() | SetAnchor() | SetNote():
                return _carried_line(made, before, after, edit, library, rules, is_safety)
    except EditError:
        return None
    return None  # an order, a day or whole weeks of a plan that has others


def _carried_stage(made: Plan, edit: SetRunStage, library: Library, rules: Rules, is_safety: bool) -> Plan:
    for week in made.weeks:
        is_reached = week.number == edit.week or (edit.scope == "this_and_later" and week.number > edit.week)
        is_needed = not is_safety or any(run.stage > edit.stage for run in week.runs)
        if is_reached and is_needed:
            one = SetRunStage(week=week.number, stage=edit.stage, scope="this")
            made = editing.apply(made, one, library, rules)
    return made


def _carried_line(
    made: Plan,
    before: Plan,
    after: Plan,
    edit: RemoveLine | SwapExercise | SetDose | SetAnchor | SetNote,
    library: Library,
    rules: Rules,
    is_safety: bool,
) -> Plan | None:
    """The edit on the same exercise in the same sessions, occurrence by occurrence."""
    now = {line.id: line for *_, line in after.places()}
    reached = {  # an exercise is in a session once (G10), and an edit of a line reaches one slot
        (week.number, session.id): now.get(line.id)
        for _, week, session, line in before.places()
        if now.get(line.id) != line and line.exercise == before.line(edit.line).exercise
    }
    last = before.weeks[-1].number
    is_met = 0
    for _, week, session, line in made.places():
        place = (week.number, session.id)
        is_later = edit.scope == "this_and_later" and week.number > last
        if line.exercise != before.line(edit.line).exercise or (place not in reached and not is_later):
            continue
        is_met += place in reached
        one: Edit = replace(edit, line=line.id, scope="this")
        given = reached.get(place)
        if isinstance(edit, SetDose) and given is not None:
            one = SetDose(line=line.id, scope="this", sets=given.sets, dose=given.dose)
        tried = editing.apply(made, one, library, rules)
        if is_safety and isinstance(edit, SetDose) and diffing.direction(line, tried.line(line.id)) == "up":
            continue  # the made plan asks less already
        made = tried
    return made if is_met == len(reached) else None
