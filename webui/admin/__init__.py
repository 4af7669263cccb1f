"""Administration over HTTP: a page and an API that do not exist unless a token is set.

    access     the token, sessions, wrong attempts      tasks, runner, child   work that outlasts its request
    audit      who did what                             events                 its progress, live
    overview   what is told of the archive              api, pages, openapi    over HTTP

Everything is kept in the folder `admin` of the archive.
"""
