"""Lexical search: BM25F over products' texts; `index.LexicalIndex` is the engine, `query.build_query` feeds it."""
