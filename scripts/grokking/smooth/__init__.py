"""Logistic regression in two dimensions where descent is smooth: an integrator, and theory without free parameters."""
