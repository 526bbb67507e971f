"""What happens to a record and concerns the apps above, which connect to it in their ready()."""

from django.dispatch import Signal

# client: the record, locked; facts: the fields of services.FACTS that were corrected, with their new values.
# Sent inside the transaction: what a receiver refuses undoes the correction.
facts_corrected = Signal()
