import pytest
from django.utils.translation import override

from newsletter.models import Edition, Override, WrongState
from newsletter.preflight import preflight
from newsletter.preflight.override import override_stop
from tests.factories import make_edition, make_editor, make_paper, make_visit

DEAD = "https://code.example/parcels"
pytestmark = pytest.mark.django_db


@pytest.fixture
def kim():
    return make_editor("kim")


@pytest.fixture
def edition() -> Edition:
    make_visit(DEAD, state="gone", said="HTTP 404 Not Found")
    return make_edition(papers=[make_paper(code_url=DEAD)])


@pytest.fixture
def stop(edition) -> str:
    return preflight(edition).stops[0].fingerprint


def test_a_reason_is_needed(edition, stop, kim):
    with override("en"), pytest.raises(WrongState, match="Write why"):
        override_stop(edition, stop, kim, "  ")

    assert not Override.objects.exists()


def test_what_does_not_stop_it_cannot_be_overridden(edition, kim):
    with override("en"), pytest.raises(WrongState, match="does not stop"):
        override_stop(edition, "0" * 64, kim, "Because.")

    assert not Override.objects.exists()


def test_of_two_editors_the_second_is_told(edition, stop, kim):
    stale = Edition.objects.get(pk=edition.pk)
    override_stop(edition, stop, kim, "They move today.")

    with pytest.raises(WrongState):
        override_stop(stale, stop, make_editor("lee"), "Me, too.")

    assert Override.objects.get().by_name == "kim"


def test_an_override_of_a_mails_size_ends_when_a_headline_changes(kim):
    edition = make_edition()
    edition.renditions.filter(language="en").update(intro="A very long intro. " * 6000)
    (stop,) = preflight(edition).stops
    override_stop(edition, stop.fingerprint, kim, "The last words are not missed.")
    overridden = preflight(edition).stops

    edition.entries.update(headlines={"en": "A map of letters"})

    assert (overridden, [each.check for each in preflight(edition).stops]) == ([], ["size"])


def test_the_name_stays_when_the_account_goes(edition, stop, kim):
    override_stop(edition, stop, kim, "They move today.")

    kim.delete()

    word = Override.objects.get()
    assert (word.by, word.by_name, word.reason) == (None, "kim", "They move today.")
