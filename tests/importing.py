"""Readers from a file, by the command."""

from io import StringIO

from django.core.management import call_command

from newsletter.models import Subscription

WORDS = "Yes, mail me Daily Papers each morning."


def run(path, *options: str, consent: str = WORDS) -> str:
    out, err = StringIO(), StringIO()
    arguments = [str(path), "--consent", consent, *options]
    call_command("import_subscribers", *arguments, stdout=out, stderr=err)
    return err.getvalue() + out.getvalue().strip()


def states() -> dict[str, str]:
    return dict(Subscription.objects.values_list("subscriber__email", "state"))
