"""The addresses of this subject."""

from django.urls import path

from console.login import factor_views, views

urlpatterns = [
    path("login", views.login, name="login"),
    path("logout", views.logout, name="logout"),
    path("second-factor", factor_views.show, name="second_factor"),
    path("second-factor/new", factor_views.new, name="second_factor_new"),
    path("second-factor/codes", factor_views.codes, name="recovery_codes"),
    path("second-factor/remove", factor_views.remove, name="second_factor_remove"),
]
