"""The report of an edition: what became of it, on a page to print, as CSV and as JSON."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin

from newsletter.deliver import Balance
from newsletter.deliver.progress import standing
from newsletter.deliver.report import added_up
from newsletter.models import Edition, Report
from newsletter.moments import span_in_words
from newsletter.render.entries import language_name
from newsletter.verify import PROMISES, known_breaches

# Names in files, and words on the page. What is in doubt includes what was assumed sent in the end.
COLUMNS: dict[str, Promise] = {
    "accepted": gettext_lazy("accepted"),
    "in_doubt": gettext_lazy("in doubt"),
    "rejected": gettext_lazy("rejected"),
    "expired": gettext_lazy("not in time"),
    "suppressed": gettext_lazy("left out"),
    "left": gettext_lazy("left after it"),
    "complained": gettext_lazy("complained"),
    "hard": gettext_lazy("bounced for good"),
    "soft": gettext_lazy("bounced for now"),
    "policy": gettext_lazy("refused for what we are"),
}
STANDING = ("accepted", "in_doubt", "rejected", "expired", "suppressed")


class ReportPage:
    """An edition's numbers, as they were kept; what is not counted yet is blank."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.kept = Report.objects.filter(edition=edition).first()

    @cached_property
    def balance(self) -> Balance:
        return standing(self.edition)

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """For each language and channel, all columns; none before the edition's end."""
        parts = [*self.kept.sent, *self.kept.told] if self.kept and self.kept.sent else []
        return [
            {
                "language": row["language"],
                "channel": row["channel"],
                **{name: row.get(name, 0) for name in COLUMNS},
                "in_doubt": row.get("in_doubt", 0) + row.get("assumed_sent", 0),
            }
            for row in added_up(parts)
        ]

    @cached_property
    def totals(self) -> dict[str, int]:
        """The states from the balance, which agrees with the ledger also after it was pruned."""
        balance = self.balance
        states = {name: getattr(balance, name) for name in STANDING}
        states["in_doubt"] = balance.doubtful_count
        kept = self.kept or Report()
        return states | {name: kept.told_count(name) for name in COLUMNS if name not in states}

    @property
    def table(self) -> list[tuple[str, str, list[int]]]:
        return [
            (
                language_name(row["language"]),
                row["channel"] or "–",
                [row[name] for name in COLUMNS],
            )
            for row in self.rows
        ]

    @property
    def figures(self) -> list[tuple[Promise, int, str]]:
        """Each column's word, its count, and its share of the audience."""
        everybody = self.balance.audience_count
        return [
            (words, self.totals[name], share(self.totals[name], everybody))
            for name, words in COLUMNS.items()
        ]

    @cached_property
    def took(self) -> timedelta | None:
        if self.kept is None or self.kept.began_at is None or self.kept.ended_at is None:
            return None
        return self.kept.ended_at - self.kept.began_at

    @property
    def took_in_words(self) -> str:
        return "" if self.took is None else span_in_words(self.took, depth=2)

    @property
    def rate(self) -> float | None:
        """Mails a second that were accepted, over all of the time that it took."""
        if self.took is None:
            return None
        return round(self.totals["accepted"] / max(self.took.total_seconds(), 1), 1)

    @property
    def approved_by(self) -> str:
        return str(self.edition.approved_by or "")

    @property
    def promise_count(self) -> int:
        return len(PROMISES)

    @property
    def breach_count(self) -> int:
        return len({breach.invariant for breach in known_breaches(self.edition)})

    @cached_property
    def renditions(self) -> list[tuple[str, str]]:
        frozen = self.edition.renditions.whole().filter(frozen_at__isnull=False)
        return [(language_name(each.language), each.sha256) for each in frozen]

    @cached_property
    def supplements(self) -> list[tuple[str, str, str]]:
        words = dict(self.edition.supplements.model.Whom.choices)
        return [
            (
                self.local(each.cutoff_at),
                each.ordered_by,
                ", ".join(str(words[whom]) for whom in each.whom),
            )
            for each in self.edition.supplements.all()
        ]

    def local(self, moment: datetime) -> str:
        """On the newsletter's own clock."""
        zone = ZoneInfo(self.edition.newsletter.time_zone)
        return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S}"

    @property
    def times(self) -> dict[str, str]:
        edition, kept = self.edition, self.kept
        moments = {"approved_at": edition.approved_at, "verified_at": edition.verified_at}
        if kept:
            moments |= {"began_at": kept.began_at, "ended_at": kept.ended_at}
            moments["counted_at"] = kept.counted_at
        return {name: self.local(moment) for name, moment in moments.items() if moment}

    def as_json(self) -> dict[str, Any]:
        """All of it, under names that stay; times in UTC."""
        edition, kept = self.edition, self.kept
        return {
            "newsletter": edition.newsletter.slug,
            "date": edition.date,
            "is_correction": edition.corrects_id is not None,
            "state": edition.state,
            "audience": self.balance.audience_count,
            **self.totals,
            "by_language_and_channel": self.rows,
            "began_at": kept and kept.began_at,
            "ended_at": kept and kept.ended_at,
            "seconds": self.took and self.took.total_seconds(),
            "mails_a_second": self.rate,
            "approved_by": self.approved_by,
            "approved_at": edition.approved_at,
            "sha256": edition.content_sha256,
            "sha256_by_language": {
                each.language: each.sha256
                for each in edition.renditions.whole().filter(frozen_at__isnull=False)
            },
            "verified_at": edition.verified_at,
            "broken_promises": [breach.invariant for breach in known_breaches(edition)],
            "counted_at": kept and kept.counted_at,
        }


def share(count: int, everybody: int) -> str:
    """In percent, to a hundredth; blank for nothing."""
    return f"{count / everybody:.2%}" if count and everybody else ""


class ReportAdmin(ModelAdmin):
    """For the admin of editions: whoever may look at an edition may look at its numbers."""

    def get_urls(self):
        view = self.admin_site.admin_view
        at = "<int:object_id>/report"
        return [
            path(f"{at}/", view(self.report), name="newsletter_edition_report"),
            path(f"{at}.csv", view(self.report_csv), name="newsletter_edition_report_csv"),
            path(f"{at}.json", view(self.report_json), name="newsletter_edition_report_json"),
            *super().get_urls(),
        ]

    def report(self, request, object_id):
        page = self.report_page(request, object_id)
        context = self.admin_site.each_context(request) | {
            "title": _("Report"),
            "opts": self.opts,
            "original": page.edition,
            "report": page,
            "columns": COLUMNS.values(),
        }
        return TemplateResponse(request, "admin/newsletter/edition/report.html", context)

    def report_csv(self, request, object_id):
        """A line for each language and channel, and one for all."""
        page = self.report_page(request, object_id)
        answer = HttpResponse(content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = disposition(page.edition, "csv")
        answer.write("\ufeff")
        lines = csv.DictWriter(answer, ["language", "channel", *COLUMNS])
        lines.writeheader()
        lines.writerows(page.rows)
        lines.writerow({"language": "all", "channel": "all", **page.totals})
        return answer

    def report_json(self, request, object_id):
        page = self.report_page(request, object_id)
        answer = JsonResponse(page.as_json(), json_dumps_params={"indent": 2})
        answer["Content-Disposition"] = disposition(page.edition, "json")
        return answer

    def report_page(self, request, object_id):
        """Raises Http404 where nothing has begun to leave."""
        edition = self.found(request, object_id)
        if edition.audience_frozen_at is None:
            raise Http404
        return ReportPage(edition)


def disposition(edition: Edition, kind: str) -> str:
    what = f"correction-{edition.pk}" if edition.corrects_id else "report"
    return f'attachment; filename="{edition.newsletter.slug}-{edition.date}-{what}.{kind}"'
