from papers.summarise.claims import Statement, standing, statements
from papers.summarise.draft import Claim

FIRST, SECOND = Claim("whats_new", "A map.", "We map."), Claim("whats_new", "A key.", "We lock.")
OTHER = Claim("technical_details", "A map.", "We map it.")


def test_words_between_claims_are_statements_of_their_own():
    found = statements("whats_new", "So: A map. And A key.", [FIRST, OTHER, SECOND])

    assert found == [
        Statement(0, "So:"),
        Statement(4, "A map.", FIRST),
        Statement(11, "And"),
        Statement(15, "A key.", SECOND),
    ]


def test_a_claim_that_stands_there_no_more_takes_its_words_with_it():
    found = statements("whats_new", "A map of all. A key.", [FIRST, SECOND])

    assert [(each.text, each.claim) for each in found] == [
        ("A map of all.", None),
        ("A key.", SECOND),
    ]


def test_of_two_claims_with_the_same_words_each_has_its_own_place():
    found = statements("whats_new", "A map. A map.", [FIRST, FIRST])

    assert [each.start for each in found] == [0, 7]


def test_only_claims_whose_words_still_stand_in_their_part_are_kept():
    parts = {"whats_new": "A key.", "technical_details": "A map."}

    assert standing(parts, [FIRST, SECOND, OTHER]) == [SECOND, OTHER]
