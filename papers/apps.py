from django.apps import AppConfig
from django.core.checks import register
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _


class PapersConfig(AppConfig):
    name = "papers"
    verbose_name = _("Papers")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
<<<<<<< HEAD
        """A glossary that cannot be read stops the start, and no build in its middle."""
        from papers.summarise.glossary import require_glossaries  # noqa: PLC0415 needs models

        require_glossaries()
=======
        register(import_string("papers.checks.models_have_a_price"))
>>>>>>> 06651f3af520bd668f18a40d64bed00c5d620e65
