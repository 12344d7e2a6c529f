"""Let an editor who has lost their device in again, by the password alone."""

from __future__ import annotations

from argparse import ArgumentParser

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from newsletter import audit, second_factor
from newsletter.audit import Act


class Command(BaseCommand):
    help = (
        "Take the second factor off an editor's account, with its recovery codes. The password "
        "alone counts until they set up another."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: object, username: str, **options: object) -> None:
        editor = User.objects.filter(username=username).first()
        if editor is None:
            raise CommandError(f"There is no editor called {username}.")
        if second_factor.remove(editor):
            audit.record(None, Act.FACTOR_RESET, editor)
            self.stdout.write(f"{username} signs in by the password alone.")
        else:
            self.stdout.write(f"{username} has no second factor.")
