"""The addresses of the console, by subject. All of them lie behind console/door.py."""

from django.urls import include, path

from console import home, language

app_name = "console"
urlpatterns = [
    path("", home.home, name="home"),
    path("language", language.choose, name="language"),
    path("", include("console.login.urls")),
    path("", include("console.conversations.urls")),
    path("", include("console.content.urls")),
    path("", include("console.handover.urls")),
    path("", include("console.figures.urls")),
    path("", include("console.health.urls")),
    path("", include("console.account.urls")),
    path("", include("console.team.urls")),
    path("", include("console.audit.urls")),
    path("", include("console.review.urls")),
]
