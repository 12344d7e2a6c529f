"""What is written where an editor writes nothing."""

import pytest

from newsletter.render import render_edition
from newsletter.render.defaults import Defaults, defaults
from tests.factories import make_edition

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("papers", [1, 3])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_defaults_are_what_the_mail_says(language, papers):
    edition = make_edition(papers=papers)
    mail = render_edition(edition, language)

    assert defaults(edition, language) == Defaults(mail.subject, mail.preheader)


def test_they_stay_whatever_the_editor_wrote():
    edition = make_edition(papers=2)
    before = defaults(edition, "en")

    edition.renditions.update(subject="Mine", preheader="Mine, too")

    assert defaults(edition, "en") == before


def test_they_cost_three_queries(django_assert_num_queries):
    edition = make_edition(papers=30)
    assert edition.newsletter.languages

    with django_assert_num_queries(3):
        defaults(edition, "ko")
