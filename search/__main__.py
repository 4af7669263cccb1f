"""`python -m search` is the command `bayegan`."""

from search.cli import main

if __name__ == "__main__":
    main()
