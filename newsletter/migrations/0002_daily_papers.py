"""The default newsletter, so that a new installation has something to build."""

from django.db import migrations


def make_daily_papers(apps, schema_editor):
    newsletters = apps.get_model("newsletter", "Newsletter").objects
    newsletters.get_or_create(slug="daily-papers", defaults={"name": "Daily Papers"})


def keep_it(apps, schema_editor):
    """Going back drops the table; there is nothing to undo here."""


class Migration(migrations.Migration):
    dependencies = [("newsletter", "0001_initial")]
    operations = [migrations.RunPython(make_daily_papers, keep_it)]
