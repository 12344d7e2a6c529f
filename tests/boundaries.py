"""The boundaries of a sender's work, each told as a sentence's end: "a sender killed ..."

They are counted in slices of five: the second slice's second mail is the seventh.
"""

from tests.crash import after, before

DELIVER = "newsletter.deliver"
AUDIENCE = "newsletter.deliver.audience"
LEDGER = "newsletter.deliver.ledger"
FILES = "newsletter.deliver.journal.files"
CARRIER = "tests.crash:ScriptedCarrier"

AROUND_THE_AUDIENCE = {
    "after the edition was said to be freezing": after(f"{DELIVER}:advance"),
    "before the second part of the audience is written": before(f"{AUDIENCE}:insert").at(2),
    "after the second part, before its watermark": after(f"{AUDIENCE}:insert").at(2),
    "after the second part is committed": after(f"{AUDIENCE}:freeze_slice").at(2),
    "before the frozen edition is said to be sending": before(f"{DELIVER}:advance").at(2),
    "after the frozen edition was said to be sending": after(f"{DELIVER}:advance").at(2),
}
AROUND_THE_CLAIM = {
    "before the second slice is claimed": before(f"{LEDGER}:claim").at(2),
    "after the slice's row, before its deliveries": before(f"{LEDGER}:mark").at(2),
    "after the slice's deliveries are marked": after(f"{LEDGER}:mark").at(2),
    "before the journal is begun": before(f"{FILES}:FileJournal.begin").at(2),
    "before the journal's first line": before("newsletter.deliver.journal.lines:first_line").at(2),
    "after the journal is begun, before the commit": after(f"{FILES}:FileJournal.begin").at(2),
}
AROUND_A_MAIL = {
    "after the claim, before anything leaves": after(f"{LEDGER}:claim").at(2),
    "before its seventh mail is noted as starting": before(f"{FILES}:FileJournal.starting").at(7),
    "between a line of the journal and its count": before("os:pwrite").at(14),
    "after it is noted, before it leaves": after(f"{FILES}:FileJournal.starting").at(7),
    "after it has left, before an answer": after(f"{CARRIER}.ask").at(7),
    "after its answer, before that is noted": before(f"{FILES}:FileJournal.came_back").at(7),
    "after its answer is noted": after(f"{FILES}:FileJournal.came_back").at(7),
}
AROUND_THE_SETTLING = {
    "before the second slice is settled": before(f"{LEDGER}:settle").at(2),
    "after its accepted ones are written": after(f"{LEDGER}:write_accepted").at(2),
    "after its other answers are written": after(f"{LEDGER}:write_others").at(2),
    "after those without an answer are written": after(f"{LEDGER}:write_unknown").at(2),
    "after the slice is said to be settled, before the commit": after(
        "newsletter.models:Slice.save"
    ).at(4),
}
AROUND_THE_END = {
    "after the second slice is settled": after(f"{LEDGER}:settle").at(2),
    "before it lets go of its name": before("newsletter.deliver.liveness:let_go"),
    "after it has let go of its name": after("newsletter.deliver.liveness:let_go"),
    "before the edition is settled": before(f"{DELIVER}:settle"),
    "after the edition is said to be settling": after(f"{DELIVER}:advance").at(3),
}
WITH_NOTHING_IN_HAND = AROUND_THE_AUDIENCE | AROUND_THE_CLAIM | AROUND_THE_END
WITH_A_SLICE_IN_HAND = AROUND_A_MAIL | AROUND_THE_SETTLING
WHILE_IT_RECOVERS = {
    "after it has read the journal": before("newsletter.deliver.recover:conclude"),
    "after those without an answer are written": after(f"{LEDGER}:write_unknown"),
    "after the slice is said to be settled, before the commit": after(
        "newsletter.models:Slice.save"
    ),
    "after the slice is settled": after(f"{LEDGER}:settle"),
}
IN_THE_AIR = AROUND_A_MAIL["after it has left, before an answer"]
