from django.contrib.staticfiles import finders


def test_the_icon_is_found_where_browsers_look_for_it(client):
    answer = client.get("/favicon.ico")

    assert (answer.status_code, answer.url) == (302, "/static/newsletter/icon.svg")
    assert finders.find("newsletter/icon.svg")
