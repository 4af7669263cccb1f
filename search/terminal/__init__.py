"""What the commands print: progress, summaries, results and articles, for people or (as JSON) for programs."""
