"""Sources -> the next generation of an archive: one run over files, or a watch that runs whenever files arrive."""
