"""A named publication: what it reads, when it goes out, in which languages, from whom."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from newsletter.languages import page_language
from papers.sources import is_source, known_sources


def known_source(name: str) -> None:
    if not is_source(name):
        raise ValidationError(
            _("%(name)s is no source of papers; there is: %(known)s"),
            params={"name": name, "known": known_sources()},
        )


@cache
def time_zone_names() -> frozenset[str]:
    """Looked up once: it opens every file of the time zone database."""
    return frozenset(available_timezones())


def known_time_zone(name: str) -> None:
    if name not in time_zone_names():
        raise ValidationError(_("%(name)s is not an IANA time zone"), params={"name": name})


def weekdays_in_order(days: list[int]) -> None:
    if not days or days != sorted(set(days)) or not set(days) <= set(range(1, 8)):
        raise ValidationError(_("Weekdays are numbers from 1 (Monday) to 7, each once, in order"))


def an_hour_to_a_week(duration: timedelta) -> None:
    if not timedelta(hours=1) <= duration <= timedelta(days=7):
        raise ValidationError(_("Write a time from 1 hour to 7 days, such as 12:00:00"))


def is_between(at: time, begin: time, end: time) -> bool:
    """On the face of a clock: an end before its beginning is the next day's."""
    return begin <= at < end if begin < end else at >= begin or at < end


def up_to_a_day(duration: timedelta) -> None:
    if not timedelta() <= duration <= timedelta(days=1):
        raise ValidationError(_("Write a time of up to 24 hours, such as 00:10:00"))


def working_days() -> list[int]:
    return [1, 2, 3, 4, 5]


def korean_and_english() -> list[str]:
    return ["ko", "en"]


class NewsletterQuerySet(models.QuerySet["Newsletter"]):
    def taking_readers(self) -> NewsletterQuerySet:
        """Those in print that have readers of their own."""
        return self.filter(is_active=True, roundup_of=None)


class Newsletter(models.Model):
    """A publication. Its times are wall-clock times in its own zone, daylight saving included."""

    DEFAULT_SLUG = "daily-papers"

    slug = models.SlugField(
        _("name in links"),
        unique=True,
        help_text=_("stands in links and in every mail, so it stays as it is first saved"),
    )
    name = models.CharField(_("name"), max_length=100)
    source = models.CharField(
        _("source"), max_length=32, default="huggingface", validators=[known_source]
    )
    roundup_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="roundups",
        verbose_name=_("sums up the week of"),
        help_text=_(
            "Then it has no readers and no source of its own: it prints the best of that "
            "newsletter's week, for those of its readers who chose to hear once a week."
        ),
    )
    languages = models.JSONField(
        _("languages"),
        default=korean_and_english,
        help_text=_("language codes, the main one first"),
    )

    time_zone = models.CharField(
        _("time zone"), max_length=64, default="Asia/Seoul", validators=[known_time_zone]
    )
    weekdays = models.JSONField(
        _("weekdays"),
        default=working_days,
        validators=[weekdays_in_order],
        help_text=_("dates that have an edition: 1 is Monday"),
    )
    lag_days = models.PositiveSmallIntegerField(
        _("days behind"),
        default=1,
        validators=[MaxValueValidator(31)],
        help_text=_("days between a list's date and the morning that its edition goes out"),
    )
    build_time = models.TimeField(_("built from"), default=time(6, 0))
    send_time = models.TimeField(_("sent at"), default=time(7, 0))
    expires_after = models.DurationField(
        _("expires after"),
        default=timedelta(hours=12),
        validators=[an_hour_to_a_week],
        help_text=_("after the send time, old news stays unsent"),
    )
    approval_required = models.BooleanField(
        _("waits for an editor's approval"),
        default=False,
        help_text=_("if not, a draft goes out by itself at the send time"),
    )
    undo_seconds = models.PositiveSmallIntegerField(
        _("seconds to undo"),
        default=60,
        validators=[MaxValueValidator(3600)],
        help_text=_("between approval, or the send time, and the first mail; 0: none"),
    )
    quiet_from = models.TimeField(
        _("quiet from"),
        null=True,
        blank=True,
        help_text=_("nothing leaves from then on; blank: no hour is quiet"),
    )
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    canary_percent = models.PositiveSmallIntegerField(
        _("percent that go first"),
        default=0,
        validators=[MaxValueValidator(50)],
        help_text=_("of the readers; 0: all go together"),
    )
    canary_wait = models.DurationField(
        _("the others wait"), default=timedelta(minutes=10), validators=[up_to_a_day]
    )

    max_entries = models.PositiveSmallIntegerField(
        _("papers at most"), default=20, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    min_votes = models.PositiveIntegerField(_("votes at least"), default=0)

    from_name = models.CharField(_("sender's name"), max_length=100, blank=True)
    from_address = models.EmailField(_("sender's address"), blank=True)
    reply_to = models.EmailField(_("answers go to"), blank=True)
    postal_address = models.CharField(_("postal address"), max_length=300, blank=True)

    own_links = models.BooleanField(
        _("links lead through this site"),
        default=False,
        db_default=False,
        help_text=_(
            "so that one can still be mended in mails that have left; nobody is told apart by "
            "them, and nothing is counted"
        ),
    )

    is_active = models.BooleanField(_("in print"), default=True)

    objects = NewsletterQuerySet.as_manager()

    class Meta:
        verbose_name = _("newsletter")
        verbose_name_plural = _("newsletters")
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.name

    @property
    def subscribed_id(self) -> int:
        """The newsletter whose subscriptions it goes to."""
        return self.roundup_of_id or self.pk

    @property
    def read_from(self) -> str:
        """The source of its papers; a roundup's are those of the newsletter that it sums up."""
        return (self.roundup_of or self).source

    @property
    def takes_readers(self) -> bool:
        return self.is_active and self.roundup_of_id is None

    @property
    def is_default(self) -> bool:
        """Whether the site stands on it."""
        return self.slug == self.DEFAULT_SLUG

    @property
    def roundup(self) -> Newsletter | None:
        """Where its readers can choose to hear once a week: what they get then."""
        return self.roundups.filter(is_active=True).order_by("pk").first()

    def clean(self) -> None:
        self.clean_roundup()
        if self.build_time >= self.send_time:
            wrong = _(
                "It is built from %(build)s and sent at %(send)s. "
                "Let it be built before the time at which it is sent."
            )
            times = {"build": f"{self.build_time:%H:%M}", "send": f"{self.send_time:%H:%M}"}
            raise ValidationError({"build_time": ValidationError(wrong, params=times)})
        self.clean_quiet_hours()

    def clean_roundup(self) -> None:
        if self.roundup_of is None:
            return
        if self.roundup_of_id == self.pk or self.roundup_of.roundup_of_id:
            raise ValidationError({"roundup_of": _("Choose a newsletter with readers of its own.")})
        if missing := set(self.languages) - set(self.roundup_of.languages):
            wrong = _("%(name)s has nothing to print in: %(languages)s.")
            names = {"name": self.roundup_of.name, "languages": ", ".join(sorted(missing))}
            raise ValidationError({"languages": ValidationError(wrong, params=names)})

    def clean_quiet_hours(self) -> None:
        begin, end = self.quiet_from, self.quiet_until
        if (begin is None) != (end is None):
            raise ValidationError({"quiet_until": _("Quiet hours have a beginning and an end.")})
        if begin is None or end is None:
            return
        if begin == end:
            raise ValidationError({"quiet_until": _("Quiet hours end before they begin again.")})
        if is_between(self.send_time, begin, end):
            wrong = _("It is sent at %(send)s: let its quiet hours end by then, or begin later.")
            send = {"send": f"{self.send_time:%H:%M}"}
            raise ValidationError({"quiet_until": ValidationError(wrong, params=send)})

    def language_for(self, wanted: str) -> str:
        """The language to write in for someone who asked for `wanted`."""
        return wanted if wanted in self.languages else self.languages[0]

    @property
    def page_language(self) -> str:
        """The language its texts are shown in on a page of the active language."""
        return self.language_for(page_language())

    def build_at(self, day: date) -> datetime:
        """The moment from which the edition of a day may be built."""
        return self._wall_clock(day, self.build_time)

    def send_at(self, day: date) -> datetime:
        """The moment from which the edition of a day may be sent."""
        return self._wall_clock(day, self.send_time)

    def expires_at(self, day: date) -> datetime:
        """The moment from which the edition of a day is old news, and stays unsent."""
        return self.send_at(day) + self.expires_after

    def is_quiet(self, now: datetime) -> bool:
        """Whether it is the hour at which nothing of it leaves, by the clock on its own wall.

        Each night has one beginning and one end: where a clock is set back in between, the hour
        that comes twice is quiet, or not, as one.
        """
        if self.quiet_from is None or self.quiet_until is None:
            return False
        zone = ZoneInfo(self.time_zone)
        today = now.astimezone(zone).date()
        over_midnight = timedelta(days=self.quiet_until < self.quiet_from)
        return any(
            datetime.combine(day, self.quiet_from, zone).timestamp()
            <= now.timestamp()
            < datetime.combine(day + over_midnight, self.quiet_until, zone).timestamp()
            for day in (today - timedelta(days=1), today)
        )

    def due_day(self, now: datetime) -> date | None:
        """The date whose edition is to be built or sent at a moment, if any: the newest one.

        After an outage that is one edition that has not expired, never a backlog.
        """
        today = now.astimezone(ZoneInfo(self.time_zone)).date()
        for back in (0, 1):
            day = today - timedelta(days=self.lag_days + back)
            is_due = self.build_at(day) <= now < self.expires_at(day)
            if is_due and day.isoweekday() in self.weekdays:
                return day
        return None

    def next_send_at(self, now: datetime) -> datetime:
        """The next moment at which an edition is to be sent."""
        morning = now.astimezone(ZoneInfo(self.time_zone)).date()
        days = (morning + timedelta(days=ahead - self.lag_days) for ahead in range(9))
        return next(
            self.send_at(day)
            for day in days
            if day.isoweekday() in self.weekdays and self.send_at(day) > now
        )

    def _wall_clock(self, day: date, at: time) -> datetime:
        morning = day + timedelta(days=self.lag_days)
        return datetime.combine(morning, at, tzinfo=ZoneInfo(self.time_zone))
