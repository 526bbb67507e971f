"""For the operator: is the process alive, and is it ready for traffic?"""

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from studio.outbox.models import Heartbeat


@login_not_required
@require_safe
def healthz(request):
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
def readyz(request):
    """The database and pending migrations decide; broker and beat are reported."""
    report: dict[str, object] = {"broker": _broker()}
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
        report |= {"database": "ok", "pending_migrations": len(pending)}
        report["last_beat_s"] = _last_beat_s() if not pending else None
        ready = not pending
    except DatabaseError:
        report["database"] = "does not answer"
        ready = False
    return JsonResponse({"status": "ready" if ready else "not ready"} | report, status=200 if ready else 503)


def _broker() -> str:
    try:
        cache.get("readyz")
    except RedisError:
        return "does not answer"
    return "ok"


def _last_beat_s() -> int | None:
    beat = Heartbeat.objects.first()
    return int((timezone.now() - beat.beat_at).total_seconds()) if beat else None
