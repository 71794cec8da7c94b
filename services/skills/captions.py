"""What a caption has to be, as far as a program can tell."""

from services.skills.alt_openings import without_label
from services.skills.alt_refusals import REFUSED, refuses
from services.skills.file_names import NAMED, is_file_name, is_name_without_end
from services.skills.nothing import says_nothing
from services.skills.wrapping import unwrapped

EMPTY = 'it says nothing, as "N/A" does'


def faults(text: str, file_name: str) -> list[str]:
    """What is wrong with a caption, in words for a model and for people.

    It is to be a sentence. So the words of the file's name alone are none, true as they may be.
    """
    found = (
        (says_nothing(unwrapped(without_label(text))), EMPTY),
        (refuses(text), REFUSED),
        (is_file_name(text, file_name) or is_name_without_end(text, file_name), NAMED),
    )
    return [fault for is_one, fault in found if is_one]
