"""Which pictures of gcompris-qt-data are public domain or CC0, by its own README files.

A README is a row of blocks parted by empty lines; each block has ``License:`` and ``Files:``.
"""

from __future__ import annotations

FREE = ("public domain", "cc0")


def free_files(readme: str) -> frozenset[str]:
    r"""Return the file names whose block says public domain or CC0.

    >>> sorted(free_files("License: CC0-1.0\\nFiles:\\na.webp\\n\\nLicense: GPLv3\\nFiles: b.webp"))
    ['a.webp']
    """
    found: set[str] = set()
    for block in readme.replace("\r", "").split("\n\n"):
        lines = [line.strip() for line in block.splitlines()]
        licences = [line[8:].strip().lower() for line in lines if line.startswith("License:")]
        if len(licences) == 1 and licences[0].startswith(FREE):
            words = [line.removeprefix("Files:").strip() for line in lines]
            found.update(word for word in words if word.endswith((".webp", ".png", ".jpg")))
    return frozenset(found)
