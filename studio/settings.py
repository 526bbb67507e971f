"""The one settings file. Everything that differs between machines is read from the environment by typed readers.

Nothing set means the embedded studio: PostgreSQL and Valkey started by run.py, data and secret key in var/.
STUDIO_PRODUCTION=1 refuses to start on any default. See .env.example for every setting.
"""

import os
import secrets
from pathlib import Path

from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from studio import services
from studio.env import (
    database_from_url,
    email_from_url,
    env_bool,
    env_int,
    env_list,
    env_str,
    redis_url,
    refuse_unknown,
)

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(env_str("STUDIO_VAR", str(BASE_DIR / "var")))

refuse_unknown(
    "STUDIO_",
    {
        "STUDIO_PRODUCTION", "STUDIO_DEMO", "STUDIO_VAR", "STUDIO_URL", "STUDIO_PROXIES", "STUDIO_REQUIRE_BROWSER",
        "STUDIO_NAMESPACES",
    },
)  # fmt: skip

PRODUCTION = env_bool("STUDIO_PRODUCTION", False)
if PRODUCTION:
    needed = ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "STUDIO_URL"]
    missing = [name for name in needed if not env_str(name)]
    if missing:
        raise ImproperlyConfigured(f"STUDIO_PRODUCTION=1 needs {', '.join(missing)}. See docs/production.md.")

CONFIGURED = any(
    env_str(name) for name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "STUDIO_URL", "ALLOWED_HOSTS", "SECRET_KEY")
)
DEMO = env_bool("STUDIO_DEMO", not CONFIGURED and not PRODUCTION)
if DEMO and PRODUCTION:
    raise ImproperlyConfigured("STUDIO_DEMO and STUDIO_PRODUCTION exclude each other: demo sign-ins are public.")
SHOWS_KIT = DEMO  # /kit/, every component once: for who builds pages, not for a studio at work


def secret_key() -> str:
    """The key from SECRET_KEY, else one made at the first start and kept readable by its owner only."""
    if key := env_str("SECRET_KEY"):
        return key
    path = VAR / "secret_key"
    try:
        return path.read_text()
    except FileNotFoundError:
        pass
    VAR.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"secret_key.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_urlsafe(48))
    try:
        os.link(draft, path)  # whoever links first wins; the others read the winner's
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text()


SECRET_KEY = secret_key()
DEBUG = False
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS") or ["localhost", "127.0.0.1", "[::1]", env_str("HOST", "localhost")]
PORT = env_int("PORT", 8000, low=1, high=65535)
SITE_URL = env_str("STUDIO_URL", f"http://localhost:{PORT}").rstrip("/")

INSTALLED_APPS = [
    "studio.front",
    "consultations",
    "programs",
    "assessments",
    "clients",
    "studio.outbox",
    "studio.accounts",
    "studio.ui",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "template_partials",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "studio.accounts.middleware.PersonMiddleware",
]

ROOT_URLCONF = "studio.urls"
WSGI_APPLICATION = "studio.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "studio.ui.context.look",
            ],
            "builtins": ["studio.ui.templatetags.ui"],
        },
    },
]

# --- services -------------------------------------------------------------------------------------------------------
# Without a URL of your own and without a running embedded server the address is a closed port: commands that need no
# database (assess, plan, adapt, slots, makemigrations --check) still work, the others say that nothing answers.
DATABASE_URL = env_str("DATABASE_URL") or services.url("database") or "postgres://studio@127.0.0.1:1/studio"
REDIS_URL = env_str("REDIS_URL") or services.url("redis") or "redis://127.0.0.1:1"

DATABASES = {"default": database_from_url(DATABASE_URL) | {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_url(REDIS_URL, 1)}}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

# --- mail: Django's backend is the outbox; the outbox sends through this transport -----------------------------------
EMAIL_BACKEND = "studio.outbox.backend.OutboxEmailBackend"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env_str("EMAIL_FROM", "Runner Studio <studio@localhost>")
if env_str("EMAIL_URL"):
    OUTBOX_TRANSPORT = {
        "backend": "django.core.mail.backends.smtp.EmailBackend",
        "timeout": 20,
        **email_from_url(env_str("EMAIL_URL")),
    }
else:  # no mail server: real messages, written to files that the demo's owner can open
    OUTBOX_TRANSPORT = {
        "backend": "django.core.mail.backends.filebased.EmailBackend",
        "file_path": str(VAR / "mail"),
    }

# --- people ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["studio.accounts.backends.StudioBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # the address is unique whatever its case: user_email_is_unique
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "front:start"
ACCOUNT_ADAPTER = "studio.accounts.adapter.StudioAccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_FORMS = {
    "login": "studio.accounts.forms.LoginForm",
    "add_email": "studio.accounts.forms.ChangeEmailForm",
    "change_password": "studio.accounts.forms.ChangePasswordForm",
    "set_password": "studio.accounts.forms.SetPasswordForm",
    "reset_password": "studio.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "studio.accounts.forms.ResetPasswordKeyForm",
    "reauthenticate": "studio.accounts.forms.ReauthenticateForm",
    "request_login_code": "studio.accounts.forms.RequestLoginCodeForm",
    "confirm_login_code": "studio.accounts.forms.ConfirmLoginCodeForm",
    "confirm_email_verification_code": "studio.accounts.forms.ConfirmEmailVerificationCodeForm",
    "confirm_password_reset_code": "studio.accounts.forms.ConfirmPasswordResetCodeForm",
}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "front:home"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ALLAUTH_TRUSTED_PROXY_COUNT = env_int("STUDIO_PROXIES", 0, high=10)

# --- edge -----------------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
        "worker-src": [SELF],
    }
}
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30  # a month: a runner should not sign in on the living-room floor
CSRF_FAILURE_VIEW = "studio.front.views.errors.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
if PRODUCTION:
    CSRF_TRUSTED_ORIGINS = [SITE_URL]
    SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz/$", r"^readyz/$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True

# --- static files, forms ---------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "studio.ui.finders.BootstrapFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "studio.ui.storage.StudioStaticFilesStorage"},
}
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- time and words ---------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

# --- Celery: only the fast path; what must happen is a row that beat sweeps (docs/decisions.md) -------------------------
CELERY_BROKER_URL = redis_url(REDIS_URL, 0)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT, CELERY_TASK_TIME_LIMIT = 240, 300
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": 10,
    "socket_connect_timeout": 2,
    "max_retries": 0,  # a request tells a dead broker at once; the worker has its own patience
    "socket_keepalive": True,
    "health_check_interval": 30,
}
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "sweep-outbox": {"task": "studio.outbox.tasks.sweep", "schedule": crontab()},
    "remind-of-alarms": {"task": "clients.tasks.remind_of_alarms", "schedule": crontab(minute="*/10")},
    "plan-weekly-notes": {"task": "programs.tasks.plan_weekly_notes", "schedule": crontab(minute="*/10")},
    "decide-due-sessions": {"task": "programs.tasks.decide_due_sessions", "schedule": crontab(minute="*/10")},
    "top-up-schedules": {"task": "programs.tasks.top_up_schedules", "schedule": crontab(hour=3, minute=10)},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"no_keys": {"()": "studio.logs.NoKeys"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["no_keys"]}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django.server": {"level": "WARNING"}, "whitenoise": {"level": "WARNING"}},
}
