#!/usr/bin/env python
"""Django's command-line utility for administrative tasks."""

import gc
import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsletter.settings")
    gc.disable()  # what is loaded first stays: looking for garbage in it takes a fifth of the start
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from environs import EnvError

    try:
        django.setup()
    except (ImproperlyConfigured, EnvError) as wrong:
        sys.exit(f"Paperboy cannot start. {wrong}")
    gc.freeze()
    gc.enable()
    try:
        execute_from_command_line(sys.argv)
        sys.stdout.flush()
    except BrokenPipeError:  # who read along has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)  # as a shell says of SIGPIPE


if __name__ == "__main__":
    main()
