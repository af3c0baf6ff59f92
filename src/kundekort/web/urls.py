"""The addresses of the pages."""

from __future__ import annotations

from django.urls import path

from kundekort.web import accounts, columns, customers, exports, imports, preview, segments

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
    path("segments/", segments.listing, name="segments"),
    path("segments/new/", segments.new, name="segment-new"),
    path("segments/result/", segments.result, name="segment-result"),
    path("segments/<int:segment_id>/", segments.edit, name="segment"),
    path("segments/<int:segment_id>/count/", segments.count, name="segment-count"),
    path("segments/<int:segment_id>/copy/", segments.copy, name="segment-copy"),
    path("segments/<int:segment_id>/delete/", segments.delete, name="segment-delete"),
    path("exports/", exports.listing, name="exports"),
    path("exports/new/", exports.new, name="export-new"),
    path("exports/<int:export_id>/", exports.show, name="export"),
    path("exports/<int:export_id>/progress/", exports.progress, name="export-progress"),
    path("exports/<int:export_id>/file/", exports.file, name="export-file"),
    path("exports/<int:export_id>/cancel/", exports.cancel, name="export-cancel"),
]
