"""The form, ours and those on other sites. Without a cookie there is no CSRF to protect from."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import (
    activate,
    get_language,
    get_language_from_request,
    override,
)
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsletter import proof
from newsletter.consent import Origin, read_on_form
from newsletter.embed import embedded
from newsletter.forms import SubscribeForm
from newsletter.joining import Answer, ask, newsletter_named
from newsletter.models import Consent, Newsletter
from newsletter.network import network_key
from newsletter.views.readers import page, too_many


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest) -> HttpResponse:
    """The form; its answer is the same whatever we know of the address."""
    if request.method != "POST":
        return page(
            request, "subscribe", form=SubscribeForm(wanted(request.GET.get("newsletter", "")))
        )
    if "embedded" in request.POST:
        return subscribe_elsewhere(request)
    newsletter = wanted(request.POST.get("newsletter", ""))
    with override(read_in(request)):
        read = read_on_form(newsletter)
    if (chosen := request.POST.get("language", "")) in newsletter.languages:
        activate(chosen)
    origin = Origin(Consent.Source.FORM, network=network_key(request), **read)
    return answer(request, SubscribeForm(newsletter, request.POST.dict()), origin)


def subscribe_elsewhere(request: HttpRequest) -> HttpResponse:
    """From a form on another site. What it cannot say is said on our page, with our form.

    A form that is not of our making ends there, too: nobody knows what its readers read.
    """
    shown = embedded(request.POST["embedded"])
    if shown is None:
        return once_more(request)
    newsletter = wanted(shown.slug)
    activate(shown.language)
    data = request.POST.dict() | {"language": newsletter.language_for(shown.language)}
    return answer(request, SubscribeForm(newsletter, data), shown.origin(network_key(request)))


def once_more(request: HttpRequest) -> HttpResponse:
    """Our form, with the address filled in."""
    activate(get_language_from_request(request))
    newsletter = wanted("")
    typed = {
        "email": request.POST.get("email", ""),
        "language": newsletter.page_language,
        "shown_at": "elsewhere",
    }
    return page(request, "subscribe", form=SubscribeForm(newsletter, typed))


def read_in(request: HttpRequest) -> str | None:
    """The language of the page on which a form of ours stood."""
    language = request.POST.get("read_in", "")
    return language if language in dict(settings.LANGUAGES) else get_language()


def answer(request: HttpRequest, form: SubscribeForm, origin: Origin) -> HttpResponse:
    if not form.is_valid():
        return page(request, "subscribe", form=form)
    taken = ask(form, origin)
    if taken is Answer.NEEDS_PROOF:
        # A correction that was taken is not offered again.
        form.data = {**form.data, "email": form.cleaned_data["email"]}
        return page(request, "subscribe", form=form, challenge=proof.challenge())
    if taken is Answer.TOO_MANY:
        return too_many(request, origin.network)
    return page(request, "subscribed")


def wanted(slug: str) -> Newsletter:
    """Raises Http404."""
    if newsletter := newsletter_named(slug):
        return newsletter
    raise Http404
