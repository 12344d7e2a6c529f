"""One look at what is due, from any clock: beat calls the same each minute."""

from django.core.management.base import BaseCommand

from newsletter.tick import tick


class Command(BaseCommand):
    help = "Wake the workers for whatever is due now. A system timer may call it instead of beat."

    def handle(self, *args: object, **options: object) -> None:
        tick()
        self.stdout.write("Looked at what is due; the workers have been told.")
