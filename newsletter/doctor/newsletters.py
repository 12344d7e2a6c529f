"""The newsletters, and the next edition of each: whether it may leave, and what it still lacks."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from newsletter.ahead import editions_ahead, wanting
from newsletter.doctor.finding import Ailment, Finding, Level, check
from newsletter.models import Edition, Newsletter, Subscription
from newsletter.roles import staff_who

IT_DOES_NOT_LEAVE = _("It does not leave.")

NONE_IN_PRINT = Ailment(
    "none-in-print",
    Level.STOP,
    _("No newsletter is in print."),
    _("No edition is built, and none leaves."),
    _("Put one in print at the desk, under Newsletters."),
)
NO_READERS = Ailment(
    "no-readers",
    Level.WARNING,
    _("%(newsletter)s has no confirmed reader."),
    _("Its editions go to nobody."),
    _("Import readers, or show people the form."),
)
NO_SEND_TIME = Ailment(
    "no-send-time",
    Level.STOP,
    _("%(newsletter)s has no day on which an edition is due."),
    _("No edition of it is built."),
    _("Choose its weekdays at the desk, under Newsletters."),
)
ON_HOLD = Ailment(
    "edition-on-hold",
    Level.STOP,
    _("The edition of %(date)s of %(newsletter)s is on hold: %(why)s"),
    IT_DOES_NOT_LEAVE,
    _("Open it at the desk, and let it go on once the reason is over."),
)
WAITS_FOR_APPROVAL = Ailment(
    "edition-waits-for-approval",
    Level.WARNING,
    _("The edition of %(date)s of %(newsletter)s waits for somebody’s approval."),
    _("It does not leave until then, and expires."),
    _("Open it at the desk, and approve it."),
)
NOBODY_APPROVES = Ailment(
    "nobody-approves",
    Level.STOP,
    _("%(newsletter)s waits for approval, and no account may give it."),
    _("None of its editions leaves."),
    _("Give somebody at the desk the right to approve, under Editors."),
)
LACKS_SUMMARIES = Ailment(
    "summaries-missing",
    Level.WARNING,
    _("In the edition of %(date)s of %(newsletter)s, papers without a summary: %(count)s."),
    _("Only their titles and links are printed."),
    _("Run manage.py summarise_papers, or write them at the desk."),
)
BROKEN_PROMISE = Ailment(
    "promise-broken",
    Level.WARNING,
    _("The check of the deliveries of %(date)s of %(newsletter)s found something wrong."),
    _("Nothing by itself; but somebody may have got it twice, or not at all."),
    _("Open the edition at the desk: it says what was found."),
)


@check("newsletter.Newsletter", _("Each newsletter in print has readers, and a day to come out."))
def newsletters() -> Iterator[Finding]:
    """And there is one. Where approval is needed, somebody may give it."""
    in_print = list(Newsletter.objects.filter(is_active=True).order_by("slug"))
    if not in_print:
        yield NONE_IN_PRINT.found()
    for newsletter in in_print:
        readers = Subscription.objects.mailable().filter(newsletter=newsletter.subscribed_id)
        if not readers.exists():
            yield NO_READERS.found(newsletter=newsletter.name)
        if not newsletter.weekdays:
            yield NO_SEND_TIME.found(newsletter=newsletter.name)
    waiting = [each for each in in_print if each.approval_required]
    if waiting and not staff_who("newsletter.approve_edition").exists():
        yield from (NOBODY_APPROVES.found(newsletter=each.name) for each in waiting)


@check("newsletter.Edition", _("Nothing keeps the next editions from leaving."))
def editions() -> Iterator[Finding]:
    """No hold, and no approval that is still to be given."""
    for edition in next_editions():
        facts = {"date": f"{edition.date}", "newsletter": edition.newsletter.name}
        if edition.hold_reason:
            yield ON_HOLD.found(**facts, why=edition.hold_reason)
        elif edition.state == Edition.State.DRAFT and edition.newsletter.approval_required:
            yield WAITS_FOR_APPROVAL.found(**facts)


@check("newsletter.Edition", _("Every paper of the next editions has its summaries."))
def summaries() -> Iterator[Finding]:
    """In each language of its newsletter."""
    ahead = {edition.pk: edition for edition in next_editions()}
    for pk, papers in wanting(ahead.values()).items():
        if count := sum(bool(paper.languages) for paper in papers):
            edition = ahead[pk]
            yield LACKS_SUMMARIES.found(
                date=f"{edition.date}", newsletter=edition.newsletter.name, count=count
            )


@check("newsletter.Edition", _("Every promise was kept of the last editions."))
def promises() -> Iterator[Finding]:
    """As their verification found; a correction is an edition."""
    recent = Edition.objects.begun().select_related("newsletter")[:10]
    for edition in recent:
        if edition.breaches:
            yield BROKEN_PROMISE.found(date=f"{edition.date}", newsletter=edition.newsletter.name)


def next_editions() -> list[Edition]:
    """Those that the clock will send, or an editor has put on hold. A correction is none of them
    before it is approved: nobody waits for one."""
    in_print = Newsletter.objects.filter(is_active=True)
    ahead = editions_ahead(list(in_print)).values()
    every = (edition for editions in ahead for edition in editions)
    return [each for each in every if each.not_before or each.hold_reason]
