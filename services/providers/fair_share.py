"""How replicas of this service share what a profile may have in flight."""

from collections.abc import Mapping


def fair_shares(limit: int, demands: Mapping[str, int], turn: int) -> dict[str, int]:
    """The places of each replica, `limit` together, given how many calls each has or wants.

    Nobody gets less than another unless it wants no more. What nobody wants is split too, so that a
    single replica has everything. When there are fewer places than replicas that want one, `turn`,
    any growing number, says whose turn it is.
    """
    shares = dict.fromkeys(sorted(demands), 0)
    hungry = [replica for replica in shares if demands[replica] > 0]
    first = turn % len(hungry) if 0 < limit < len(hungry) else 0
    left = limit
    while hungry and left >= len(hungry):
        least = min(demands[replica] - shares[replica] for replica in hungry)
        portion = min(left // len(hungry), least)
        for replica in hungry:
            shares[replica] += portion
        left -= portion * len(hungry)
        hungry = [replica for replica in hungry if shares[replica] < demands[replica]]
    for replica in (hungry[first:] + hungry[:first])[:left]:
        shares[replica] += 1
    if not hungry and shares:
        each, more = divmod(left, len(shares))
        for place, replica in enumerate(shares):
            shares[replica] += each + (place < more)
    return shares
