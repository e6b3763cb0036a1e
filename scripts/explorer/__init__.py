"""The page to explore: panels that recompute in the browser what formulas give, beside what was measured."""
