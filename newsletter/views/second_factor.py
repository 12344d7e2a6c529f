"""The pages of the second factor: the code after the password, and an editor's own device."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import cast

from django.conf import settings
from django.contrib import admin, auth, messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect

from newsletter import audit, second_factor
from newsletter.audit import Act
from newsletter.login import CodeForm, PasswordForm

View = Callable[[HttpRequest], HttpResponse]


def of_an_editor(page: Callable[[HttpRequest, User], HttpResponse]) -> View:
    """For whoever has given the password, and the code, if one is owed and this is not its page."""

    @never_cache
    @csrf_protect
    @wraps(page)
    def guarded(request: HttpRequest) -> HttpResponse:
        editor = request.user
        is_editor = editor.is_active and editor.is_staff
        if not is_editor or (page is not code and second_factor.is_owed(request)):
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        return page(request, cast(User, editor))

    return guarded


# After the password


def code(request: HttpRequest, editor: User) -> HttpResponse:
    """The second half of signing in; or out again, as somebody else."""
    if "leave" in request.POST:
        audit.record(request, Act.SIGNED_OUT)
        auth.logout(request)
        return redirect("admin:login")
    if not second_factor.is_owed(request):
        return redirect(where_to(request))
    form = CodeForm(request, partial(second_factor.give, request))
    if request.method == "POST" and form.is_valid():
        audit.record(request, Act.RECOVERY_CODE_GIVEN if form.taken else Act.CODE_GIVEN)
        if form.taken:
            count_down(request, editor)
        return redirect(where_to(request))
    return shown(request, "code", title=_("Second step"), form=form)


def where_to(request: HttpRequest) -> str:
    """Where the editor wanted to go, if it is a page of this site."""
    wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
    hosts = {request.get_host()}
    is_ours = url_has_allowed_host_and_scheme(wanted, hosts, require_https=request.is_secure())
    return wanted if is_ours else reverse("admin:index")


def count_down(request: HttpRequest, editor: User) -> None:
    left = second_factor.codes_left(editor)
    said = ngettext(
        "That was a recovery code: %(count)s is left. If your device is lost, set up another.",
        "That was a recovery code: %(count)s are left. If your device is lost, set up another.",
        left,
    )
    messages.warning(request, said % {"count": left})


# One's own device


def own(request: HttpRequest, editor: User) -> HttpResponse:
    """How it stands; by POST one of ORDERS, which the password or a code allows."""
    device = second_factor.device_of(editor)
    form = asked_for(request, editor)
    if request.method == "POST" and (form is None or form.is_valid()):
        order = ORDERS.get(request.POST.get("do", ""), begin) if device else begin
        return order(request, editor)
    left = second_factor.codes_left(editor)
    title = _("Second factor")
    return shown(request, "own", title=title, device=device, form=form, codes_left=left)


def asked_for(request: HttpRequest, editor: User) -> CodeForm | PasswordForm | None:
    """A code of the device; without one the password, unless it was given a moment ago."""
    if second_factor.device_of(editor):
        return CodeForm(request, partial(second_factor.check, editor))
    return None if second_factor.is_fresh(editor) else password_form(request, editor)


def password_form(request: HttpRequest, editor: User) -> PasswordForm:
    """As at the door, limits and all, for one's own name."""
    typed = {"username": editor.get_username(), "password": request.POST.get("password", "")}
    return PasswordForm(request, typed if request.method == "POST" else None)


def begin(request: HttpRequest, editor: User) -> HttpResponse:
    second_factor.begin(request)
    return redirect("admin:second_factor_set_up")


def new_codes(request: HttpRequest, editor: User) -> HttpResponse:
    codes = second_factor.renew_codes(editor)
    audit.record(request, Act.CODES_RENEWED)
    return codes_page(request, codes)


def turn_off(request: HttpRequest, editor: User) -> HttpResponse:
    """Not where everybody has to have one."""
    if not settings.REQUIRE_SECOND_FACTOR:
        second_factor.remove(editor)
        audit.record(request, Act.FACTOR_REMOVED)
        messages.success(request, _("The second factor is off. Your password alone lets you in."))
    return redirect("admin:second_factor")


ORDERS = {"begin": begin, "codes": new_codes, "off": turn_off}


def set_up(request: HttpRequest, editor: User) -> HttpResponse:
    """The picture for the app, until a code of it shows that it was taken, for a few minutes."""
    device = second_factor.begun(request)
    if device is None:
        return redirect("admin:second_factor")
    form = CodeForm(request, partial(second_factor.confirm, request))
    if request.method == "POST" and form.is_valid():
        audit.record(request, Act.FACTOR_SET_UP)
        return codes_page(request, form.taken)
    return shown(
        request,
        "set_up",
        title=_("Set up the second factor"),
        form=form,
        picture=second_factor.picture(device),
        key=second_factor.in_groups(second_factor.spelt(device)),
    )


def codes_page(request: HttpRequest, codes: list[str]) -> HttpResponse:
    spaced = [second_factor.in_groups(each) for each in codes]
    return shown(request, "codes", title=_("Recovery codes"), codes=spaced)


def shown(request: HttpRequest, name: str, **more: object) -> HttpResponse:
    """In the desk's frame for whoever is at the desk, and without it at the door."""
    is_in = admin.site.has_permission(request)
    frame = "admin/base_site.html" if is_in else "unfold/layouts/unauthenticated.html"
    context = admin.site.each_context(request) | {"frame": frame, "is_in": is_in} | more
    context["is_required"] = settings.REQUIRE_SECOND_FACTOR
    return TemplateResponse(request, f"admin/second_factor/{name}.html", context)


urls = [
    path("login/code/", of_an_editor(code), name="login_code"),
    path("second-factor/", of_an_editor(own), name="second_factor"),
    path("second-factor/set-up/", of_an_editor(set_up), name="second_factor_set_up"),
]
