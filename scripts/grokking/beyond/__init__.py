"""Beyond the papers: what the logistic paper names as future work, on the mean loss; a module a study."""
