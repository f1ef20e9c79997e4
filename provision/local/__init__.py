"""A Fly.io that lives on this machine: its world, and programs that speak for it."""
