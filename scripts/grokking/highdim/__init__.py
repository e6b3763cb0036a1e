"""Logistic regression in high dimension."""
