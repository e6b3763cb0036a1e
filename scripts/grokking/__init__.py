"""Gradient descent on linear models, exactly and over long times: the numerics behind every figure."""
