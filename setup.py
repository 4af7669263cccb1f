"""The one compiled part, optional: without a compiler the package installs, and search takes the NumPy path."""

import os

from setuptools import Extension, setup

kernel = Extension(
    "search.engine._kernel",
    ["search/engine/kernel.c"],
    extra_compile_args=[] if os.name == "nt" else ["-O3"],
    optional=True,
)
setup(ext_modules=[kernel])
