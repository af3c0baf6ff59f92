"""What cannot become of cards."""

from __future__ import annotations

from kundekort.services.refusals.refusal import Refusal


class CardInvalid(Refusal):
    """A card cannot be as given; params: problems, for each field key a list of problems, '' for the whole card."""

    code = "card_invalid"


class CardMoved(Refusal):
    """Cards have changed since they were looked at; params: ids."""

    code = "card_moved"


class CardMerged(Refusal):
    """The card was merged into another one; params: id, into."""

    code = "card_merged"


class CardRemoved(Refusal):
    """The card was removed when what had created it was undone; params: id, import_id, which says when and by whom."""

    code = "card_removed"


class CardAnonymised(Refusal):
    """The customer was anonymised, so that nothing is known of them any more; params: id."""

    code = "card_anonymised"


class AnonymisationFinal(Refusal):
    """An anonymisation is not taken back: nothing is left that could come back."""

    code = "anonymisation_final"


class NotCleared(Refusal):
    """What is left of anonymised customers on the disk cannot be removed yet.

    params: reason, one of planning, pooler, reading.
    """

    code = "not_cleared"


class RetentionOff(Refusal):
    """No rule says after how long customers are proposed for anonymising."""

    code = "retention_off"


class ProposalMoved(Refusal):
    """Other customers would be anonymised by now than those that were shown."""

    code = "proposal_moved"


class EditConflict(Refusal):
    """An edit and somebody else's since change the same cells; params: conflicts, each a `history.Conflict`."""

    code = "edit_conflict"


class MergeOff(Refusal):
    """The administrator has switched merging off."""

    code = "merge_off"


class GroupsMoved(Refusal):
    """Groups of duplicates would not come to what was shown any more; params: ids (of the cards that stay)."""

    code = "groups_moved"


class MergeInvalid(Refusal):
    """The cards named are fewer than two, or one of them is named twice."""

    code = "merge_invalid"
