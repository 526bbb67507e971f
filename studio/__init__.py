"""Runner Studio's project package. Importing it loads the Celery app and nothing else."""

from studio.celery import app as celery_app

__all__ = ["celery_app"]
