"""The desk's way in for files, and the way out."""

import csv
from io import BytesIO, StringIO

import pytest
from django.contrib.auth.models import Permission

from newsletter import imports
from newsletter.admin.imports import ImportForm
from newsletter.intake import read
from newsletter.models import AuditEntry, Import, Newsletter, Subscription
from newsletter.tasks import take_import
from tests.desk import said
from tests.factories import make_editor, make_newsletter, make_subscription

pytestmark = pytest.mark.django_db

IMPORTS = "/en/admin/newsletter/import/"
LIST = "/en/admin/newsletter/subscription/"
TEXT = "email\ndana@example.org\nno address\n"
State = Import.State


@pytest.fixture
def editor(daily_papers):
    return make_editor(may="add")


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


def upload(desk, text=TEXT, **fields):
    file = BytesIO(text.encode())
    file.name = "readers.csv"
    form = {
        "newsletter": Newsletter.objects.get(slug=Newsletter.DEFAULT_SLUG).pk,
        "file": file,
        "wording": "Yes, mail me.",
        "is_confirmed": "on",
    }
    return desk.post(f"{IMPORTS}add/", form | fields)


def page(desk, found) -> str:
    return desk.get(f"{IMPORTS}{found.pk}/change/").content.decode()


def test_a_file_is_brought_looked_at_approved_and_taken_in(desk, editor):
    upload(desk)
    found = Import.objects.get()
    while_looked_at = page(desk, found)
    take_import(found.pk)
    before = page(desk, found)
    desk.post(f"{IMPORTS}{found.pk}/do/approve/")
    while_taken = page(desk, found)
    take_import(found.pk)
    after = page(desk, found)

    assert "being looked at" in while_looked_at and "every 2s" in while_looked_at
    assert "Take them in" in before and "every 2s" not in before
    assert "Line 3: Mail cannot reach this address. Is it spelled right?" in before
    assert "Take in nobody more" in while_taken
    assert "taken in" in after and "Yes, mail me." in after and "Approved" in after
    assert Subscription.objects.get().state == "confirmed"
    found.refresh_from_db()
    assert (found.created_by, found.approved_by, found.file_name) == (editor, editor, "readers.csv")
    assert [entry.act for entry in AuditEntry.objects.order_by("pk")] == ["added", "approve"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"wording": " "}, "This field is required."),
        ({"file": ""}, "This field is required."),
        ({"text": "name\nDana\n"}, "No column is called email; there is: name."),
        ({"text": "PK\x03\x04"}, "This is a spreadsheet, not CSV."),
        ({"text": "email\n"}, "There is nobody in it."),
    ],
)
def test_a_form_that_is_wrong_says_so_in_words_and_keeps_nothing(desk, fields, sentence):
    answer = upload(desk, **fields)

    assert sentence in answer.content.decode()
    assert not Import.objects.exists()


def test_a_roundup_one_out_of_print_and_a_stranger_are_no_choice(desk, daily_papers):
    roundup = Newsletter.objects.get(roundup_of=daily_papers)
    old = make_newsletter(slug="old", is_active=False)

    assert list(ImportForm().fields["newsletter"].queryset) == [daily_papers]
    for newsletter in (roundup.pk, old.pk, 0):
        assert "Select a valid choice." in upload(desk, newsletter=newsletter).content.decode()


def test_who_may_only_look_brings_and_decides_nothing(client, desk):
    upload(desk)
    found = Import.objects.get()
    take_import(found.pk)
    client.force_login(make_editor("lee", may="view"))

    answers = [
        upload(client),
        client.post(f"{IMPORTS}{found.pk}/do/approve/"),
        client.post(f"{IMPORTS}{found.pk}/do/cancel/"),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert "Take them in" not in page(client, found)
    assert Import.objects.get().state == State.CHECKED


def test_whoever_may_bring_a_file_sees_what_becomes_of_it(client, daily_papers):
    editor = make_editor(may="add")
    editor.user_permissions.remove(*Permission.objects.filter(codename="view_import"))
    client.force_login(editor)

    answer = client.get(upload(client).url)

    assert answer.status_code == 200
    assert f'href="{IMPORTS}"' in client.get("/en/admin/").content.decode()


def test_who_may_not_even_look_sees_nothing(client, desk):
    upload(desk)
    found = Import.objects.get()
    stranger = make_editor("lee")
    stranger.user_permissions.clear()
    client.force_login(stranger)

    paths = [f"{found.pk}/change/", f"{found.pk}/rejected.csv", ""]
    assert [client.get(f"{IMPORTS}{path}").status_code for path in paths] == [403, 403, 403]


def test_a_decision_is_a_press_of_a_button_and_made_once(desk):
    upload(desk)
    found = Import.objects.get()
    take_import(found.pk)

    looked = desk.get(f"{IMPORTS}{found.pk}/do/cancel/")
    desk.post(f"{IMPORTS}{found.pk}/do/cancel/")
    again = desk.post(f"{IMPORTS}{found.pk}/do/approve/")

    assert looked.status_code == 405
    assert said(again) == ["Someone else was faster."]
    assert Import.objects.get().state == State.CANCELLED


def test_a_file_cancelled_while_it_is_looked_at_is_not_counted(desk, monkeypatch):
    monkeypatch.setattr(read, "AT_ONCE", 1)
    upload(desk)
    found = Import.objects.get()
    imports.step(found.pk)
    imports.cancel(found)

    shown = page(desk, found)

    assert "not taken in" in shown and "Of 2 rows" not in shown


def test_a_file_cancelled_after_it_was_looked_at_still_tells_what_was_in_it(desk):
    upload(desk)
    found = Import.objects.get()
    take_import(found.pk)
    imports.cancel(found)

    assert "Of 2 rows" in page(desk, found)


def test_all_rejected_rows_are_in_a_file_and_twenty_on_the_page(desk):
    upload(desk, text="email\n" + "wrong\n" * 25)
    found = Import.objects.get()
    take_import(found.pk)

    shown = page(desk, found)
    answer = desk.get(f"{IMPORTS}{found.pk}/rejected.csv")

    lines = list(csv.DictReader(StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert [line["line"] for line in lines] == [str(number) for number in range(2, 27)]
    assert "Line 21: " in shown and "Line 22: " not in shown and "… and 5 more" in shown


def test_the_list_tells_of_each_file_what_became_of_it(desk):
    upload(desk)
    take_import(Import.objects.get().pk)

    listed = desk.get(IMPORTS).content.decode()

    assert "readers.csv" in listed
    assert "new readers 1 · are there already 0 · have left 0 · suppressed 0 · rejected 1" in listed


# Out


@pytest.fixture
def exporter(client, daily_papers):
    editor = make_editor(may="view")
    editor.user_permissions.add(Permission.objects.get(codename="export_subscription"))
    client.force_login(editor)
    return client


def exported(answer):
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeffemail,")
    return [row["email"] for row in csv.DictReader(StringIO(text.removeprefix("\ufeff")))]


@pytest.mark.parametrize(
    ("query", "emails"),
    [
        ("", ["alice@example.org", "bob@example.org", "dana@example.org", "emma@example.org"]),
        ("?state__exact=pending", ["bob@example.org"]),
        ("?language=en", ["emma@example.org"]),
        ("?q=dana@example.org", ["dana@example.org"]),
        ("?o=1", ["alice@example.org", "bob@example.org", "dana@example.org", "emma@example.org"]),
    ],
)
@pytest.mark.usefixtures("alice", "bob")
def test_the_file_has_those_whom_the_list_shows(exporter, query, emails, request):
    make_subscription("dana@example.org", make_newsletter(slug="ml"))
    request.getfixturevalue("emma")

    assert exported(exporter.post(f"{LIST}export/{query}")) == emails


def test_the_page_before_says_who_would_be_in_the_file(exporter, alice):
    shown = exporter.get(f"{LIST}export/?state__exact=pending&q=dana").content.decode()

    assert "Those that the list shows now:" in shown
    assert "<b>pending</b>" in shown and "<b>dana</b>" in shown


def test_it_is_noted_who_took_readers_out_and_no_address(exporter, alice):
    exported(exporter.post(f"{LIST}export/?language=ko&q=alice@example.org"))

    (noted,) = AuditEntry.objects.all()
    assert (noted.editor_name, noted.act) == ("kim", "exported")
    assert noted.message == "{'language': 'ko', 'q': '…'}"


def test_consents_are_in_the_file_where_they_are_asked_for(exporter, alice):
    answer = exporter.post(f"{LIST}export/", {"consents": "1"})

    assert b"consents" in answer.getvalue().splitlines()[0]


def test_looking_readers_up_is_no_right_to_take_all_of_them_out(client, alice):
    client.force_login(make_editor())

    assert client.get(f"{LIST}export/").status_code == 403
    assert client.post(f"{LIST}export/").status_code == 403
    assert "export/" not in client.get(LIST).content.decode()


def test_the_list_leads_in_and_out_for_those_who_may(client, alice):
    client.force_login(make_editor(is_superuser=True))

    listed = client.get(f"{LIST}?language=ko").content.decode()

    assert f'href="{LIST}export/?language=ko"' in listed
    assert f'href="{IMPORTS}add/"' in listed


def test_a_lookup_that_makes_no_sense_exports_nothing(exporter, alice):
    assert exporter.post(f"{LIST}export/?nonsense=1").status_code in (302, 404)
