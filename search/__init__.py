"""Bayegan, a search engine for Persian news archives: the engine, free of any web framework."""
