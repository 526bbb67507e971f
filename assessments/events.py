"""What happens here and concerns the apps above, which connect to it in their ready()."""

from django.dispatch import Signal

# client: the runner; now: when. A red flag has closed the gate. Sent once that is in the database, so that receivers lock
# what is theirs in their own order.
gate_closed = Signal()
