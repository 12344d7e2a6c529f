"""The roundup of the default newsletter, so that its readers can choose to hear once a week."""

from django.db import migrations


def make_weekly_papers(apps, schema_editor):
    newsletters = apps.get_model("newsletter", "Newsletter").objects
    daily = newsletters.get(slug="daily-papers")
    same = ("languages", "source", "time_zone", "lag_days", "build_time", "send_time", "from_name")
    same += ("from_address", "reply_to", "postal_address", "approval_required", "expires_after")
    newsletters.get_or_create(
        slug="weekly-papers",
        defaults={
            "name": "Weekly Papers",
            "roundup_of": daily,
            "weekdays": [5],
            "max_entries": 10,
            **{name: getattr(daily, name) for name in same},
        },
    )


def keep_it(apps, schema_editor):
    """Going back drops the column that makes it a roundup; what it has sent stays."""


class Migration(migrations.Migration):
    dependencies = [("newsletter", "0009_roundups")]
    operations = [migrations.RunPython(make_weekly_papers, keep_it)]
