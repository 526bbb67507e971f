"""Typed readers of the environment. A value that is not what it should be stops the start with one clear line."""

import os
from difflib import get_close_matches
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}

DATABASE_SCHEMES = {"postgres", "postgresql"}
REDIS_SCHEMES = {"redis", "rediss"}
EMAIL_SCHEMES = {"smtp", "smtp+tls", "smtp+ssl"}


def env_str(name: str, default: str = "") -> str:
    """A setting without the space around it; empty counts as not set."""
    return os.environ.get(name, "").strip() or default


def env_bool(name: str, default: bool) -> bool:
    """Yes or no in the usual words; raises ImproperlyConfigured for anything else."""
    text = env_str(name).lower()
    if not text:
        return default
    if text in TRUE:
        return True
    if text in FALSE:
        return False
    raise ImproperlyConfigured(f"{name}={text!r} is neither yes nor no; use 1 or 0.")


def env_int(name: str, default: int, *, low: int = 0, high: int = 2**31) -> int:
    """A whole number from low to high, both included; raises ImproperlyConfigured for anything else."""
    text = env_str(name)
    if not text:
        return default
    if not text.isdecimal() or not low <= int(text) <= high:
        raise ImproperlyConfigured(f"{name}={text!r} is not a whole number from {low} to {high}.")
    return int(text)


def env_list(name: str) -> list[str]:
    """Names with commas between them; [] when not set."""
    return [item.strip() for item in env_str(name).split(",") if item.strip()]


def refuse_unknown(prefix: str, known: set[str]) -> None:
    """Refuse a variable of ours that nobody reads: a typo would otherwise be a silent default."""
    for name in sorted(os.environ):
        if name.startswith(prefix) and name not in known:
            near = get_close_matches(name, sorted(known), n=1)
            hint = f" Did you mean {near[0]}?" if near else f" Known: {', '.join(sorted(known))}."
            raise ImproperlyConfigured(f"{name} is not a setting of Runner Studio.{hint}")


def _split(name: str, url: str, schemes: set[str]):
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as problem:
        raise ImproperlyConfigured(f"{name} is not a URL: {problem}.") from None
    if parts.scheme not in schemes or not parts.hostname:
        raise ImproperlyConfigured(f"{name} must look like {sorted(schemes)[0]}://user:password@host:port/…")
    return parts, port


def database_from_url(url: str, *, name: str = "DATABASE_URL") -> dict:
    """Django's DATABASES entry for a PostgreSQL URL; query parameters become libpq options (sslmode, …)."""
    parts, port = _split(name, url, DATABASE_SCHEMES)
    database = unquote(parts.path.lstrip("/"))
    if not database:
        raise ImproperlyConfigured(f"{name} names no database; add /name at its end.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": database,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname,
        "PORT": port or 5432,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def redis_url(url: str, database: int, *, name: str = "REDIS_URL") -> str:
    """The URL of one numbered database of a Redis or Valkey server."""
    parts, _ = _split(name, url, REDIS_SCHEMES)
    return parts._replace(path=f"/{database}").geturl()


def email_from_url(url: str, *, name: str = "EMAIL_URL") -> dict:
    """Django's EMAIL_* values for smtp://, smtp+tls:// (STARTTLS) or smtp+ssl:// URLs."""
    parts, port = _split(name, url, EMAIL_SCHEMES)
    return {
        "host": parts.hostname,
        "port": port or {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}[parts.scheme],
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_tls": parts.scheme == "smtp+tls",
        "use_ssl": parts.scheme == "smtp+ssl",
    }
