"""From bytes to rows of text: what a file is, how it is laid out, and its rows block by block."""
