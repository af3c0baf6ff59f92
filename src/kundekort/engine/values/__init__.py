"""What each kind of field accepts, its canonical text, and when two of its values are the same."""
