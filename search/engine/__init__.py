"""The engine: terms -> postings -> ranked documents, on arrays in memory-mapped files."""
