"""From frames of text to the bytes of files, block by block."""
