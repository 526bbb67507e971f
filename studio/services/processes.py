"""Child processes that cannot be lost.

On Linux the kernel ends them when their parent dies, even by SIGKILL. Everywhere a record on disk (process id and
command line) lets the next start find and end what an earlier one left behind.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

PR_SET_PDEATHSIG = 1  # linux/prctl.h

_children: dict[int, subprocess.Popen] = {}  # kept, so that an ended child is reaped and not a zombie


class Running(NamedTuple):
    """What is written down about a process: enough to recognise it and to end it politely."""

    pid: int
    command: list[str]
    end_with: int = signal.SIGTERM


def spawn(
    command: Sequence[str], *, prefix: Sequence[str] = (), end_with: int = signal.SIGTERM, **options: Any
) -> tuple[subprocess.Popen, Running]:
    """Start `prefix` + `command` away from the terminal's Ctrl-C, in a session of its own.

    Args:
        command: what the process will be known by; `prefix` (unshare …) replaces itself by it.
        end_with: the signal that asks it to end.
        options: for subprocess.Popen.
    """
    child = subprocess.Popen(
        [*prefix, *command],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=dies_with_parent(end_with),
        **options,
    )
    _children[child.pid] = child
    return child, Running(child.pid, list(command), end_with)


def dies_with_parent(how: int = signal.SIGTERM) -> Callable[[], None] | None:
    """For Popen's preexec_fn: have Linux send `how` to the child when the thread that started it ends."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl

    def ask_the_kernel() -> None:
        prctl(PR_SET_PDEATHSIG, how)

    return ask_the_kernel


def command_line(pid: int) -> str:
    """The command line of a living process, "" for none (a zombie has none either)."""
    if not Path("/proc/self/cmdline").exists():
        ps = ["ps", "-ww", "-o", "command=", "-p", str(pid)]
        return subprocess.run(ps, capture_output=True, text=True, check=False).stdout
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def is_running(process: Running) -> bool:
    """Whether this very process lives: a process id alone may belong to somebody else by now."""
    if child := _children.get(process.pid):
        return child.poll() is None
    arguments = " ".join(process.command[1:])  # not command[0]: macOS' framework Python renames itself
    return " ".join(arguments.split()) in " ".join(command_line(process.pid).split())


def end(processes: Iterable[Running], *, patience_s: float = 10.0) -> None:
    """Ask all of them to end, wait together, then insist."""
    living = [process for process in processes if is_running(process)]
    try:
        for process in living:
            send(os.kill, process.pid, process.end_with)
        deadline = time.monotonic() + patience_s
        while any(map(is_running, living)) and time.monotonic() < deadline:
            time.sleep(0.02)
    finally:  # also when a second Ctrl-C cuts the waiting short
        for process in living:
            send(os.killpg, process.pid, signal.SIGKILL)  # each leads its group: its children go with it
            if child := _children.pop(process.pid, None):
                child.wait()


def send(how: Callable[[int, int], None], pid: int, number: int) -> None:
    try:
        how(pid, number)
    except ProcessLookupError:
        pass
    except PermissionError:  # macOS says so for a group of which only a zombie is left
        if command_line(pid):
            raise


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)


def read_json(path: Path) -> dict:
    try:
        return json.loads(path.read_text())
    except FileNotFoundError:
        return {}
