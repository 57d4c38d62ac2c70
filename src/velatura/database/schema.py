"""What every table has in common; the tables themselves belong to the packages that use them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer, MetaData

SCHEMA = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""All tables, by the names that the migrations give to what belongs to them."""

Number = BigInteger().with_variant(Integer, "sqlite")
"""A whole number of 64 bits; SQLite counts up keys of its own type only, which has as many."""
