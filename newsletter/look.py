"""The editor's desk: unfold's frame in the paper's colours."""

from django.templatetags.static import static

PALETTE = {
    "50": "#faf8f5",
    "100": "#f3f0ea",
    "200": "#e3ded4",
    "300": "#cdc6ba",
    "400": "#a8a196",
    "500": "#7d766c",
    "600": "#67615a",
    "700": "#4c4842",
    "800": "#35322d",
    "900": "#201e1b",
    "950": "#171614",
}
UNFOLD = {
    "SITE_TITLE": "Paperboy",
    "SITE_HEADER": "Paperboy",
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda request: static("newsletter/icon.svg"),
        },
    ],
    "SHOW_LANGUAGES": True,
    "LOGIN": {"form": "newsletter.login.LoginForm"},
    "ACCOUNT": {"navigation": "newsletter.admin.navigation.account"},
    "BORDER_RADIUS": "4px",
    "STYLES": ["newsletter.admin.navigation.stylesheet"],
    "DASHBOARD_CALLBACK": "newsletter.admin.front.front_page",
    "SIDEBAR": {"navigation": "newsletter.admin.navigation.groups"},
    "COLORS": {
        "base": PALETTE,
        "primary": PALETTE
        | {"500": "#a8a196", "600": "#4c4842", "700": "#35322d", "800": "#201e1b"},
        "font": {"subtle-light": "var(--color-base-600)"},
    },
}
