"""The routes in mails, which must stay short and outlive a change of language."""

from django.urls import path

from newsletter.views import address, api, readers, redirect
from newsletter.views import subscribe as ways_in

urlpatterns = [
    path("subscribe/", ways_in.subscribe, name="subscribe"),
    path("api/subscribe/", api.subscribe, name="api_subscribe"),
    path("c/<str:token>/", readers.confirm, name="confirm"),
    path("u/<str:token>/", readers.unsubscribe, name="unsubscribe"),
    path("u/<str:token>/choices/", readers.choices, name="choices"),
    path("u/<str:token>/pause/", readers.pause, name="pause"),
    path("u/<str:token>/weekly/", readers.weekly, name="weekly"),
    path("u/<str:token>/access/", readers.send_access, name="send_access"),
    path("u/<str:token>/address/", address.ask, name="address"),
    path("l/<slug:key>/", redirect.follow, name="redirect"),
    path("m/<str:token>/", address.move, name="move"),
    path("a/<str:token>/", readers.access, name="access"),
    path("a/<str:token>/paperboy.json", readers.known, name="known"),
    path("u/<str:token>/again/", readers.subscribe_again, name="subscribe_again"),
]
