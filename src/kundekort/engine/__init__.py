"""The pure engine: bytes and frames in, frames and values out.

Nothing here knows Django, a clock, random numbers, files or logs. Read the modules in the order in which a file passes
them: pipeline, which calls them: reading, mapping, check, uniqueness, diff, plan.
"""
