"""The addresses of the web process."""

from __future__ import annotations

from django.urls import include, path
from django.views.generic import RedirectView

from bot.web import errors, health, metrics

urlpatterns = [
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("metrics", metrics.page),
    path("", include("bot.channels.webchat.urls")),
    path("", include("bot.guide.urls")),
    path("console", RedirectView.as_view(url="/console/")),  # as people type it
    path("console/", include("console.urls")),
]

handler400 = errors.bad_request
handler404 = errors.not_found
handler500 = errors.server_error
