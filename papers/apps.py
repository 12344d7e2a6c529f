from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PapersConfig(AppConfig):
    name = "papers"
    verbose_name = _("Papers")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """A glossary that cannot be read stops the start, and no build in its middle."""
        from papers.summarise.glossary import require_glossaries  # noqa: PLC0415 needs models

        require_glossaries()
