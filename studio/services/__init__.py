"""Embedded PostgreSQL and Valkey for run.py and the tests: real servers from PyPI wheels, as children of ours.

Three functions: `start`, `stop`, `url`. A service whose setting (DATABASE_URL, REDIS_URL) names a server of your own
is never started. Importing this package needs the standard library only: settings.py asks it for addresses.
"""

import json
import os
import shutil
import socket
import time
from pathlib import Path
from typing import Literal

from studio.services import postgres, processes, valkey
from studio.services.problems import ServiceError

__all__ = ["start", "stop", "url"]

Service = postgres.Postgres | valkey.Valkey
SERVICES: tuple[type[Service], ...] = (postgres.Postgres, valkey.Valkey)
PATIENCE_S = 60  # a crashed database replays its log before it answers
ATTEMPTS = 3  # somebody else may take a free port between our look and the server's bind


def start(var: Path, *, fast: bool = False) -> dict[str, str]:
    """Start what is not configured elsewhere, wait until it answers, and write down where (`services.json`, 0600).

    Args:
        var: folder of all data; the caller sees to it that nobody else starts there.
        fast: for tests: nothing survives a crash, everything is quicker.

    Returns:
        The addresses of what was started: "database", "redis".

    Raises:
        ServiceError: one line for people.
    """
    var = var.resolve()
    var.mkdir(parents=True, exist_ok=True)
    stop(var)  # what a killed start left behind
    missing = [service(var, fast=fast) for service in wanted()]
    for _ in range(ATTEMPTS):
        ports = {service.name: free_port() for service in missing}
        for service in missing:
            running = service.launch(ports[service.name])
            note(var, service.name, {"url": service.url(ports[service.name]), "process": running})
        missing = [service for service in missing if not answers(var, service, ports[service.name])]
        if not missing:
            return {name: entry["url"] for name, entry in state(var).items()}
    stop(var)
    raise ServiceError(f"No free port was found for the {missing[0].name}: start again.")


def stop(var: Path | None = None, *, remove: bool = False) -> None:
    """Stop whatever runs there, also when another process started it; `remove` deletes the folder afterwards."""
    var = (var or default_var()).resolve()
    processes.end([processes.Running(*entry["process"]) for entry in state(var).values()], patience_s=20)
    (var / "services.json").unlink(missing_ok=True)
    if remove:  # only now: a server whose folder is gone refuses to stop
        shutil.rmtree(var, ignore_errors=True)
        shutil.rmtree(postgres.sheltered(var).parent, ignore_errors=True)


def url(name: Literal["database", "redis"], var: Path | None = None) -> str | None:
    """The address of a running service, with its password; None when it does not run."""
    entry = state((var or default_var()).resolve()).get(name)
    return entry["url"] if entry and processes.is_running(processes.Running(*entry["process"])) else None


def wanted() -> list[type[Service]]:
    """The services that no setting names a server for."""
    return [service for service in SERVICES if not os.environ.get(service.setting, "").strip()]


def default_var() -> Path:
    """The folder of all data: STUDIO_VAR, else var/ beside the code."""
    return Path(os.environ.get("STUDIO_VAR", "").strip() or Path(__file__).resolve().parents[2] / "var")


def state(var: Path) -> dict:
    """What runs in a folder: name -> address and process; {} for nothing."""
    return processes.read_json(var / "services.json")


def note(var: Path, name: str, entry: dict) -> None:
    """Write down one service that was started; readable by its owner alone."""
    processes.write_private(var / "services.json", json.dumps(state(var) | {name: entry}))


def free_port() -> int:
    """A port that nobody listens at this moment; somebody else may be quicker."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(var: Path, service: Service, port: int) -> bool:
    """Wait until the service is ready; False when its port was taken by somebody else meanwhile."""
    running = processes.Running(*state(var)[service.name]["process"])
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if service.is_ready(port):
            return True
        if not processes.is_running(running):
            said = service.log.read_text(errors="replace").strip().splitlines() or ["it said nothing"]
            if any("Address already in use" in line for line in said):
                return False
            stop(var)
            raise ServiceError(f"The embedded {service.name} did not start: {said[-1]} (whole log: {service.log})")
        time.sleep(0.01)
    stop(var)
    raise ServiceError(f"The embedded {service.name} did not answer within {PATIENCE_S} s; see {service.log}.")
