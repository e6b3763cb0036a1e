"""Fits, measures and verdicts, from the tables alone."""
