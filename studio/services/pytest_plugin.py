"""Gives the test run servers of its own; loaded by `-p` in pytest.ini, so that Django finds them when it wakes.

A database or Valkey named by DATABASE_URL or REDIS_URL is used instead. xdist's workers inherit what the controller
started. Everything lies in a temporary folder that goes away with the run; one that a killed run left is swept next time.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from studio import services
from studio.services import locks, pytest_browser
from studio.services.problems import ServiceError

PREFIX = "runner-studio-tests-"
MINUTE_S = 60

run_folder = pytest.StashKey[tuple[Path, int]]()


@pytest.hookimpl(wrapper=True)  # wrappers go first: pytest-django reads the settings inside
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    if "PYTEST_XDIST_WORKER" not in os.environ and "--help" not in early_config.invocation_params.args:
        sweep()
        var = Path(tempfile.mkdtemp(prefix=PREFIX))
        early_config.stash[run_folder] = var, locks.take(var / "lock")
        os.environ["STUDIO_VAR"] = str(var)
        try:
            services.start(var, fast=True)
        except ServiceError as problem:
            remove(early_config)
            raise pytest.UsageError(str(problem)) from None
    return (yield)


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(pytest_browser, "studio-browser")  # after pytest-playwright: ours is the last word


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    remove(config)


def remove(config: pytest.Config) -> None:
    if run_folder in config.stash:
        var, lock = config.stash[run_folder]
        services.stop(var, remove=True)
        os.close(lock)
        del config.stash[run_folder]


def sweep() -> None:
    """Remove the folders of test runs that were killed."""
    for var in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(FileNotFoundError, locks.Taken, PermissionError):  # gone meanwhile, in use, another user's
            if time.time() - var.stat().st_mtime > MINUTE_S:  # a younger one may not have taken its lock yet
                lock = locks.take(var / "lock")
                services.stop(var, remove=True)
                os.close(lock)
