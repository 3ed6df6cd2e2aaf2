"""A year of a clearinghouse, invented whole columns at a time and written as Parquet, in parts.

The life of a referral is that of `tipline_outcomes.synthetic.invent`, from the same `Parameters`; what is
drawn for it depends on its number and the seed, and on nothing else.

Read in this order: `proportions` and `parameters` (what is assumed), `draws` (chance), `agencies`, `tips`
(what comes in), `lives` (what becomes of it), `shown` (what the data show), `writing` (the parts).
"""
