"""The commands of `bayegan`, by what the archivist is doing; `search.cli` gathers them."""
