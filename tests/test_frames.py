"""A mail inside a page, at the desk and in the mailbox of development."""

from django.template.loader import render_to_string

from newsletter import frames

POLICY = [
    "default-src 'none'",
    "img-src https://paperboy.example/ https: data:",
    "style-src 'unsafe-inline'",
    "frame-ancestors 'self'",
    "sandbox allow-popups allow-popups-to-escape-sandbox",
]


def test_a_mail_runs_no_script_and_loads_nothing_but_pictures():
    pages = [frames.html_page("<html><head></head></html>"), frames.text_page("글")]

    assert [page.headers["Content-Security-Policy"].split("; ") for page in pages] == [POLICY] * 2


def test_the_links_of_a_mail_open_outside_of_the_frame():
    page = frames.html_page('<html><head><title>x</title></head><a href="/">x</a></html>')

    assert page.text == (
        '<html><head><base target="_blank"><title>x</title></head><a href="/">x</a></html>'
    )


def test_the_frame_allows_what_the_mail_in_it_allows():
    frame = render_to_string("newsletter/_mail_frame.html", {"src": "/x/", "title": "x"})

    assert f' sandbox="{frames.SANDBOX}"' in frame


def test_the_desk_may_scroll_a_mail_in_which_still_nothing_runs():
    page = frames.html_page("<html><head></head></html>", frames.SCROLLED_BY_US)

    assert page["Content-Security-Policy"].split("; ") == [
        *POLICY[:-1],
        "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox",
    ]
