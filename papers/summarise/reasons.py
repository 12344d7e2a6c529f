"""What checks say, in plain words; each sentence names the string that was found."""

from django.utils.translation import gettext_lazy as _

REASONS = {
    "terms.few": _("Not in the source: %(names)s."),
    "terms.too_few_to_tell": _("It names too little to be told from a summary of another paper."),
    "identification.names": _(
        "It may be invented, or of another paper. Not in the source: %(names)s."
    ),
    "identification.other": _(
        "It may be invented, or of another paper: of these days’ papers its own fits it only as "
        "no. %(rank)s. Not in the source: %(names)s."
    ),
    "identification.rank": _("By its words it is only no. %(rank)s of these days’ papers."),
    "evidence.not_there": _(
        "The source does not have the sentence it is said to rest on: “%(quote)s”."
    ),
    "source.missing": _("There is no source to hold it against."),
    "glossary.avoided": _("“%(found)s” for “%(term)s”: our glossary writes “%(write)s”."),
}
