"""What years at the desk leave behind: the trail, changes, files, calls, counts of each day."""

from __future__ import annotations

from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from bench.copying import execute, rows
from newsletter import counts
from newsletter.doctor import kept
from newsletter.models import (
    AuditEntry,
    Callback,
    Change,
    Edition,
    Import,
    ImportPiece,
    Newsletter,
    Override,
    ReaderDay,
    Sign,
    Tester,
)

ACTS = 100_000
CHANGES = 30  # of each edition; of the draft ten times as many
DAYS = 730
FILES = 500
CALLS = 2_000


def seed_trail(editions: list[Edition]) -> None:
    seed_editors()
    seed_acts(editions)
    seed_changes(editions)
    seed_files()
    body = "'\\x7b7d'::bytea || convert_to(repeat('what nobody can read ', 300), 'UTF8')"
    call = {"provider": "'mailgun'", "received_at": "now()", "problem": "'No signature'"}
    execute(rows(Callback, f"generate_series(1, {CALLS})", **call, body=body))
    day = {"newsletter_id": "id", "date": "current_date - number", "confirmed_count": "800000"}
    execute(
        rows(
            ReaderDay,
            f"newsletter_newsletter, generate_series(0, {DAYS}) AS number",
            **day,
            joined_count="1400",
            left_count="300",
        )
    )
    for name in (Sign.CLOCK, Sign.WORKER):
        Sign.give(name)
    kept.keep()
    counts.keep(timezone.now())


def seed_editors() -> None:
    """A dozen people in all roles, and testers."""
    for number in range(12):
        person = User.objects.create(username=f"editor{number}", is_staff=True)
        person.groups.set(Group.objects.order_by("pk")[number % 4 : number % 4 + 1])
    newsletter = Newsletter.objects.get(slug=Newsletter.DEFAULT_SLUG)
    Tester.objects.bulk_create(
        Tester(newsletter=newsletter, email=f"tester{number}@example.org") for number in range(20)
    )


def seed_acts(editions: list[Edition]) -> None:
    """Half of them at the door, the others on editions."""
    names = {
        "editors": list(User.objects.values_list("pk", flat=True)),
        "editions": [each.pk for each in editions],
        "kind": ContentType.objects.get_for_model(Edition).pk,
    }
    is_at_the_door = "number %% 2 = 0"
    who = "(%(editors)s::bigint[])[1 + number %% cardinality(%(editors)s::bigint[])]"
    edition = "(%(editions)s::bigint[])[1 + number %% cardinality(%(editions)s::bigint[])]"
    execute(
        rows(
            AuditEntry,
            f"generate_series(1, {ACTS}) AS number",
            at=f"now() - ({ACTS} - number) * interval '10 minutes'",
            editor_id=who,
            editor_name="'editor' || number %% 12",
            act=f"CASE WHEN number %% 97 = 0 THEN 'sign_in_failed' WHEN {is_at_the_door} "
            "THEN 'signed_in' WHEN number %% 3 = 0 THEN 'approve' ELSE 'changed' END",
            content_type_id=f"CASE WHEN {is_at_the_door} THEN NULL ELSE %(kind)s END",
            object_id=f"CASE WHEN {is_at_the_door} THEN '' ELSE ({edition})::text END",
            thing=f"CASE WHEN {is_at_the_door} THEN '' ELSE 'Daily Papers' END",
            message="'Approve'",
            network="md5(number::text)",
        ),
        **names,
    )


def seed_changes(editions: list[Edition]) -> None:
    """Orders and notes; and of each edition one stop that was overridden."""
    draft = editions[-1].pk
    order = (
        "(SELECT jsonb_agg(paper_id ORDER BY position) FROM newsletter_entry AS other "
        "WHERE other.edition_id = newsletter_entry.edition_id)"
    )
    of_each = (
        "newsletter_entry, generate_series(0, CASE edition_id WHEN %(draft)s THEN 9 ELSE 0 END) "
        f"WHERE position <= {CHANGES}"
    )
    for kind, before, after, chosen in (
        ("order", order, order, "position %% 3 = 0"),
        ("note", "'\"before\"'", "'\"Read this one first.\"'", "position %% 3 > 0"),
    ):
        said = {"kind": f"'{kind}'", "before": before, "after": after, "version": "position"}
        execute(
            rows(
                Change,
                f"{of_each} AND {chosen}",
                **said,
                edition_id="edition_id",
                paper_id="paper_id",
                at="now() - interval '2 hours'",
                by_name="'lee'",
            ),
            draft=draft,
        )
    Override.objects.bulk_create(
        Override(
            edition=each,
            check_name="links",
            fingerprint="0" * 64,
            sentence="A link leads nowhere.",
            reason="It will be there.",
            by_name="lee",
        )
        for each in editions[:-1]
    )


def seed_files() -> None:
    """The newest of a million rows in 250 pieces, ten rows wrong in each."""
    newsletter = Newsletter.objects.get(slug=Newsletter.DEFAULT_SLUG)
    found = {"added": 997_500, "rejected": 2_500}
    files = Import.objects.bulk_create(
        Import(
            newsletter=newsletter,
            wording="Mail me the newsletter.",
            file_name=f"readers-{number}.csv",
            language="ko",
            state=Import.State.DONE,
            row_count=1_000_000,
            piece_count=250,
            position=250,
            expected=found,
            counts=found,
            ended_at=timezone.now(),
        )
        for number in range(FILES)
    )
    execute(
        rows(
            ImportPiece,
            "generate_series(0, 249) AS number",
            part_of_id=str(files[-1].pk),
            position="number",
            rows="NULL",
            rejected="(SELECT jsonb_agg(jsonb_build_array(number * 4000 + line, 'No address')) "
            "FROM generate_series(1, 10) AS line)",
        )
    )
