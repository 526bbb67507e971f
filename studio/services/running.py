"""`python3 run.py`: the embedded servers, the preparations, then web, worker and beat until Ctrl-C."""

import errno
import hashlib
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

import psycopg2
import redis
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from studio import services
from studio.services import locks
from studio.services.problems import ServiceError
from studio.services.supervisor import Crew, Ended

BASE = Path(__file__).resolve().parents[2]
FIRST_PAGE_PATIENCE_S = 60
OWN_SERVER_PATIENCE_S = 5
DEMO_SIGN_INS = """\
demo sign-ins, password demo-studio
           coach    bethany@demo.studio
           clients  maya@demo.studio  tom@demo.studio  lena@demo.studio  raj@demo.studio"""

GUNICORN = (
    sys.executable, "-m", "gunicorn", "studio.wsgi:application", "--workers", "2", "--worker-class", "sync", "--preload",
    "--no-control-socket", "--log-level", "warning",
)  # fmt: skip
ROOT_MAY = "ignore:You're running the worker with superuser"  # Celery's warning; in a container everybody is root
CELERY = (sys.executable, "-W", ROOT_MAY, "-m", "celery", "--app", "studio", "--quiet")
QUIETLY = ("--loglevel", "WARNING")

started = float(os.environ.pop("RUN_PY_STARTED", time.time()))


def say(text: str) -> None:
    """One line for whoever started us."""
    print(f"{time.time() - started:5.1f} s  {text}", flush=True)


def interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def listen_to_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup means it
            signal.signal(number, interrupt)


def run() -> int:
    listen_to_signals()
    refuse_bad_settings()
    host = listening_host()
    var = settings.VAR.resolve()
    os.environ["STUDIO_VAR"] = str(var)
    os.umask(0o077)  # messages and logs are nobody else's business
    if not var.exists():
        var.mkdir(parents=True)
        var.chmod(0o711)  # PostgreSQL may have to pass through as another user
    try:
        lock = locks.take(var / "lock")
    except locks.Taken as holder:
        raise ServiceError(
            f"The studio is already running here (process {holder}): use it, or stop it with kill {holder}."
        ) from None
    crew = Crew(var, BASE)
    try:
        refuse_busy_port(host, settings.PORT)
        prepare(crew)
        serve(crew, host)
    except KeyboardInterrupt:
        print(flush=True)
        say("stopping")
    except Ended as problem:
        raise ServiceError(f"{problem} Everything else was stopped too.") from None
    finally:
        try:
            crew.stop()
        finally:
            services.stop(var)
            os.close(lock)
    return 0


def refuse_bad_settings() -> None:
    """A mistake in the environment is one line here and not three tracebacks later."""
    try:
        production = settings.PRODUCTION
    except ImproperlyConfigured as problem:
        raise ServiceError(str(problem)) from None
    if production:
        raise ServiceError("run.py is the studio for trying out and developing; for production see docs/production.md.")


def listening_host() -> str:
    return os.environ.get("HOST", "").strip() or "127.0.0.1"


def refuse_busy_port(host: str, port: int) -> None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except PermissionError:
        raise ServiceError(f"Port {port} is for administrators: choose one above 1023 with PORT=….") from None
    except OSError as problem:
        if problem.errno == errno.EADDRINUSE:
            raise ServiceError(
                f"Port {port} is in use by another program: choose another, for example PORT={port + 1} python3 run.py."
            ) from None
        raise ServiceError(f"HOST={host} is not an address of this machine: {problem.strerror}.") from None


def manage(*arguments: str) -> list[str]:
    return [sys.executable, str(BASE / "manage.py"), *arguments]


def prepare(crew: Crew) -> None:
    """Servers, tables, exercise library, static files: what has not changed since the last start is not done again."""
    say("starting PostgreSQL and Valkey" if services.wanted() else "using your own PostgreSQL and Redis")
    ask_own_servers()
    embedded = services.start(crew.var)
    stamp, inputs = crew.var / "prepared", ""
    if "database" in embedded:
        inputs = fingerprint(embedded["database"].rsplit("@", 1)[0])  # the password is the database's birth mark
        if stamp.exists() and stamp.read_text() == inputs and Path(settings.STATIC_ROOT).exists():
            return
    stamp.unlink(missing_ok=True)
    say("making the tables, collecting static files")
    crew.start_step("collectstatic", manage("collectstatic", "--noinput"))
    crew.start_step("migrate", manage("migrate", "--noinput"))
    crew.finish("migrate")
    say("loading the exercise library, drawing its figures")
    crew.start_step("load_library", manage("load_library"))
    crew.finish("load_library")
    crew.finish("collectstatic")
    if inputs:
        stamp.write_text(inputs)


def ask_own_servers() -> None:
    """Have a server of your own that does not answer named here, and not by whoever needs it first."""
    missing = {service.setting for service in services.wanted()}
    try:
        if "DATABASE_URL" not in missing:
            psycopg2.connect(settings.DATABASE_URL, connect_timeout=OWN_SERVER_PATIENCE_S).close()
        if "REDIS_URL" not in missing:
            with closing(redis.Redis.from_url(settings.REDIS_URL, socket_timeout=OWN_SERVER_PATIENCE_S)) as server:
                server.ping()
    except psycopg2.OperationalError as problem:
        raise ServiceError(f"DATABASE_URL: {str(problem).splitlines()[0]}") from None
    except redis.RedisError as problem:
        raise ServiceError(f"REDIS_URL: {problem}") from None


def fingerprint(database: str) -> str:
    """Of the database and of every file that tables, library and static files are made from."""
    digest = hashlib.sha256(database.encode())
    aside = {"var", "staticfiles", "docs", "__pycache__"}
    for folder, folders, names in os.walk(BASE):
        folders[:] = sorted(name for name in folders if name not in aside and not name.startswith("."))
        for name in sorted(names):
            path = Path(folder, name)
            digest.update(f"\n{path}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def serve(crew: Crew, host: str) -> None:
    bind = f"[{host}]:{settings.PORT}" if ":" in host else f"{host}:{settings.PORT}"
    everywhere = host in {"0.0.0.0", "::"}
    asked = f"http://{'127.0.0.1' if everywhere else bind.rsplit(':', 1)[0]}:{settings.PORT}/healthz/"
    shown = "localhost" if everywhere or host == "127.0.0.1" else bind.rsplit(":", 1)[0]
    say("starting web, worker and beat")
    crew.start("web", [*GUNICORN, "--bind", bind])
    wait_for_first_page(crew, asked)
    crew.start("worker", [*CELERY, "worker", "--concurrency", "2", "--without-mingle", "--without-gossip", *QUIETLY])
    crew.start("beat", [*CELERY, "beat", "--schedule", str(crew.var / "celerybeat-schedule"), "--pidfile=", *QUIETLY])
    say(f"Runner Studio is ready: http://{shown}:{settings.PORT} (Ctrl-C stops it)")
    if settings.DEMO:
        say("filling the demo studio up to yesterday; its sign-ins follow")
        crew.start_step("seed_demo", manage("seed_demo"))
        try:
            crew.finish("seed_demo")
            say(DEMO_SIGN_INS)
        except ServiceError as problem:
            say(f"{problem}; the studio goes on without")
    while True:
        crew.tend(1.0)


def wait_for_first_page(crew: Crew, address: str) -> None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # whatever http_proxy says
    deadline = time.monotonic() + FIRST_PAGE_PATIENCE_S
    while time.monotonic() < deadline:
        crew.tend(0.05)
        try:
            with direct.open(address, timeout=5):
                return
        except urllib.error.HTTPError as answer:
            if answer.code < 500:
                return
        except OSError:
            pass
    raise ServiceError(f"The web process did not answer at {address} within {FIRST_PAGE_PATIENCE_S} s.")
