"""The addresses of the pages."""

from __future__ import annotations

from django.urls import path

from kundekort.web import accounts, columns, customers, imports, preview

urlpatterns = [
    path("", accounts.start, name="start"),
    path("login/", accounts.log_in, name="login"),
    path("logout/", accounts.log_out, name="logout"),
    path("language/", accounts.language, name="language"),
    path("customers/", customers.listing, name="customers"),
    path("customers/<int:customer_id>/", customers.card, name="customer"),
    path("imports/", imports.start, name="imports"),
    path("imports/template.<str:ending>", imports.template, name="template"),
    path("imports/<int:import_id>/", imports.show, name="import"),
    path("imports/<int:import_id>/progress/", imports.progress, name="import-progress"),
    path("imports/<int:import_id>/cancel/", imports.cancel, name="import-cancel"),
    path("imports/<int:import_id>/columns/", columns.columns, name="import-columns"),
    path("imports/<int:import_id>/dialect/", columns.dialect, name="import-dialect"),
    path("imports/<int:import_id>/empty-cells/", columns.empty_cells, name="import-empty-cells"),
    path("imports/<int:import_id>/rows/", preview.rows, name="import-rows"),
    path("imports/<int:import_id>/errors/", preview.errors, name="import-errors"),
    path("imports/<int:import_id>/confirm/", preview.confirm, name="import-confirm"),
]
