"""The settings of the tests: the real ones, with the few lines that make them fast and repeatable."""

import os

from studio.env import redis_url
from studio.settings import *  # noqa: F403
from studio.settings import CACHES, DATABASES, REDIS_URL, STORAGES

# Each xdist worker has its own pair of numbered databases, so that one worker's cache.clear() is not another's.
worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
CELERY_BROKER_URL = redis_url(REDIS_URL, 2 * worker % 16)
CACHES = {"default": CACHES["default"] | {"LOCATION": redis_url(REDIS_URL, (2 * worker + 1) % 16)}}

# A live server's threads each hold a connection for good otherwise, and the embedded PostgreSQL has a hundred.
DATABASES["default"]["CONN_MAX_AGE"] = 0
DEMO = False
SHOWS_KIT = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
OUTBOX_TRANSPORT = {"backend": "django.core.mail.backends.locmem.EmailBackend"}
