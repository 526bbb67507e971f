"""`run.py test`, `run.py check`, `run.py doctor`."""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

from django.conf import settings

from studio import services
from studio.services import chromium, postgres, running
from studio.services.problems import ServiceError

BASE = Path(__file__).resolve().parents[2]


WORKERS = min(os.cpu_count() or 1, 8)  # each has two of Valkey's sixteen numbered databases


def test(arguments: list[str]) -> int:
    """Hand over to pytest: the whole suite on all cores, or exactly what the arguments say."""
    if not chromium.path():
        print("!" * 80)
        print(f"!!! {chromium.MISSING}: the browser tests " + ("FAIL" if chromium.required() else "are SKIPPED"))
        print(f"!!! {chromium.HOW_TO_GET_IT}")
        print("!" * 80, flush=True)
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *(arguments or ["-n", str(WORKERS)])])


def check() -> int:
    """Run linters, types, layers and the migration check; 0 when all are well."""

    def tool(name: str) -> str:
        return str(Path(sys.executable).with_name(name))

    templates = sorted(
        str(path.relative_to(BASE)) for path in BASE.glob("**/templates/**/*.html") if ".venv" not in path.parts
    )
    typed = sorted(
        str(path.relative_to(BASE))
        for pattern in ("*/domain", "*/services.py", "studio/*/services.py", "*/services")
        for path in BASE.glob(pattern)
    )
    checks = {
        "ruff check": [tool("ruff"), "check", "."],
        "ruff format": [tool("ruff"), "format", "--check", "."],
        "djade": [tool("djade"), "--check", "--target-version", "5.2", *templates],
        "mypy": [tool("mypy"), "--exclude", "tests/", *typed],
        "import contracts": [tool("lint-imports")],
        "migrations": [sys.executable, "-W", "ignore", "manage.py", "makemigrations", "--check", "--dry-run"],
    }
    failed = []
    for name, command in checks.items():
        done = subprocess.run(command, cwd=BASE, capture_output=True, text=True, check=False)
        print(f"{'ok  ' if done.returncode == 0 else 'FAIL'}  {name}", flush=True)
        if done.returncode:
            failed.append(name)
            print(done.stdout + done.stderr, flush=True)
    print(f"{len(checks) - len(failed)} of {len(checks)} checks passed")
    return 1 if failed else 0


def doctor() -> int:
    """Say what this machine has, and start both services once in a folder of their own."""

    def found(what: str, value: object) -> None:
        print(f"{what:12} {value}", flush=True)

    found("Python", f"{platform.python_version()} ({sys.executable})")
    found("machine", f"{platform.platform()}, {os.cpu_count()} cores")
    found("user", f"{os.geteuid()}" + (f", PostgreSQL runs {as_whom()}" if os.geteuid() == 0 else ""))
    found("free space", f"{shutil.disk_usage(BASE).free // 2**20} MB in {BASE}")
    found("packages", ", ".join(f"{name} {version(name)}" for name in ("Django", "celery", "gunicorn")))
    found("Chromium", chromium.path() or f"{chromium.MISSING}. {chromium.HOW_TO_GET_IT}")
    found("port", port_report())
    for service in services.SERVICES:
        if service not in services.wanted():
            found(service.setting, "is set: your own server is used")
    var = Path(tempfile.mkdtemp(prefix="runner-studio-doctor-"))
    try:
        addresses = services.start(var)
        if "database" in addresses:
            found("PostgreSQL", postgres_version(addresses["database"]))
        if "redis" in addresses:
            found("Valkey", valkey_version(addresses["redis"]))
    finally:
        services.stop(var, remove=True)
    print("All is well." if addresses else "Nothing to start here.")
    return 0


def port_report() -> str:
    """Whether the studio could listen now, in words."""
    running.refuse_bad_settings()
    try:
        running.refuse_busy_port(running.listening_host(), settings.PORT)
    except ServiceError as problem:
        return str(problem)
    return f"{settings.PORT} is free"


def as_whom() -> str:
    """How PostgreSQL runs when we are root, in words."""
    return "in a user namespace" if postgres.account().prefix else "as nobody (user namespaces are off)"


def postgres_version(address: str) -> str:
    """What a PostgreSQL says of itself."""
    import psycopg2

    with closing(psycopg2.connect(address)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT version()")
        return cursor.fetchone()[0]


def valkey_version(address: str) -> str:
    """What a Valkey or Redis says of itself."""
    import redis

    with closing(redis.Redis.from_url(address)) as server:
        return server.info("server").get("valkey_version", "")
