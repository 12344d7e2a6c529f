"""Which installation this database mails for."""

from uuid import uuid4

from django.db import models


class Installation(models.Model):
    """One row, written when the first edition leaves: the site that this database mails for.

    A copy of the database under another site's settings must not mail its readers a second time.
    """

    site_url = models.URLField()
    ledger_id = models.UUIDField(default=uuid4)  # tells its journals from other databases'
    armed_at = models.DateTimeField(auto_now=True)
