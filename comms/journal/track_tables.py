"""The tables of the track store, in a file of their own: tracks are large, and must not make the journal so."""

from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, String, Table

track_metadata = MetaData()

track_units = Table(
    "track_unit",
    track_metadata,
    Column("no", Integer, primary_key=True),
    Column("unit_id", String, nullable=False, unique=True),
)
"""The store's own numbers for units, so that it knows those the picture has forgotten."""

track_tails = Table(
    "track_tail",
    track_metadata,
    Column("id", Integer, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)
"""What came in lately, of all units together, as it came; turned into chunks now and then."""

track_chunks = Table(
    "track_chunk",
    track_metadata,
    Column("id", Integer, primary_key=True),
    Column("no", Integer, nullable=False),
    Column("span", Integer, nullable=False),
    Column("count", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
)
"""One unit's readings within one hour (`span` counts hours since 1970). There may be several of one hour."""
Index("track_chunk_unit", track_chunks.c.no, track_chunks.c.span, track_chunks.c["count"])
Index("track_chunk_span", track_chunks.c.span)
