import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import html

from newsletter.admin.history import MOST
from papers.models import Summary
from tests.desk import filled_form, said, save
from tests.factories import make_edition, make_editor, make_paper


@pytest.fixture
def edition(db):
    return make_edition(papers=[make_paper(title=title) for title in ("Alpha", "Beta", "Gamma")])


def words(client, edition):
    """Of each line, what was done."""
    url = f"/en/admin/newsletter/edition/{edition.pk}/history/"
    page = html.fromstring(client.get(url).content.decode())
    return [row.xpath("p[2]")[0].text for row in page.xpath("//div[@class='rewritings']/ol/li")]


def rewrite(client, summary, text):
    url = f"/admin/papers/summary/{summary.pk}/change/"
    return client.post(url, filled_form(client, url, "summary_form") | {"whats_new": text})


def test_every_change_stands_in_the_history_with_who_and_what(desk, edition):
    save(desk, edition, **{"entries-0-note": "Read this.", "entries-2-hidden": "on"})
    save(desk, edition, **{"entries-1-position": "1"})
    save(desk, edition, **{"entries-0-headline_en": "Lost", "renditions-0-subject": "소포"})
    rewrite(desk, Summary.objects.get(paper__title="Alpha", language="ko"), "새 글.")

    assert words(desk, edition) == [
        "Summary in 한국어: Alpha",
        "Subject (한국어)",
        "Headline in English of Beta",
        "Moved from no. 2 to no. 1: Beta",
        "Taken out: Gamma",
        "Note on Alpha",
    ]


def test_a_change_is_taken_back_on_the_page_of_the_history(desk, edition):
    save(desk, edition, **{"entries-2-hidden": "on"})
    change = edition.changes.get()

    answer = desk.post(
        f"/admin/newsletter/edition/{edition.pk}/history/{change.pk}/undo/", {"seen_version": 1}
    )

    assert said(answer)[-1] == "되돌렸습니다."
    assert not edition.entries.filter(hidden=True).exists()
    assert words(desk, edition)[:2] == ["Put back: Gamma", "Taken out: Gamma"]


def test_a_change_of_an_edition_that_has_changed_since_is_not_taken_back(desk, edition):
    save(desk, edition, **{"entries-2-hidden": "on"})
    change = edition.changes.get()
    save(desk, edition, **{"entries-0-note": "Read this."})

    answer = desk.post(
        f"/admin/newsletter/edition/{edition.pk}/history/{change.pk}/undo/", {"seen_version": 1}
    )

    assert said(answer)[-1] == "여신 뒤에 지면이 바뀌었습니다. 다시 살펴봐 주세요."
    assert edition.entries.filter(hidden=True).exists()


def test_only_what_still_stands_has_a_button(desk, edition):
    save(desk, edition, **{"entries-0-note": "First."})
    save(desk, edition, **{"entries-0-note": "Second."})

    page = desk.get(f"/en/admin/newsletter/edition/{edition.pk}/history/").content.decode()

    assert page.count("/undo/") == 1
    assert "<del>First.</del><ins>Second.</ins>" in page


def test_who_may_only_look_sees_the_history_without_buttons(desk, client, edition):
    save(desk, edition, **{"entries-0-note": "First."})
    client.force_login(make_editor("lee", may="view"))
    change = edition.changes.get()

    page = client.get(f"/admin/newsletter/edition/{edition.pk}/history/").content.decode()
    answer = client.post(f"/admin/newsletter/edition/{edition.pk}/history/{change.pk}/undo/")

    assert "kim" in page
    assert "/undo/" not in page
    assert answer.status_code == 403


def test_a_long_history_costs_no_more_queries(desk, edition):
    counts = []
    for _time in range(2):
        for number in range(3):
            save(desk, edition, **{"entries-0-note": f"{number} {_time}"})
        with CaptureQueriesContext(connection) as queries:
            desk.get(f"/admin/newsletter/edition/{edition.pk}/history/")
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_a_page_of_the_history_holds_a_hundred_lines_and_leads_to_what_was_before(desk, edition):
    note = {"kind": "note", "before": "", "version": 1, "by_name": "kim"}
    for number in range(MOST + 1):
        edition.changes.create(after=f"Note {number}", paper=edition.entries.first().paper, **note)
    url = f"/en/admin/newsletter/edition/{edition.pk}/history/"

    first = html.fromstring(desk.get(url).content.decode())
    [older] = first.xpath("//a[starts-with(@href, '?before=')]/@href")
    second = html.fromstring(desk.get(url + older).content.decode())

    pages = [page.xpath("//div[@class='rewritings']//ins/text()") for page in (first, second)]
    assert pages == [[f"Note {number}" for number in range(MOST, 0, -1)], ["Note 0"]]
    assert not second.xpath("//a[starts-with(@href, '?before=')]")


@pytest.mark.parametrize("before", ["now", "2024-07-03", "2024-07-03T08:00"])
def test_a_moment_that_is_none_shows_the_newest(desk, edition, before):
    save(desk, edition, **{"entries-0-note": "Read this."})

    url = f"/admin/newsletter/edition/{edition.pk}/history/?before={before}"

    assert "Read this." in desk.get(url).content.decode()
