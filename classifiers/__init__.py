"""Japanese text to probabilities: fold, tokens, lexicon, corpus, model, figures. Knows nothing of the product.

A message on its way: ``fold`` → ``views`` (with ``tokens``, where words are needed) → ``lexicon`` (found by ``lexicon_index``,
judged by ``lexicon_stands``) → ``features`` → ``compiled`` → ``model``, and ``evidence`` for who asks why. What it
needs lies in an ``artefact``. Nothing of this imports scikit-learn.

Teaching: ``corpus``, ``extra``, ``augment`` and ``small_talk`` → ``train`` (``fitting``, ``truth``, ``operating``) → ``card``.
Measuring: ``eval_rows`` → ``evaluate`` and ``compare`` (``measures``); ``corpus_check`` for the lines themselves.
"""
