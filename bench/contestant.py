"""Prepares Paperboy as a contestant of the peer benchmark: tables, readers, an approved edition
that is the benchmark's digest, and a file with the environment of its own command, which sends it.

Every personal link of the digest becomes Paperboy's own link of that reader. The environment is
the benchmark's (BENCH_…), and from the TOML file PAPERBOY_WAY_OUT (a URL with {smtp} or {api} in
it) and PAPERBOY_CONNECTIONS.
"""

import compileall
import csv
import os
import re
import sys
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from shlex import quote

ROOT = Path(__file__).resolve().parent.parent
DAY = date(2024, 2, 29)
AT_ONCE = 10_000  # readers written in one statement
PERSONAL_LINK = re.compile(r"""https://[^\s"'<>]*\{\{ token \}\}[^\s"'<>]*""")


def settings() -> dict[str, str]:
    smtp = f"{os.environ['BENCH_SMTP_HOST']}:{os.environ['BENCH_SMTP_PORT']}"
    way_out = os.environ.get("PAPERBOY_WAY_OUT", "smtp://{smtp}")
    return {
        "SECRET_KEY": "known to everyone",
        "SITE_URL": "https://news.example.test",
        "DEFAULT_FROM_EMAIL": "The Weekly Example <news@news.example.test>",
        "DATABASE_URL": os.environ["BENCH_DATABASE_URL"],
        "REDIS_URL": "",
        "VAR_DIR": os.environ["BENCH_WORK"],
        "EMAIL_URL": way_out.format(smtp=smtp, api=os.environ.get("BENCH_API_URL", "")),
        "DJANGO_SETTINGS_MODULE": "newsletter.settings",
    }


def prepare() -> None:
    os.environ |= settings()
    lines = [f"export {name}={quote(value)}\n" for name, value in settings().items()]
    Path(os.environ["BENCH_WORK"], "environment").write_text("".join(lines))
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    for part in ("newsletter", "papers"):  # as an installation does; the benchmark forbids it later
        compileall.compile_dir(ROOT / part, quiet=1)
    newsletter = prepare_newsletter()
    load_readers(newsletter)
    prepare_edition(newsletter)


def prepare_newsletter():
    from newsletter.models import Channel, Newsletter

    Channel.objects.create(
        name=Channel.DEFAULT_NAME, connections=int(os.environ.get("PAPERBOY_CONNECTIONS", "4"))
    )
    newsletter = Newsletter.objects.get(slug=Newsletter.DEFAULT_SLUG)
    newsletter.languages = ["en"]
    newsletter.save()
    return newsletter


def load_readers(newsletter) -> None:
    from newsletter.models import Subscriber, Subscription
    from newsletter.models.subscribers import address_key

    confirmed = {
        "newsletter": newsletter,
        "language": "en",
        "state": Subscription.State.CONFIRMED,
        "confirmed_at": datetime.now(UTC) - timedelta(days=1),
    }
    with Path(os.environ["BENCH_WORKLOAD"], "subscribers.csv").open() as file:
        rows = islice(csv.reader(file), int(os.environ["BENCH_N"]))
        while chunk := list(islice(rows, AT_ONCE)):
            readers = [Subscriber(email=row[0], address_key=address_key(row[0])) for row in chunk]
            Subscriber.objects.bulk_create(readers)
            Subscription.objects.bulk_create(
                Subscription(subscriber=reader, **confirmed) for reader in readers
            )


def prepare_edition(newsletter) -> None:
    from newsletter.approve import content_hash
    from newsletter.models import Edition, Rendition
    from newsletter.rendered import Rendered

    digest = Rendered(
        subject="The Weekly Example Digest № 217",
        preheader="",
        html=with_slots("inlined.html"),
        text=with_slots("inlined.txt"),
    )
    now = datetime.now(UTC)
    edition = Edition.objects.create(
        newsletter=newsletter,
        date=DAY,
        state=Edition.State.APPROVED,
        content_sha256=content_hash({"en": digest}),
        not_before=now,
        expires_at=now + timedelta(days=1),
    )
    Rendition.objects.create(
        edition=edition,
        language="en",
        frozen_subject=digest.subject,
        frozen_html=digest.html,
        frozen_text=digest.text,
        sha256=digest.sha256,
        frozen_at=now,
    )


def with_slots(name: str) -> str:
    from newsletter.rendered import UNSUBSCRIBE_URL_SLOT

    text = Path(os.environ["BENCH_WORKLOAD"], name).read_text()
    return PERSONAL_LINK.sub(UNSUBSCRIBE_URL_SLOT, text)


if __name__ == "__main__":
    prepare()
