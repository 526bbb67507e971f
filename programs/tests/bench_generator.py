"""What the best plan costs, and how much better it is than the greedy one.

`make bench` collects this file; the ordinary test run does not. Seconds are those of one core (process time), because the
solver has one worker; points and shares do not depend on the machine.
"""

from statistics import median, quantiles
from time import process_time

from programs.domain import generating, solving
from programs.domain.auditing import audit
from programs.domain.generating import Refusal, generate
from programs.domain.library import library
from programs.domain.rules import rules
from programs.domain.solving import Solved
from programs.tests.plan_briefs import GYM, random_brief

BRIEFS = 100


class Watched:
    """The solver, with a note of what it was given and what it gave."""

    def __init__(self) -> None:
        self.greedy = self.best = 0
        self.greedy_price = self.best_price = 0.0
        self.solved: Solved | None = None

    def __call__(self, model, locked):
        self.greedy, self.greedy_price = model.objective(), model.price()
        self.solved = solving.solve(model, locked)
        kept = {key: dict(sets) for key, sets in model.sets.items()}
        model.take_better(self.solved)
        self.best, self.best_price = model.objective(), model.price()
        model._restore(kept)
        return self.solved


def measure(name: str, **fixed) -> None:
    """Print one block of the table for BRIEFS random briefs."""
    seconds, greedy_s, watched, refused, breaches = [], [], [], 0, 0
    for seed in range(BRIEFS):
        wanted = random_brief(seed, **fixed)
        at = process_time()
        generate(wanted, library(), rules())
        greedy_s.append(process_time() - at)
        watch = Watched()
        at = process_time()
        made = generate(wanted, library(), rules(), watch)
        seconds.append(process_time() - at)
        if isinstance(made, Refusal):
            refused += 1
            continue
        breaches += bool(audit(made, library(), rules()).breaches)
        watched.append(watch)
    solved = [watch.solved for watch in watched if watch.solved]
    gains = sorted(watch.greedy - watch.best for watch in watched)
    print(f"\n{name}: {BRIEFS} briefs, {refused} refused, {breaches} with a breach")
    print(
        f"  seconds of one core: median {median(seconds):.2f}, p95 {quantiles(seconds, n=20)[-1]:.2f}, max {max(seconds):.2f}"
    )
    print(f"  the greedy one: median {median(greedy_s):.3f}, p95 {quantiles(greedy_s, n=20)[-1]:.3f}")
    print(
        f"  proved best: {sum(one.is_optimal for one in solved)} of {len(watched)}; no answer in time: {len(watched) - len(solved)}"
    )
    print(
        f"  model: median {median(one.columns for one in solved):.0f} columns, {median(one.rows for one in solved):.0f} rows"
    )
    print(
        f"  points fewer than greedy: median {median(gains):.0f}, least {gains[0]}, most {gains[-1]}; "
        f"the same in {sum(gain == 0 for gain in gains)}; worse in "
        f"{sum((watch.best, watch.best_price) > (watch.greedy, watch.greedy_price) for watch in watched)}"
    )
    shares = [(watch.greedy - watch.best) / watch.greedy for watch in watched if watch.greedy]
    print(f"  that is {median(shares):.0%} of its points (median)")


def test_what_a_plan_costs():
    generating.generate(random_brief(0), library(), rules(), solving.solve)  # the library is imported once
    measure("3 x 40 min, full kit", days=3, minutes=40, kit=GYM, tags=[])
    measure("any brief")
