"""Which installation this database mails for."""

from django.db import models


class Installation(models.Model):
    """One row, written when the first edition leaves: the site that this database mails for.

    A copy of the database under another site's settings must not mail its readers a second time.
    """

    site_url = models.URLField()
    armed_at = models.DateTimeField(auto_now=True)
