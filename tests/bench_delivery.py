"""What the steps from a draft to the inbox cost here: `pytest -s tests/bench_delivery.py`.

Nothing is judged. The relay stands in the same process, so that its work is in the last figure;
compare the ratios of one run, not the seconds of two.
"""

import statistics
import time

from newsletter.approve import approve_edition
from newsletter.compose import compose_edition
from newsletter.deliver import deliver_edition
from newsletter.management.commands.demo import write_summaries
from newsletter.message import edition_message
from newsletter.render import render_edition
from newsletter.sample import DAY, LANGUAGES, sample_answer
from papers.fetch import store_answer
from tests.factories import make_addressee, make_subscription

READERS = 400
ROUNDS = 7


def test_what_an_edition_of_twelve_papers_costs(daily_papers, relay, capsys):
    store_answer(daily_papers.source, DAY, sample_answer())
    for language in LANGUAGES:
        write_summaries(language)
    edition = compose_edition(daily_papers, DAY)
    render = milliseconds(lambda: render_edition(edition, "ko"))
    approve_edition(edition)
    readers = [make_subscription(language=LANGUAGES[n % 2]) for n in range(READERS)]
    rendition = edition.renditions.get(language="ko")
    reader = make_addressee(readers[0], rendition)
    message = milliseconds(lambda: edition_message(rendition, reader).message().as_bytes())
    started = time.perf_counter()
    balance = deliver_edition(edition)
    each = (time.perf_counter() - started) * 1000 / READERS

    assert balance.accepted == READERS
    with capsys.disabled():
        print(f"\nrender, once a language   {render:6.1f} ms   {render / message:5.1f} messages")
        print(f"message, once a reader    {message:6.1f} ms   1 message")
        print(f"delivery, a reader        {each:6.1f} ms   {each / message:5.1f} messages")


def milliseconds(step) -> float:
    """The median of some runs, after one that is not counted."""
    times = []
    for _ in range(ROUNDS + 1):
        started = time.perf_counter()
        step()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times[1:])
