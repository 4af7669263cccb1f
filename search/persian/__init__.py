"""Persian text to terms: the same terms for every spelling of a word.

from search.persian import Analyzer, Tables, learn

tables = learn(texts)                  # or Tables.shipped(), where there is no archive to learn from
analyzer = Analyzer(tables)
analyzer.analyze("کتاب‌های نخست‌وزیر")   # tokens with their places in the text
analyzer.encode(text)                  # bulk: numbers of `analyzer.types`
frozen = tables.to_bytes()             # the same text gives the same terms for as long as these bytes are kept
"""

from search.persian.analyzer import Analyzer, Token, TokenType
from search.persian.learn import learn
from search.persian.letters import fold
from search.persian.tables import Tables, TablesMismatch

__all__ = ["Analyzer", "Tables", "TablesMismatch", "Token", "TokenType", "fold", "learn"]
