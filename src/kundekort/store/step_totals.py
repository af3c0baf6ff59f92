"""What all processes of all hosts have done since the register began, for how fast they are."""

from __future__ import annotations

from django.db import models


class StepTotal(models.Model):
    """How many rows went through a step of imports, and how many seconds that took; one row for each step."""

    step = models.TextField(primary_key=True)
    times = models.BigIntegerField()
    rows = models.BigIntegerField()
    seconds = models.FloatField()

    def __str__(self) -> str:
        return f"{self.step}: {self.rows} in {self.seconds:.1f} s"
