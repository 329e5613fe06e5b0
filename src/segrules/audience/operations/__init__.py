"""Larger operations on an engine: backfills, previews, merging and forgetting of customers."""
