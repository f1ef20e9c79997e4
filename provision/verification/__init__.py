"""What there is and how it is: read back from Fly, and judged by that alone."""
