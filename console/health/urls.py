"""The addresses of this subject."""

from django.urls import path

from console.health import deliveries, views

urlpatterns = [
    path("health/", views.state, name="health"),
    path("health/now/", views.now, name="health-now"),
    path("health/deliveries/retry/", deliveries.every, name="health-retry-all"),
    path("health/deliveries/<int:number>/retry/", deliveries.one, name="health-retry"),
]
