"""Every address of the desk that answers a GET, each with something at its end.

One that has no row here is an error that names it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import chain

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from bench.asking import Page, get
from bench.million import addresses, reader
from newsletter import models
from newsletter.models import Edition
from papers.models import Paper, Pull, Receipt, Summary
from tests.desk import admin_addresses

State = Edition.State

# They answer a POST alone, or have no page at their end.
WITHOUT_A_PAGE = {
    "newsletter_edition_do",
    "newsletter_edition_curate",
    "newsletter_edition_add_paper",
    "newsletter_edition_undo",
    "newsletter_edition_override",
    "newsletter_edition_pace",
    "newsletter_edition_correct",
    "newsletter_erratum_correct",
    "newsletter_erratum_settle",
    "newsletter_import_do",
    "papers_summary_undo",
    "papers_summary_put",
    "papers_summary_excerpt",
    "logout",
    "view_on_site",
    "<path:object_id>/",
    "(?P<url>.*)$",
}
LEAD_ON = {"login", "newsletter_edition_previewed", "second_factor_set_up", "login_code"}
WRITTEN_ANEW = {"newsletter_edition_preflight", "newsletter_edition_preview"}
FORMS = ("changelist", "add", "change", "delete", "history")


def pages(editions: list[Edition]) -> Iterator[Page]:
    admin.autodiscover()
    known = {**of_models(editions), **of_editions(editions), **of_the_site()}
    for name in sorted(set(admin_addresses()) - WITHOUT_A_PAGE):
        if name not in known and not is_closed(name):
            raise LookupError(f"{name}: this page of the desk has no row in bench/desk_pages.py")
        for what, path in known.get(name, {}).items():
            title = f"{name.replace('newsletter_', '', 1)} {what}".strip()
            page = Page(title, get(lambda _, path=path: path), 302 if name in LEAD_ON else 200)
            yield page
            if name in WRITTEN_ANEW and what == "draft":
                yield page._replace(name=f"{title}, just changed", prepare=change(editions[-1]))


def change(draft: Edition) -> Callable[[int], object]:
    """Have its mails written anew, as for an editor who has just saved something."""
    first = draft.entries.filter(position=1)
    return lambda number: first.update(note=f"Read this one first, {number} of you.")


def is_closed(name: str) -> bool:
    """Whether it adds or deletes what not even a superuser may add or delete by hand."""
    request = RequestFactory().get("/")
    request.user = User.objects.get(username="kim")
    app, model, form = name.split("_", 2) if name.count("_") == 2 else ("", "", "")
    if form not in ("add", "delete"):
        return False
    shown = admin.site.get_model_admin(apps.get_model(app, model))
    return not getattr(shown, f"has_{form}_permission")(request)


def of_models(editions: list[Edition]) -> dict[str, dict[str, str]]:
    """The five pages of each model, and its list in the ways that it offers."""
    newest = editions[-4]
    words = lists(newest)
    things = {
        Edition: editions[-1],
        Paper: editions[-1].entries.first().paper,
        Summary: editions[-1].entries.first().paper.summaries.first(),
        models.Subscription: reader(42),
        User: User.objects.get(username="editor3"),
        Group: Group.objects.first(),
        models.Delivery: newest.deliveries.filter(state="accepted").first(),
    }
    found = {}
    for model in admin.site._registry:
        thing = things.get(model) or model.objects.order_by("-pk").first()
        label = f"{model._meta.app_label}_{model._meta.model_name}"
        for form in FORMS:
            name = f"{label}_{form}"
            args = [] if form in ("changelist", "add") else [thing.pk]
            if not is_closed(name):
                found[name] = {"": reverse(f"admin:{name}", args=args)}
        shown = reverse(f"admin:{label}_changelist")
        found[f"{label}_changelist"] |= {
            query.partition("?")[0]: f"{shown}?{query.partition('?')[2]}"
            for query in words.pop(model, [])
        }
    assert not words, f"no such lists: {list(words)}"
    return found


def lists(newest: Edition) -> dict[type, list[str]]:
    """Words, a question mark and what stands behind it in the list's address."""
    mine = f"edition__id__exact={newest.pk}"
    a_week_ago = timezone.localdate() - timedelta(days=90)
    span = f"listings__date_from={a_week_ago}&listings__date_to={timezone.localdate()}"
    whole, start = addresses(42), "reader42"
    return {
        Edition: [
            "page 10?p=10",
            "done?state__exact=done",
            "skipped?state__exact=skipped",
            f"of a newsletter?newsletter__id__exact={newest.newsletter_id}",
            "on hold?hold_reason__isempty=0",
            f"of a year?date__year={newest.date.year}",
            f"of a month?date__year={newest.date.year}&date__month={newest.date.month}",
            "by state?o=3",
            "by papers?o=4",
        ],
        Paper: [
            "page 50?p=50",
            "search, words?q=language models",
            "search, an id?q=2001.00123",
            "search, what there is not?q=nobodywrotethis",
            f"of some days?{span}",
            "of a source?source=huggingface",
            "known from a source?origin__exact=source",
            "by title?o=1",
            "by day?o=-2",
            "by votes?o=-3",
            "by summaries?o=-4",
        ],
        Summary: [
            "page 100?p=100",
            "search, words?q=language models",
            "search, an id?q=2001.00123",
            "in English?language__exact=en",
            "of editors?writer__exact=editor",
            "by paper?o=0",
            "blocked?verdict__exact=block",
            "by verdict?o=2",
            "by writer?o=3",
        ],
        Receipt: [
            "page 50?p=50",
            "blocked?state__exact=blocked",
            "refused?state__exact=refused",
            "of a model?model=openai:small",
            f"of today?day={timezone.localdate()}",
            "search, an id?q=2001.00123",
        ],
        Pull: [
            "page 5?p=5",
            "with a problem?problem__isempty=0",
            "of a source?source=huggingface",
            f"of a year?date__year={newest.date.year}",
        ],
        models.Tester: ["search?q=tester1", f"of one?newsletter__id__exact={newest.newsletter_id}"],
        models.Subscription: [
            "page 50?p=50",
            f"search, a whole address?q={whole}",
            f"search, a beginning?q={start}",
            "search, a domain?q=@example3.org",
            "search, what nobody has?q=nobody",
            "who left?state__exact=unsubscribed",
            "pending?state__exact=pending",
            "confirmed, in English?state__exact=confirmed&language=en",
            f"of a newsletter?newsletter__id__exact={newest.newsletter_id}",
        ],
        models.Import: ["page 4?p=4", "taken in?state__exact=done", "waiting?state__exact=checked"],
        models.Suppression: [
            "page 10?p=10",
            f"search, an address?q={addresses(0)}",
            "search, a key?q=abcdef012345",
            "bounced?reason__exact=bounced",
            "manual?reason__exact=manual",
            "ended?ends_at__isempty=0",
            "by reason?o=1",
            "by their beginning?o=2",
        ],
        models.Callback: ["page 10?p=10", "of a provider?provider=mailgun", "by moment?o=0"],
        models.Delivery: [
            "page 50?p=50",
            f"of an edition?{mine}",
            f"of an edition, page 50?{mine}&p=50",
            f"of an edition, rejected?{mine}&state__exact=rejected",
            f"of an edition, in doubt?{mine}&doubt=any",
            f"of an edition, pending?{mine}&state__exact=pending",
            "rejected?state__exact=rejected",
            "sending?state__exact=sending",
            "pending?state__exact=pending",
            "in doubt?doubt=any",
            f"of a newsletter?newsletter={newest.newsletter_id}",
            f"of one without?newsletter={newest.newsletter.roundup.pk}",
            f"search, an address?q={addresses(2)}",
            "search, a message id?q=nobody-has-it",
        ],
        models.DeliveryEvent: [
            "page 50?p=50",
            "all?kind=all",
            "arrived?kind=delivered",
            "bounced for good?kind=hard",
            "complained?kind=complained",
            "left at the provider?kind=unsubscribed",
            "other?kind=other",
            "of a provider?provider=mailgun",
            "of one that tells nothing?provider=ses",
            "all of one that tells nothing?provider=ses&kind=all",
            f"of an edition?{mine}",
            f"of an older edition, all?edition__id__exact={newest.pk - 1}&kind=all",
            f"search, an address?q={addresses(2)}",
            "search, an id?q=nobody-has-it",
        ],
        models.AuditEntry: [
            "page 50?p=50",
            f"of somebody?editor={User.objects.get(username='editor3').pk}",
            "failed?what=failed",
            "at the door?what=signing_in",
            "done?what=done",
            "of editions?thing=newsletter.edition",
            f"of an edition?thing=newsletter.edition/{newest.pk}",
            "of what nobody touched?thing=newsletter.channel",
            "somebody at the door?editor=1&what=failed",
            "search, a name?q=editor3",
            "search, who is not?q=nobody",
        ],
        User: ["staff?is_staff__exact=1", "search?q=editor1"],
    }


def of_editions(editions: list[Edition]) -> dict[str, dict[str, str]]:
    """Their pages, each for those editions to which it means something else."""
    *_, uncorrected, done, going, approved, draft = editions
    correction = Edition.objects.exclude(corrects=None).get()
    each = {
        "draft": draft,
        "approved": approved,
        "on its way": going,
        "done": done,
        "uncorrected": uncorrected,
        "pruned": next(edition for edition in editions if edition.pruned_at),
        "skipped": next(edition for edition in editions if edition.state == State.SKIPPED),
        "correction": correction,
    }

    def of(part: str, *names: str, language: str = "") -> dict[str, str]:
        args = [language] if language else []
        return {
            name: reverse(f"admin:newsletter_edition_{part}", args=[each[name].pk, *args])
            for name in names
        }

    with_mails = ("draft", "approved", "on its way", "done", "pruned")
    preview = {
        f"newsletter_edition_{part}": of(part, *with_mails, language="ko")
        for part in ("preview", "preview_text", "preview_inbox", "preview_weight")
    }
    mail = preview["newsletter_edition_preview"]["draft"]
    preview["newsletter_edition_preview"] |= {
        "draft, in a program": f"{mail}?program=gmail&look=dark&pictures=off"
    }
    left = ("on its way", "done", "pruned")
    return preview | {
        "newsletter_edition_change": of(
            "change", *(name for name in each if name != "uncorrected")
        ),
        "newsletter_edition_history": of("history", *each),
        "newsletter_edition_preflight": of("preflight", *each),
        "newsletter_edition_previewed": of("previewed", "draft"),
        "newsletter_edition_progress": of("progress", "on its way", "done"),
        "newsletter_edition_report": of("report", *left),
        "newsletter_edition_report_csv": of("report_csv", *left),
        "newsletter_edition_report_json": of("report_json", *left),
        "newsletter_edition_without": of("without", "uncorrected"),
        "newsletter_edition_links": of("links", "on its way", "done"),
    }


def of_the_site() -> dict[str, dict[str, str]]:
    person = User.objects.get(username="editor3").pk
    papers = "?app_label=papers&model_name=summary&field_name=paper&term="
    args = {
        "auth_user_password_change": [person],
        "auth_user_second_factor": [person],
        "app_list": ["newsletter"],
        "newsletter_import_rejected": [models.Import.objects.latest("pk").pk],
        "papers_summary_again": [Summary.objects.latest("pk").pk],
    }
    plain = [
        *("index", "jsi18n", "login", "login_code", "password_change", "password_change_done"),
        *("second_factor", "second_factor_set_up", "newsletter_subscription_export"),
    ]
    found = {
        name: {"": reverse(f"admin:{name}", args=args.get(name, []))} for name in chain(plain, args)
    }
    search = reverse("admin:search")
    autocomplete = reverse("admin:autocomplete")
    return found | {
        "search": {"": f"{search}?s=edition", "all models": f"{search}?s=daily&extended=1"},
        "autocomplete": {
            "": f"{autocomplete}{papers}language",
            "without a word": f"{autocomplete}{papers}",
        },
    }
