"""Supervised async steps: captured, structured output, timeouts, retries and diagnostics."""
