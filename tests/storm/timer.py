"""`manage.py tick` every so many seconds, as a system timer would: `python -m tests.storm.timer 5`.

In one process, since on a small machine the starting of Python would be most of a storm's work.
"""

from __future__ import annotations

import os
import sys
import time

import django
from django.core.management import call_command
from django.db import DatabaseError, connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsletter.settings")


def main(every: float) -> None:
    django.setup()
    while True:
        try:
            call_command("tick")
        except DatabaseError as error:  # the next one comes with a connection of its own
            print(f"tick: {error}", file=sys.stderr)
        connection.close()
        time.sleep(every)


if __name__ == "__main__":
    main(float(sys.argv[1]))
