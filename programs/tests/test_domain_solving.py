"""The solver's week: really the best, never worse than the greedy one, and the same whenever it is asked for."""

import itertools
import subprocess
import sys
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programs.domain import generating, records
from programs.domain.auditing import audit
from programs.domain.drafting import Drafter
from programs.domain.generating import Refusal, generate
from programs.domain.library import library
from programs.domain.records import Plan
from programs.domain.rules import rules
from programs.domain.scheduling import timetable
from programs.domain.solving import Cancelled, solve
from programs.tests.plan_briefs import ATHLETES, GYM, brief, requests

TINY = ("goblet-squat", "glute-bridge", "side-plank")


def searched(wanted: records.Brief, exercises=None) -> Drafter:
    """A greedy week for a brief, of these exercises or of all that are available."""
    pool = exercises or generating._session_pool(generating.pool(library(), wanted, rules()), wanted, rules())
    drafter = Drafter(wanted, wanted.severity, pool, timetable(wanted, rules()), rules())
    drafter.fill()
    drafter.improve()
    return drafter


def test_of_a_tiny_pool_no_week_has_fewer_points():
    wanted = brief(days=2, minutes=25, kit=GYM)
    drafter = searched(wanted, [library()[name] for name in TINY])
    solved = solve(drafter)
    assert solved is not None and solved.is_optimal
    places = [(option, key) for option in drafter.options for key in drafter.sets]
    fewest = None
    for key in drafter.sets:
        for option in list(drafter.sets[key]):
            drafter.set_sets(option, key, 0)
    for counts in itertools.product(*[(0, *range(option.low, option.high + 1)) for option, _ in places]):
        for (option, key), count in zip(places, counts, strict=True):
            if drafter.sets[key].get(option, 0) != count:
                drafter.set_sets(option, key, count)
        if any(goal.value > goal.high for goal in drafter.goals.values() if goal.price_high == float("inf")):
            continue
        fewest = min(drafter.objective(), drafter.objective() if fewest is None else fewest)
    assert solved.objective == fewest


@pytest.mark.parametrize("seed", range(6))
def test_what_the_solver_counts_is_what_the_model_counts(seed):
    random = Random(seed)
    wanted = brief(
        phase=random.randint(1, 4), days=random.randint(2, 4), minutes=random.choice([20, 30, 45]),
        kit=random.choice([["none"], GYM]), weeks=1,
    )  # fmt: skip
    drafter = searched(wanted)
    greedy = drafter.objective()
    solved = solve(drafter)
    assert solved is not None
    assert drafter.objective() == greedy, "the model was changed"
    drafter.take_better(solved)
    assert solved.bound <= drafter.objective() == solved.objective <= greedy


@pytest.mark.parametrize("name", ATHLETES)
def test_the_athletes_of_the_evidence_get_a_best_plan_that_keeps_every_guarantee(name):
    plan = generate(brief(**ATHLETES[name]), library(), rules(), solve)
    assert isinstance(plan, Plan)
    assert plan.solution == "optimal"
    assert not audit(plan, library(), rules()).breaches
    first = [notice for notice in plan.warnings if notice.week in (None, 1, 2, 3)]
    assert not first, "the evidence says that the five can be met without a warning"


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(requests(weeks=st.sampled_from([1])))
def test_any_brief_gets_a_plan_without_a_breach_or_a_refusal(request):
    made = generate(brief(**request), library(), rules(), solve)
    assert isinstance(made, Refusal) or not audit(made, library(), rules()).breaches


def test_the_same_brief_gives_the_same_bytes_in_another_process():
    code = (
        "import sys; from programs.domain import records, solving; from programs.domain.generating import generate\n"
        "from programs.domain.library import library; from programs.domain.rules import rules\n"
        "from programs.tests.plan_briefs import ATHLETES, brief\n"
        "plan = generate(brief(**ATHLETES['lena']), library(), rules(), solving.solve)\n"
        "sys.stdout.buffer.write(records.encode(plan))"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", code], check=True, capture_output=True, env={"PYTHONHASHSEED": str(seed), "PATH": ""}
        ).stdout
        for seed in (1, 2)
    }
    assert len(answers) == 1 and next(iter(answers))


def test_somebody_may_call_it_off():
    drafter = searched(brief(phase=4, days=4, minutes=45, kit=GYM, weeks=1))
    with pytest.raises(Cancelled):
        solve(drafter, on_progress=lambda points, bound: False)


def test_progress_tells_of_ever_better_weeks():
    told: list[tuple[int, int]] = []
    drafter = searched(brief(phase=4, days=4, minutes=45, kit=GYM, weeks=1))
    solved = solve(drafter, on_progress=lambda points, bound: told.append((points, bound)) or True)
    assert solved is not None and told
    assert [points for points, _ in told] == sorted((points for points, _ in told), reverse=True)
    assert all(bound <= points for points, bound in told)


def test_a_web_page_does_not_pay_for_the_solver():
    code = "import sys, programs.domain.generating, programs.domain.solving; sys.exit('ortools' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
