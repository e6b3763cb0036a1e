"""The article, typeset from the tables alone."""
