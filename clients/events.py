"""What happens to a record and concerns the apps above, which connect to it in their ready()."""

from django.dispatch import Signal

# client: the record, locked; facts: the fields of services.facts.FACTS that were corrected, with their new values.
# Sent inside the transaction: what a receiver refuses undoes the correction.
facts_corrected = Signal()

# client: the record; by, now: who ends the coaching, and when. Sent first thing inside the transaction: the record is not
# locked yet, so that receivers lock what is theirs before it, as everybody does who changes a plan.
coaching_ending = Signal()
