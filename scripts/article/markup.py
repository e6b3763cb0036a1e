"""Stories and captions as pieces of text, each with the style that it is set in.

The typesetter is given text as data, never as markup of its own, so that no character of it means anything to it.
"""

import re

# Marks of reStructuredText that stories and captions may use: the styles that they stand for.
MARKS = re.compile(
    r"``(?P<code>.+?)``"
    r"|\\(?P<text>[\\*`|_])"  # escaped
    r"|(?<![\w*^])\*\*(?P<strong>[^\s*].*?)(?<=[^\s*])\*\*(?![\w*])"
    r"|(?<![\w*^])\*(?P<emph>[^\s*].*?)(?<=[^\s*])\*(?![\w*])"
    r"|`(?P<link>[^`<]+?)\s*<(?P<url>[^>`]+)>`_",
    re.DOTALL,
)
ITEM = "- "


def blocks(text: str) -> list[dict]:
    """Return the paragraphs and list items of a text in order, each as its `pieces` and whether it is an `item`."""
    found = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        for part in re.split(rf"\n(?={ITEM})", paragraph):
            item = part.startswith(ITEM)
            found.append({"item": item, "pieces": pieces(part.removeprefix(ITEM) if item else part)})
    return found if text.strip() else []


def pieces(text: str) -> list[dict]:
    """Return a paragraph as pieces, each with `style` (text, code, strong, emph or link), `text` and, of a link, `url`.

    Lines are joined. Joined again, the texts are the paragraph without its marks.
    """
    text, found, end = " ".join(text.split()), [], 0
    for mark in MARKS.finditer(text):
        style = mark.lastgroup if mark.lastgroup != "url" else "link"
        found += _plain(text[end : mark.start()])
        found.append({"style": style, "text": mark[style], "url": mark["url"] or ""})
        end = mark.end()
    return found + _plain(text[end:])


def _plain(text: str) -> list[dict]:
    return [{"style": "text", "text": text, "url": ""}] if text else []
