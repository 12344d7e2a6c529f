"""The rows of the list of editions: how each stands, asked for all of them at once."""

from __future__ import annotations

from unfold.views import ChangeList

from newsletter.deliver.progress import standings


class EditionList(ChangeList):
    def get_results(self, request):
        """Each row that has begun to leave gets its `balance`, in as few queries as one has."""
        super().get_results(request)
        balances = standings([each for each in self.result_list if each.audience_frozen_at])
        for edition in self.result_list:
            edition.balance = balances.get(edition.pk)
