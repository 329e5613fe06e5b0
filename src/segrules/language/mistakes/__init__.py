"""What is wrong with a text, and what its author should write.

A `Mistake` has a code, a message and help. Where a word does not fit the grammar, its spelling is
looked at first, with the names of the schema where these are known. Then the first `Hint` that
answers the word names the mistake; phrases are asked before symbols, since a phrase says more of
what its author meant. Where no hint answers, the message lists what the grammar expected. No text
changes a table, and each hint names a text that it answers.
"""
