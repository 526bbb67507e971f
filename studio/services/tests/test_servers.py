"""The embedded servers: they start, are private, survive what people do to them, and leave nothing behind."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
import redis

from studio import services
from studio.services import postgres, processes
from studio.services.problems import ServiceError

BASE = Path(__file__).resolve().parents[3]


@pytest.fixture
def var(monkeypatch, tmp_path):
    """A folder of its own for a pair of servers, whatever servers the test run itself uses."""
    for service in services.SERVICES:
        monkeypatch.delenv(service.setting, raising=False)
    var = tmp_path.resolve() / "var"
    var.mkdir()
    yield var
    services.stop(var, remove=True)


def asked(address: str, question: str) -> str:
    with closing(psycopg2.connect(address)) as connection, connection.cursor() as cursor:
        cursor.execute(question)
        connection.commit()
        return cursor.fetchone()[0] if cursor.description else ""


def pids(var: Path) -> list[int]:
    return [entry["process"][0] for entry in services.state(var).values()]


def test_both_servers_answer_where_url_says_and_keep_their_data_over_a_stop(var):
    services.start(var)
    database, broker = services.url("database", var), services.url("redis", var)
    asked(database, "CREATE EXTENSION btree_gist")
    assert asked(database, "SELECT current_database() || lower('ÄÖ')") == "studioäö"
    with closing(redis.Redis.from_url(f"{broker}/0")) as server:
        server.set("kept", "yes")

    services.stop(var)
    assert services.url("database", var) is services.url("redis", var) is None
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(database)

    services.start(var)
    assert asked(services.url("database", var), "SELECT extname FROM pg_extension WHERE extname = 'btree_gist'")
    with closing(redis.Redis.from_url(f"{services.url('redis', var)}/0")) as server:
        assert server.get("kept") == b"yes"


def test_passwords_are_needed_and_nobody_else_can_read_them(var):
    services.start(var, fast=True)
    database, broker = services.url("database", var), services.url("redis", var)
    for address in (database, broker):
        password = address.split("@")[0].rsplit(":", 1)[1]
        assert len(password) >= 32
        assert not any(password in processes.command_line(pid) for pid in pids(var))
        wrong = address.replace(password, "guess")
        with pytest.raises((psycopg2.OperationalError, redis.AuthenticationError)):
            asked(wrong, "SELECT 1") if address is database else redis.Redis.from_url(wrong).ping()
    for secret in (var / "services.json", var / "postgres.password", var / "valkey" / "valkey.conf"):
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600, secret


def test_a_start_ends_what_a_killed_start_left_behind(var, monkeypatch):
    services.start(var, fast=True)
    before = pids(var)
    monkeypatch.setattr(processes, "_children", {})  # as if another process had started them
    services.start(var, fast=True)
    assert not set(before) & set(pids(var))
    assert not any(processes.command_line(pid) for pid in before)


def test_a_lock_left_by_a_dead_server_is_no_obstacle(var):
    services.start(var, fast=True)
    entry = services.state(var)["database"]
    os.kill(entry["process"][0], signal.SIGKILL)
    data = Path(entry["process"][1][2])
    lock = data / "postmaster.pid"
    services.stop(var)
    lock.write_text(f"{os.getpid()}\n{data}\n")  # in a container, that id belongs to a living process after a restart
    services.start(var, fast=True)
    assert asked(services.url("database", var), "SELECT 1") == 1


def test_a_process_that_only_inherited_the_number_is_neither_trusted_nor_ended(var):
    var.joinpath("services.json").write_text(
        json.dumps({"redis": {"url": "redis://old", "process": [os.getpid(), ["valkey-server", "/gone"], 15]}})
    )
    assert services.url("redis", var) is None
    services.stop(var)  # we are still here


def test_a_set_up_that_was_cut_short_is_done_again(var):
    draft = var / "postgres.new" / "data"
    draft.mkdir(parents=True)
    draft.joinpath("PG_VERSION").write_text("18\n")
    services.start(var, fast=True)
    assert asked(services.url("database", var), "SELECT 1") == 1


def test_a_server_of_your_own_is_not_doubled(var, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://somebody@db.example/studio")
    assert list(services.start(var, fast=True)) == ["redis"]
    assert services.url("database", var) is None


def test_a_port_taken_at_the_last_moment_is_exchanged(var, monkeypatch):
    services.start(var, fast=True)
    taken = int(services.url("redis", var).rsplit(":", 1)[1])
    ports = iter([taken, taken])
    honest = services.free_port
    monkeypatch.setattr(services, "free_port", lambda: next(ports, None) or honest())
    with tempfile.TemporaryDirectory() as folder:
        other = Path(folder)
        services.start(other, fast=True)
        assert asked(services.url("database", other), "SELECT 1") == 1
        assert redis.Redis.from_url(services.url("redis", other)).ping()
        services.stop(other)


def test_what_a_server_says_before_it_gives_up_reaches_the_person(var):
    (var / "valkey").mkdir()
    (var / "valkey" / "appendonlydir").write_text("a file where Valkey wants a folder")
    with pytest.raises(ServiceError, match=r"The embedded redis did not start: .*appendonly"):
        services.start(var)
    assert services.state(var) == {}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux ends children with their parent")
def test_the_servers_die_with_a_killed_parent(var):
    script = "import sys, time; from pathlib import Path; from studio import services\n"
    script += "services.start(Path(sys.argv[1]), fast=True); print('up', flush=True); time.sleep(60)"
    parent = subprocess.Popen([sys.executable, "-c", script, str(var)], cwd=BASE, stdout=subprocess.PIPE, text=True)
    assert parent.stdout.readline() == "up\n"
    running = [processes.Running(*entry["process"]) for entry in services.state(var).values()]
    assert len(running) == 2 and all(map(processes.is_running, running))
    parent.kill()
    parent.communicate()
    for _ in range(500):
        if not any(map(processes.is_running, running)):
            break
        time.sleep(0.02)
    assert not any(map(processes.is_running, running))


only_root = pytest.mark.skipif(os.geteuid() != 0, reason="root's ways of not being root")

WITHOUT_NAMESPACES = """
import ctypes, os, sys
ready, go = os.pipe(), os.pipe()
child = os.fork()
if child == 0:  # a user namespace in which everybody exists and no further one may be made
    assert ctypes.CDLL(None).unshare(0x10000000) == 0  # CLONE_NEWUSER
    os.write(ready[1], b"x"), os.read(go[0], 1)
    with open("/proc/sys/user/max_user_namespaces", "w") as file:
        file.write("0")
    os.setresgid(0, 0, 0), os.setresuid(0, 0, 0)
    os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
os.read(ready[0], 1)
for kind in ("uid", "gid"):
    with open(f"/proc/{child}/{kind}_map", "w") as file:
        file.write("0 0 65536")
os.write(go[1], b"x")
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
START_ASK_STOP = """
import sys; from pathlib import Path
from studio import services; from studio.services import postgres
from studio.services.tests.test_servers import asked
var = Path(sys.argv[1])
assert postgres.account().user == "nobody", "namespaces are not off"
services.start(var, fast=True)
print(asked(services.url("database", var), "CREATE EXTENSION btree_gist; SELECT 'it answers'"))
print(Path(services.state(var)["database"]["process"][1][2]).owner())
services.stop(var)
"""


@only_root
@pytest.mark.skipif(os.geteuid() == 0 and not postgres.namespace(), reason="off here: every other test shows it")
def test_where_namespaces_are_off_root_runs_postgres_as_nobody(var):
    var.chmod(0o700)
    inner = var / "closed" / "var"  # below a folder that nobody cannot enter
    inner.mkdir(parents=True)
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_NAMESPACES, "-c", START_ASK_STOP, str(inner)],
        cwd=BASE, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.split("\n") == ["it answers", "nobody", ""], done.stderr
    try:
        services.start(inner, fast=True)  # and with namespaces again: the same database, given back
        assert asked(services.url("database", inner), "SELECT count(*) FROM pg_extension WHERE extname='btree_gist'")
        assert (inner / "postgres").stat().st_uid == 0
    finally:
        services.stop(inner, remove=True)


@pytest.fixture
def private_files():
    before = os.umask(0o077)
    yield
    os.umask(before)


@only_root
def test_nobody_gets_binaries_it_can_reach(var, monkeypatch, private_files):
    monkeypatch.setenv("STUDIO_NAMESPACES", "0")
    monkeypatch.setattr(postgres, "open_to_others", lambda path: False)
    monkeypatch.setattr(postgres, "SHELTER", Path("/var/tmp") / f"runner-studio-{os.getpid()}")
    services.start(var, fast=True)
    binary = Path(services.state(var)["database"]["process"][1][0])
    assert postgres.SHELTER in binary.parents and binary.stat().st_uid == 0
    assert asked(services.url("database", var), "SELECT 1") == 1
    services.stop(var, remove=True)
    shutil.rmtree(postgres.SHELTER)


@only_root
def test_a_shelter_made_by_another_user_is_refused(tmp_path):
    os.chown(tmp_path, 65534, 65534)
    with pytest.raises(ServiceError, match="belongs to another user"):
        postgres.shelter(tmp_path)
