"""The desk's front page: what matters today. UNFOLD in the settings names `front_page`.

Whatever costs something was counted by the clock beforehand: the page takes a few queries, however
many readers and editions there are. Each part is there for whoever may see what it is made of.
"""

from django.http import HttpRequest

from newsletter import clock
from newsletter.admin.front import ahead, doctor, growth, lately
from newsletter.admin.navigation import may_see
from newsletter.models import Edition, Newsletter, Subscription

MOST_NEWSLETTERS = 12


def front_page(request: HttpRequest, context: dict[str, object]) -> dict[str, object]:
    now = clock.now()
    context["title"] = ahead.day_in_words(now)
    context["visit"] = doctor.visit(request, now)
    in_print = list(Newsletter.objects.filter(is_active=True)[:MOST_NEWSLETTERS])
    if may_see(request, Edition):
        context["ahead"] = ahead.ahead(in_print, now)
        context["lately"] = lately.lately()
    if may_see(request, Subscription):
        context["growth"] = growth.growth(in_print, now)
    return context
