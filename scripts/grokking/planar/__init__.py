"""Logistic regression in two dimensions."""
