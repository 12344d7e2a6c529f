"""What checks say, in plain words; each sentence names the string that was found."""

from django.utils.translation import gettext_lazy as _

REASONS = {
    "terms.few": _("Not in the source: %(names)s."),
    "terms.too_few_to_tell": _("It names too little to be told from a summary of another paper."),
    "source.missing": _("There is no source to hold it against."),
    "glossary.avoided": _("“%(found)s” for “%(term)s”: our glossary writes “%(write)s”."),
}
