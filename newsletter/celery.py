import os

from celery import Celery
from celery.signals import worker_shutting_down

from newsletter import stopping

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsletter.settings")

app = Celery("newsletter")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["newsletter"], related_name="tick")


@worker_shutting_down.connect
def stop_between_two_mails(**kwargs: object) -> None:
    """A sender ends its turn early, so that the worker can."""
    stopping.asked.set()
