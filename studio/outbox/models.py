"""Every message the studio sends: planned, sending, sent, failed or skipped, with the reason."""

from django.db import models
from django.utils import timezone

from studio.accounts.access import OwnedQuerySet
from studio.accounts.models import Coach, User


class MessageQuerySet(OwnedQuerySet):
    """Messages by what is to be done with them."""

    def due(self, now):
        return self.filter(state=Message.State.PLANNED, due_at__lte=now)

    def stuck(self, before):
        """Claimed by a sender that never came back."""
        return self.filter(state=Message.State.SENDING, claimed_at__lt=before)


class Message(models.Model):
    """One planned e-mail and what became of it; its key makes it one."""

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        SENDING = "sending", "Sending"
        SENT = "sent", "Sent"
        FAILED = "failed", "Not delivered"
        SKIPPED = "skipped", "Not sent"

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=200, unique=True)  # what makes this message one message: two plans are one row
    to = models.EmailField(max_length=254)
    to_name = models.CharField(max_length=120, blank=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="messages")
    coach = models.ForeignKey(Coach, on_delete=models.CASCADE, null=True, blank=True, related_name="messages")
    client_id = models.PositiveBigIntegerField(null=True, blank=True, db_index=True)  # whose record it is about, if any
    data = models.JSONField(default=dict)  # ids for render(); never a secret, never health data
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    reason = models.CharField(max_length=300, blank=True)  # why it failed or was skipped
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    subject = models.CharField(max_length=300, blank=True)  # what was sent; a secret kind keeps neither body
    body = models.TextField(blank=True)
    html = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    coach_path = "coach"
    client_user_path = None
    client_id_path = "client_id"  # reading what was sent to a runner is a look at her record

    objects = MessageQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="message_due", condition=models.Q(state="planned")),
            models.Index(fields=["coach", "-created_at"], name="message_of_coach"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["planned", "sending", "sent", "failed", "skipped"]),
                name="message_state_is_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="sent") | models.Q(sent_at__isnull=False), name="message_sent_has_a_time"
            ),
        ]

    def __str__(self):
        return f"{self.kind} to {self.to}"


class Heartbeat(models.Model):
    """When beat last swept: one row, so that /readyz/ can say that the clockwork runs."""

    beat_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="heartbeat_is_one_row")]

    def __str__(self):
        return f"beat at {self.beat_at}"
