"""What an editor may do with an edition, when, and what is said after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import AnonymousUser, User
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsletter import clock, notify, quota, tasks
from newsletter.approve import approve_edition, reopen_edition
from newsletter.collect import collect_papers
from newsletter.compose import compose_edition, lists_of
from newsletter.curate import curating, refresh_votes
from newsletter.deliver import cancel_edition
from newsletter.models import Edition, Overtaken, WrongState
from newsletter.outcome import Outcome
from newsletter.preflight.visits import doubt_visits
from papers.fetch import fetch_papers
from papers.sources.base import SourceError

State = Edition.State
APPROVE = "newsletter.approve_edition"
MINUTE = timedelta(minutes=1)
BUILT = (State.DRAFT, State.APPROVED, *Edition.LEAVING, State.DONE)


@dataclass(frozen=True)
class Verb:
    """A button of the desk, for those who have its permission. `act` raises WrongState when the
    edition has moved on meanwhile."""

    name: str
    label: Promise
    done: Promise
    fits: Callable[[Edition], bool]
    act: Callable[[Edition, User, str], None]
    asks_first: bool = False
    permission: str = "newsletter.change_edition"


def verbs_for(edition: Edition, editor: User | AnonymousUser) -> dict[str, Verb]:
    """The verbs that make sense in the edition's state, for someone who may do them, by name."""
    return {
        name: verb
        for name, verb in VERBS.items()
        if verb.fits(edition) and editor.has_perm(verb.permission)
    }


def perform(verb: Verb, edition: Edition, seen_version: int, editor: User, reason: str) -> None:
    """Do it to the edition as the editor saw it, for the reason that was typed, if one was.

    Raises WrongState, with a sentence for the editor, when it is not that edition any more: a
    second click of the same button does nothing.
    """
    if edition.version != seen_version:
        raise Overtaken
    if not verb.fits(edition):
        state = edition.get_state_display()
        raise WrongState(_("This cannot be done: the edition is “%(state)s”.") % {"state": state})
    verb.act(edition, editor, reason)


def in_state(*states: State) -> Callable[[Edition], bool]:
    return lambda edition: edition.state in states


def can_be_held(edition: Edition) -> bool:
    return edition.state in Edition.UNFINISHED and not edition.hold_reason


def is_held(edition: Edition) -> bool:
    return edition.state in Edition.UNFINISHED and bool(edition.hold_reason)


def is_composed(edition: Edition) -> bool:
    return edition.state in (*Edition.EDITABLE, State.SKIPPED) and edition.corrects_id is None


def compose(edition: Edition, editor: User, reason: str) -> None:
    """Fresh votes and papers; what is new gets an extract first, and a worker has models asked
    for it: what stood there already changes no word."""
    before = set(edition.entries.values_list("paper_id", flat=True))
    collect_papers(edition.newsletter, edition.date, ask=False, seconds=0)
    compose_edition(edition.newsletter, edition.date)
    added = edition.entries.exclude(paper__in=before).values_list("paper_id", flat=True)
    if added:
        tasks.wake(tasks.write_summaries, edition.pk, list(added))


def votes(edition: Edition, editor: User, reason: str) -> None:
    """The counts of the source as they are now; what was arranged stays."""
    try:
        for source, day in lists_of(edition):
            fetch_papers(source, day, hurried=True)
    except SourceError as error:
        raise WrongState(_("The votes could not be refreshed. %(why)s") % {"why": error}) from error
    refresh_votes(edition)


def by_votes(edition: Edition, editor: User, reason: str) -> None:
    with curating(edition, editor, edition.version) as curation:
        curation.order_by_votes()


def approve(edition: Edition, editor: User, reason: str) -> None:
    approve_edition(edition, by=editor)
    tasks.wake(tasks.send_edition, edition.pk, seconds=edition.newsletter.undo_seconds)


def reopen(edition: Edition, editor: User, reason: str) -> None:
    reopen_edition(edition)


def hold(edition: Edition, editor: User, reason: str) -> None:
    if not edition.hold(reason or _("%(editor)s asked to wait.") % {"editor": editor}):
        raise WrongState(_("Someone else was faster: it is on hold already, or it has ended."))


def resume(edition: Edition, editor: User, reason: str) -> None:
    if not edition.resume():
        raise WrongState(_("Someone else was faster: it is not on hold, or it has ended."))
    if edition.state in (State.APPROVED, *Edition.LEAVING):
        tasks.wake(tasks.send_edition, edition.pk)


def cancel(edition: Edition, editor: User, reason: str) -> None:
    cancel_edition(edition, reason or _("%(editor)s cancelled it.") % {"editor": editor})


def proof(edition: Edition, editor: User, reason: str) -> None:
    """One copy in each language, to the editor's own address."""
    if not editor.email:
        raise WrongState(_("Your account has no e-mail address. Add one, and ask again."))
    for language in edition.languages:
        result = notify.send_proof(edition, language, editor.email, reply_to=editor.email)
        if result.outcome is not Outcome.ACCEPTED:
            why = {"kind": result.code}
            raise WrongState(_("The proof could not be mailed: %(kind)s.") % why)


def proof_to_testers(edition: Edition, editor: User, reason: str) -> None:
    """By a worker; what became of each stands with the testers."""
    if not edition.newsletter.testers.exists():
        raise WrongState(_("This newsletter has no testers yet. Add some under “Testers”."))
    if not quota.take(f"proofs of {edition.pk}", 1, MINUTE, clock.now()):
        raise WrongState(_("The testers were mailed this edition a moment ago."))
    tasks.wake(tasks.send_proofs, edition.pk, editor.pk)


def check(edition: Edition, editor: User, reason: str) -> None:
    """The links, by a worker; all else is looked at whenever the page is opened."""
    doubt_visits(edition)
    tasks.wake(tasks.visit_links, edition.pk)


VERBS = {
    verb.name: verb
    for verb in [
        Verb(
            "compose",
            gettext_lazy("Compose again"),
            gettext_lazy("Composed again. What you had arranged has stayed."),
            is_composed,
            compose,
        ),
        Verb(
            "votes",
            gettext_lazy("Refresh votes"),
            gettext_lazy("The votes are those of now. What you had arranged has stayed."),
            is_composed,
            votes,
        ),
        Verb(
            "by_votes",
            gettext_lazy("Order by votes"),
            gettext_lazy("Ordered by votes; what is pinned has stayed."),
            is_composed,
            by_votes,
        ),
        Verb(
            "proof",
            gettext_lazy("Send me a proof"),
            gettext_lazy("A proof in each language is on its way to you."),
            in_state(*BUILT),
            proof,
        ),
        Verb(
            "testers",
            gettext_lazy("Send the testers a proof"),
            gettext_lazy("Proofs are on their way to the testers; answers to them go to you."),
            in_state(*BUILT),
            proof_to_testers,
        ),
        Verb(
            "check",
            gettext_lazy("Check again"),
            gettext_lazy("All links are being opened anew; it takes up to a minute."),
            in_state(State.DRAFT),
            check,
        ),
        Verb(
            "approve",
            gettext_lazy("Approve"),
            gettext_lazy("Approved. Readers get exactly what the preview shows."),
            in_state(State.DRAFT),
            approve,
            permission=APPROVE,
        ),
        Verb(
            "reopen",
            gettext_lazy("Take the approval back"),
            gettext_lazy("The approval is taken back; the edition is a draft again."),
            in_state(State.APPROVED),
            reopen,
            permission=APPROVE,
        ),
        Verb(
            "hold",
            gettext_lazy("Put on hold"),
            gettext_lazy("On hold: nothing leaves until you let it."),
            can_be_held,
            hold,
        ),
        Verb(
            "resume",
            gettext_lazy("Let it go on"),
            gettext_lazy("It is no longer on hold."),
            is_held,
            resume,
            permission=APPROVE,
        ),
        Verb(
            "cancel",
            gettext_lazy("Cancel this edition"),
            gettext_lazy("Cancelled. Nothing more of it leaves."),
            in_state(*Edition.UNFINISHED),
            cancel,
            asks_first=True,
            permission=APPROVE,
        ),
    ]
}
