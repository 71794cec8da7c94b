"""Everyday words over the thousand things of ImageNet, where one is true of all of its members.

Breeds and models are easily mistaken for each other: what the picture shows may be certain where
no single one of them is. A member is a number of ImageNet, or the first and last of several.
"""

from typing import TypeAlias

Members: TypeAlias = tuple[int | tuple[int, int], ...]

FAMILIES: dict[str, Members] = {
    "fish": ((0, 6), (389, 397)),
    "bird": ((7, 24), (80, 100), (127, 146)),
    "frog": ((30, 32),),
    "turtle": ((33, 37),),
    "lizard": ((38, 48),),
    "snake": ((52, 68),),
    "spider": ((72, 77),),
    "crab": ((118, 121),),
    "dog": ((151, 268),),
    "wolf": ((269, 271),),
    "fox": ((277, 280),),
    "cat": ((281, 285),),
    "bear": ((294, 297),),
    "beetle": ((300, 307),),
    "butterfly": ((321, 326),),
    "rabbit": (330, 332),
    "ape": ((365, 369),),
    "monkey": ((370, 382),),
    "elephant": (101, 385, 386),
    "coral": (109, 973),
    "aircraft": (404, 895),
    "ball": (429, 430, 522, 574, 722, 768, 805, 852, 890),
    "bicycle": (444, 671),
    "boat": (472, 484, 554, 576, 625, 814, 871, 914),
    "bottle": (440, 720, 737, 898, 907),
    "bridge": (821, 839, 888),
    "bus": (654, 779, 874),
    "car": (436, 468, 511, 609, 627, 656, 661, 751, 817),
    "clock": (409, 530, 892),
    "coffee": (504, 967),
    "computer": (527, 620, 681),
    "flower": (985, 986),
    "guitar": (402, 546),
    "motorcycle": (665, 670),
    "mushroom": (947, 992, 994, 996, 997),
    "piano": (579, 881),
    "ship": (403, 510, 628, 724, 780),
    "shop": (415, 424, 454, 467, 509, 582, 788, 860, 865),
    "squash": ((939, 942),),
    "telephone": (487, 528, 707),
    "train": (466, 547, 820),
    "truck": (555, 569, 717, 864, 867),
}


def members(family: Members) -> list[int]:
    """Each number of a family."""
    ranges = (each if isinstance(each, tuple) else (each, each) for each in family)
    return [number for first, last in ranges for number in range(first, last + 1)]
