"""Japanese text to probabilities: fold, tokens, lexicon, corpus, model, figures. Knows nothing of the product."""
