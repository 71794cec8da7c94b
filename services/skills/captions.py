"""What a caption has to be, as far as a program can tell."""

from services.skills.alt_openings import without_label
from services.skills.alt_refusals import REFUSED, refuses
from services.skills.file_names import NAMED, is_file_name, is_name_without_end
from services.skills.nothing import says_nothing
from services.skills.wrapping import unwrapped

EMPTY = 'it says nothing, as "N/A" does'


def faults(text: str, file_name: str, *, asked_twice: bool = False) -> list[str]:
    """What is wrong with a caption, in words for a model and for people.

    It is to be a sentence. So it is asked for once more if it is but the words of the file's name;
    a second time they may be what the picture shows.
    """
    is_name = is_file_name(text, file_name)
    found = (
        (says_nothing(unwrapped(without_label(text))), EMPTY),
        (refuses(text), REFUSED),
        (is_name or (not asked_twice and is_name_without_end(text, file_name)), NAMED),
    )
    return [fault for is_one, fault in found if is_one]
