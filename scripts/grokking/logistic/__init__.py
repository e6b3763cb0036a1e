"""What logistic regression in two and in many dimensions shares."""
