"""Where a sentence ends, and where it only looks like it."""

import pytest

from papers.summarise.sentences import sentences


@pytest.mark.parametrize(
    "text",
    [
        "Some carriers, e.g. Alice and Bob, walk.",
        "The first round (i.e., the early one) is short.",
        "As Ahn et al. Showed, dogs bark. ".strip(),
        "It takes 2.5 hours for 56\\% of the 1.7 million letters.",
        "Postman 1.0.3 is faster vs. Postman 0.9 on hills.",
        "We follow J. Smith and A. B. Clark here.",
        "The map (see Fig. 2) and Eq. 3 agree approx. everywhere.",
        "Routes are i.i.d. samples w.r.t. the U.S. mail.",
        "Stamps, seals, etc. are kept.",
        "Dr. Post and Prof. Letter agree.",
    ],
)
def test_a_stop_inside_a_sentence_does_not_end_it(text):
    assert list(sentences(text)) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "Letters get lost.| We find them.",
        "Does it help?| It does!| Mostly.",
        "It is version 2.0.| The next is 3.",
        "They call it “Home.”| We agree (mostly.)| So be it.",
        "The bag holds vitamin C.| We remove it.",
        "Half of it is gone.| iPost finds the rest.",
        "Postmen met in the U.S.| They walked.",
        "1. A map.| 2. A bag.",
        "Letters get lost in contexts.|In this work we look.",
        "No stop at the end.| And none here",
    ],
)
def test_a_sentence_ends_where_the_next_begins(text):
    assert list(sentences(text.replace("|", ""))) == [s.strip() for s in text.split("|")]


def test_line_breaks_and_blanks_are_folded():
    assert list(sentences("  A long\n  walk.\n\nA short one. ")) == ["A long walk.", "A short one."]


def test_no_text_has_no_sentences():
    assert list(sentences(" \n ")) == []
