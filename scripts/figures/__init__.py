"""The figures: one module each with `draw(tables) -> Figure`, and `style` for what they share."""
