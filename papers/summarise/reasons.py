"""What checks say, in plain words; each sentence names the string that was found."""

from django.utils.translation import gettext_lazy as _

REASONS = {
    "source.missing": _("There is no source to hold it against."),
    "summary.none": _("It has no summary."),
    "source.short": _("The source has only %(count)s characters."),
    "parts.none": _("It is not in the three parts."),
    "parts.missing": _("The part “%(part)s” is missing."),
    "parts.unknown": _("“%(part)s” is none of the three parts."),
    "parts.repeated": _("“%(part)s” says the same as another part."),
    "length.short": _("“%(part)s” has %(count)s characters; at least %(limit)s are usual."),
    "length.long": _("“%(part)s” has %(count)s characters; at most %(limit)s are usual."),
    "length.sentences": _("“%(part)s” has %(count)s sentences; at most %(limit)s are usual."),
    "ending.cut": _("“%(part)s” stops in mid-sentence: “…%(end)s”."),
    "language.other": _("Only %(percent)s%% of its letters are of the language it should be in."),
    "language.words": _("It is written in another language than it should be: “%(words)s”."),
    "script.foreign": _("A word in a foreign script that the source does not have: “%(word)s”."),
    "numbers.unsupported": _("Not in the source: the number %(number)s."),
    "numbers.tenfold": _("%(number)s is not in the source, which has %(source)s: %(proposal)s?"),
    "numbers.zeros": _("%(number)s is not in the source, which has %(source)s."),
    "terms.few": _("Not in the source: %(names)s."),
    "terms.too_few_to_tell": _("It names too little to be told from a summary of another paper."),
    "coined.none": _("It mentions none of the paper’s own names: %(names)s."),
    "names.unseen": _("Not in the source: the name %(name)s."),
    "stock.concepts": _("Textbook words that the source does not have: %(concepts)s."),
    "stock.praise": _("Praise that would fit any paper: %(formulas)s."),
    "identification.names": _(
        "It may be invented, or of another paper. Not in the source: %(names)s."
    ),
    "identification.other": _(
        "It may be invented, or of another paper: of these days’ papers its own fits it only as "
        "no. %(rank)s. Not in the source: %(names)s."
    ),
    "identification.own": _(
        "It may be invented, or of another paper: of these days’ papers its own fits it only as "
        "no. %(rank)s, and it mentions none of that paper’s own names: %(own)s."
    ),
    "identification.rank": _("By its words it is only no. %(rank)s of these days’ papers."),
    "duplicate.alike": _("%(percent)s%% of it was written before of “%(title)s”."),
    "duplicate.same": _("It says much the same as was written of “%(title)s”: %(percent)s%%."),
    "evidence.not_there": _(
        "The source does not have the sentence it is said to rest on: “%(quote)s”."
    ),
    "evidence.short": _("“%(quote)s” is too short to rest a statement on."),
    "refusal.said": _("It reads like a refusal or a request, and no summary: “%(words)s”."),
    "links.foreign": _("A link that the source does not have: %(link)s."),
    "characters.unseen": _("A character that cannot be seen: %(code)s (%(name)s)."),
    "markup.left": _("Markup is left in it: “%(markup)s”."),
    "register.mixed": _("Its sentences end in different styles: “…%(first)s”, “…%(second)s”."),
    "acronym.other": _("%(short)s is said to stand for “%(words)s”; the source has “%(source)s”."),
    "acronym.letters": _("%(short)s does not fit “%(words)s”."),
    "glossary.avoided": _("“%(found)s” for “%(term)s”: our glossary writes “%(write)s”."),
}
