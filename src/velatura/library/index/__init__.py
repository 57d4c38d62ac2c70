"""The library: pictures found by what they show, how they were made and what people think of them.

=================== ==========================================================================
``library``         all of it, as the server and the command line use it
``query``           the language of searches; ``conditions`` makes SQL of it, ``words`` texts
``facts``           what is known of a picture; ``reading`` reads it off a file
``shelve``          pictures entering, in somebody's transaction; ``entries`` reads them back
``importing``       folders; ``walking`` finds their files, ``reader`` has them read
``marks``           ratings, flags, tags, collections, the trash; ``lineage`` ancestors
=================== ==========================================================================
"""

from __future__ import annotations

from velatura.library.index.entry import Entry, Family, Find, Label, Page, Place, Story
from velatura.library.index.facts import Edge, Facts, facts_of
from velatura.library.index.importing import ImportPlan, ImportProgress
from velatura.library.index.library import Library
from velatura.library.index.marks import Marks
from velatura.library.index.shelve import shelve

__all__ = [
    "Edge",
    "Entry",
    "Facts",
    "Family",
    "Find",
    "ImportPlan",
    "ImportProgress",
    "Label",
    "Library",
    "Marks",
    "Page",
    "Place",
    "Story",
    "facts_of",
    "shelve",
]
