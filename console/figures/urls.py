"""The addresses of this subject."""

from django.urls import path

from console.figures import views

urlpatterns = [
    path("figures/", views.figures, name="figures"),
    path("figures/file", views.download, name="figures_file"),
]
