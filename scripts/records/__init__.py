"""Tables as they are collected, checked and published: for readers who run nothing."""
