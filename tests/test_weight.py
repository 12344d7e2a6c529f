"""How long a mail is, and what was shortened so that Gmail shows all of it."""

import pytest

from newsletter.approve import approve_edition
from newsletter.render import render_edition, what_readers_get
from newsletter.transfer import encoded
from newsletter.weight import Weight, weight_of
from tests.factories import make_edition, make_paper, make_summary

pytestmark = pytest.mark.django_db


def long_edition(count):
    papers = [make_paper(title=f"Number {number}") for number in range(1, count + 1)]
    for paper in papers:
        make_summary(paper, "ko", whats_new="아주 긴 이야기를 합니다. " * 60)
    return make_edition(papers=papers)


def test_a_mail_is_weighed_as_it_is_read_and_as_it_travels():
    mail = render_edition(make_edition(papers=2), "ko")

    assert weight_of(mail) == Weight(
        read=len(mail.html.encode()),
        travelling=len(encoded(mail.html).body),
        whole_count=2,
        titles=(),
    )
    assert not weight_of(mail).is_nearly_clipped


def test_what_is_only_a_title_so_that_nothing_is_clipped_is_named():
    edition = long_edition(40)

    weight = weight_of(render_edition(edition, "ko"))

    assert 0 < weight.whole_count < 40
    first_listed = weight.whole_count + 1
    assert weight.titles == tuple(f"Number {number}" for number in range(first_listed, 41))
    assert weight.percent <= 100


def test_it_is_said_before_anything_is_shortened():
    light, long, dense = ((80_000, 89_000), (82_000, 70_000), (40_000, 91_000))

    nearly = [Weight(*sizes, 12, ()).is_nearly_clipped for sizes in (light, long, dense)]

    assert nearly == [False, True, True]


def test_an_approved_mail_weighs_what_was_frozen():
    edition = long_edition(40)
    before = weight_of(render_edition(edition, "ko"))

    approve_edition(edition)

    assert weight_of(what_readers_get(edition, "ko")).titles == before.titles
