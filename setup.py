"""The compiled parts, optional: without a compiler the package installs, and takes the paths in Python and NumPy."""

import os

from setuptools import Extension, setup

FLAGS = [] if os.name == "nt" else ["-O3"]
SOURCES = {
    "search.engine._interleave": "search/engine/interleave.c",
    "search.engine._inversion": "search/engine/inversion.c",
    "search.engine._kernel": "search/engine/kernel.c",
    "search.engine._signature": "search/engine/signature.c",
    "search.persian._encoder": "search/persian/encoder.c",
}
setup(
    ext_modules=[Extension(name, [source], extra_compile_args=FLAGS, optional=True) for name, source in SOURCES.items()]
)
