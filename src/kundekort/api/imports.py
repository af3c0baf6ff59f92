"""The imports: uploaded, looked at, decided about, confirmed and taken back, as on the website."""
