"""Regimes: the licensing bodies' rules as dated data, and the engine that counts by them and says why.

Facts are whole minutes and native quantities; what counts is computed from them, exactly, and never stored as truth.
The order is part of the rules, because it changes results:

    gates -> contact-time limits -> conversion -> rounding -> limits of units -> topic minimum
          -> cycle window -> repeats -> caps -> lower layers -> total, minimums, target -> carry-over

The lower layers (a district's, a provider's) take what the regime left and can only take away from it. Where several
of their rules have room for so much, they are looked at together (`allotment`), so tightening never raises a result.

The words of this package:

Regime
    A state's or body's own set of rules, in versions that follow each other.
Version
    The rules of a regime from a day on; it says which date decides: the activity's, the cycle's first or last.
Layer
    Rules of a district or provider on top of a regime's; they may only tighten.
Accrual
    How much an activity brings: per hour, per native quantity, or a fixed amount.
Gate
    What has to be shown before an activity counts at all.
Limit
    The most that counts in a day, a week or a year.
Bucket
    A part of the credit with its own minimum or maximum, such as English language learners.
Adjustment
    A signed change to one person's cycle, target or credit, with its reason.
Attestation
    A signed statement that a fact about a person holds.
Evaluation
    What a record comes to under a version: earned, required, missing, carried over, and why.
"""
