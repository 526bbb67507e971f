"""The Chromium of this machine, for the browser tests. None is downloaded."""

import os
import shutil

MISSING = "no Chromium was found"
HOW_TO_GET_IT = (
    "Install Chromium (Debian, Ubuntu: apt-get install chromium; macOS: Chrome or Chromium in /Applications), "
    "or set CHROMIUM to its executable."
)
COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_APPLICATIONS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
ARGUMENTS = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip


def path() -> str | None:
    """The Chromium that CHROMIUM names, or the first that is found; None without one."""
    chosen = os.environ.get("CHROMIUM", "").strip()
    candidates = (chosen,) if chosen else (*COMMANDS, *MAC_APPLICATIONS)
    return next(filter(None, map(shutil.which, candidates)), None)


def arguments() -> list[str]:
    """Its switches; root needs one more."""
    return [*ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


def required() -> bool:
    """Whether a missing Chromium fails the browser tests instead of skipping them."""
    return any(
        os.environ.get(name, "").strip().lower() in {"1", "true", "yes", "on"}
        for name in ("CI", "STUDIO_REQUIRE_BROWSER")
    )
