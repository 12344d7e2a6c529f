"""Papers at the desk: to correct one changes the editions that print it."""

from django.contrib import admin

from newsletter.admin.approved import AsksFirst
from papers.admin.papers import PaperAdmin
from papers.models import Paper

admin.site.unregister(Paper)


@admin.register(Paper)
class DeskPaperAdmin(AsksFirst, PaperAdmin):
    def paper_of(self, request, obj):
        return obj and obj.pk
