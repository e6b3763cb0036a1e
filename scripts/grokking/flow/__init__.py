"""Logistic regression in high dimension on the mean loss: all steps of gradient descent at once, and its theory."""
