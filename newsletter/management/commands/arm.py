"""Say that this database mails for this site from now on."""

from django.conf import settings
from django.core.management.base import BaseCommand

from newsletter.deliver.armed import arm


class Command(BaseCommand):
    help = (
        "Let this site mail from this database: after a move to another SITE_URL. Do not run it "
        "on a copy of a database that another site still mails from: readers would get two."
    )

    def handle(self, *args: object, **options: object) -> None:
        arm()
        self.stdout.write(f"This database mails for {settings.SITE_URL} from now on.")
