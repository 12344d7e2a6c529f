"""What the bench for summaries plants, and how it measures what editors changed."""

from bench.summaries.figures import changed_share, edited
from bench.summaries.plant import planted
from papers.summarise.draft import Draft
from tests.recordings import GOOD, KINDS, MAP, STAMP, answer


def test_every_run_plants_the_same():
    draft = Draft("ko", GOOD)

    once, again = (list(planted(draft, MAP, [STAMP])) for _ in range(2))

    assert once == again
    assert {each.kind for each in once} == KINDS


def test_only_numbers_that_stand_in_the_source_are_made_wrong():
    draft = Draft("ko", {"whats_new": "소포 77개와 편지 48통입니다."})

    changed = [each.what for each in planted(draft, MAP, []) if each.kind.startswith("number")]

    assert len(changed) == 3
    assert all(what.startswith("48 → ") for what in changed)
    assert "48 → 480" in changed and "48 → 56" in changed


def test_thousands_and_decimals_keep_their_form():
    text = "StampNet has 640,000 envelopes and 7.5 watts."

    changed = {
        each.what
        for each in planted(Draft("en", {"whats_new": text}), STAMP, [])
        if each.kind in ("number: ten-fold", "number: 17 % more")
    }

    assert changed == {
        *("640,000 → 6,400,000", "640,000 → 748,800"),
        *("7.5 → 75", "7.5 → 8.8"),
    }


def test_how_far_editors_went_is_a_share_of_the_words():
    assert changed_share("a map of parcels", "a map of parcels") == 0
    assert changed_share("a map of parcels", "a map of letters") == 0.25
    assert edited([answer({"whats_new": "a map"})], {("2407.00001", "ko"): "a lamp"}) == {
        "compared": 1,
        "median": 0.5,
    }
    assert edited([answer()], {}) == {}
