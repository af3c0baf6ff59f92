"""Kundekort: change many customer cards at once without fear."""
