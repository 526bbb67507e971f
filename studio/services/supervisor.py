"""The studio's processes: started one by one, their output shown with their name in front, ended together."""

import json
import os
import selectors
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.services import processes
from studio.services.problems import ServiceError

PATIENCE_S = 12  # a worker may finish its task: CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT and a little


@dataclass(eq=False)
class Member:
    """One process that the crew looks after."""

    name: str
    child: subprocess.Popen
    running: processes.Running
    lasting: bool
    unfinished_line: bytes = b""


class Ended(Exception):
    """A process that should go on has ended."""


class Crew:
    """The processes of run.py: started, watched and ended together; a list on disk finds those of a killed start."""

    def __init__(self, var: Path, folder: Path):
        self.var, self.record, self.folder = var, var / "processes.json", folder
        self.members: dict[str, Member] = {}
        self.finished: dict[str, int] = {}  # exit statuses of those that were meant to end
        self.selector = selectors.DefaultSelector()
        left_behind = processes.read_json(self.record)
        processes.end([processes.Running(*entry) for entry in left_behind.values()], patience_s=PATIENCE_S)
        self.record.unlink(missing_ok=True)

    def start(self, name: str, command: list[str]) -> None:
        """Start a process that goes on; its output is shown."""
        member = self.add(name, command, lasting=True, stdout=subprocess.PIPE)
        if stream := member.child.stdout:
            os.set_blocking(stream.fileno(), False)
            self.selector.register(stream, selectors.EVENT_READ, member)

    def start_step(self, name: str, command: list[str]) -> None:
        """Start a process that ends by itself; its output goes to a log."""
        with self.log(name).open("wb") as log:
            # SIGINT, not SIGTERM: a Python command then clears up, and its own children end with it
            self.add(name, command, lasting=False, stdout=log, end_with=signal.SIGINT)

    def add(self, name: str, command: list[str], *, lasting: bool, **options: Any) -> Member:
        child, running = processes.spawn(command, cwd=self.folder, stderr=subprocess.STDOUT, **options)
        self.members[name] = member = Member(name, child, running, lasting)
        processes.write_private(self.record, json.dumps({m.name: m.running for m in self.members.values()}))
        return member

    def log(self, name: str) -> Path:
        return self.var / f"{name}.log"

    def tend(self, seconds: float) -> None:
        """Relay output for at most so long, and see who has ended.

        Raises:
            Ended: one of those that should go on.
        """
        for key, _ in self.selector.select(seconds):
            self.relay(key.data)
        for member in list(self.members.values()):
            if (status := member.child.poll()) is None:
                continue
            self.relay(member)
            if member.lasting:
                raise Ended(f"{member.name} ended by itself (exit status {status}).")
            del self.members[member.name]
            self.finished[member.name] = status

    def finish(self, name: str) -> None:
        """Wait for a step.

        Raises:
            ServiceError: it did not work; the last thing it said.
        """
        while name not in self.finished:
            self.tend(0.02)
        if self.finished.pop(name):
            said = self.log(name).read_text(errors="replace").strip().splitlines() or ["it said nothing"]
            raise ServiceError(f"{name} did not work: {said[-1]} (all of it: {self.log(name)})")

    def relay(self, member: Member) -> None:
        stream = member.child.stdout
        while stream and not stream.closed:
            try:
                chunk = os.read(stream.fileno(), 65536)
            except BlockingIOError:
                return
            *lines, member.unfinished_line = (member.unfinished_line + chunk).split(b"\n")
            for line in lines:
                print(f"{member.name:7}| {line.decode(errors='replace')}", flush=True)
            if not chunk:
                self.selector.unregister(stream)
                stream.close()

    def stop(self) -> None:
        try:
            processes.end([member.running for member in self.members.values()], patience_s=PATIENCE_S)
        finally:
            self.record.unlink(missing_ok=True)
            for member in self.members.values():
                self.relay(member)
            self.members.clear()
