"""What a model says of each picture, and what people have written themselves."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PIL import Image

from tests.screenshots import scenes


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture and the words that belong to it."""

    file: str
    draw: Callable[[], Image.Image]
    title: str
    caption: str
    alt: str
    tags: str
    """Here and below, parted by commas."""
    objects: str
    colors: str
    scene: str
    text: str = ""
    is_public: bool = True
    written_alt: str | None = None
    """By a person, who has the last word."""

    def answer(self, schema: str) -> dict[str, Any]:
        """What is answered to the question of this name."""
        if schema == "caption":
            return {"caption": self.caption}
        if schema == "alt-text":
            return {"altText": self.alt}
        return {
            "title": self.title,
            "tags": self.tags.split(", "),
            "objects": self.objects.split(", "),
            "colors": self.colors.split(", "),
            "scene": self.scene,
            "text": self.text,
        }


SCENES = (
    Scene(
        "coffee-monochrome.jpg", scenes.grey_coffee, "Espresso in black and white",
        "A black-and-white photograph of an espresso cup on a saucer, with a polished spoon "
        "catching the light beside it.",
        "Black-and-white photo of an espresso cup with a shiny spoon.",
        "coffee, espresso, monochrome, still life, spoon", "cup, saucer, spoon",
        "black, white, grey", "table, indoors", is_public=False,
    ),
    Scene(
        "town-at-nightfall.png", scenes.skyline, "A town at nightfall",
        "A city skyline at nightfall, hundreds of lit windows under a sky that turns from violet "
        "to orange.",
        "Illustration of a skyline with lit windows at dusk.",
        "city, skyline, evening, windows, illustration", "buildings, windows, antennas",
        "violet, navy, yellow", "city at dusk",
    ),
    Scene(
        "dunes-before-noon.jpg", scenes.dunes, "Dunes before noon",
        "Soft sand dunes in layers of ochre and brown beneath a clear blue sky.",
        "Layers of sand dunes under a clear sky.",
        "desert, dunes, sand, minimal", "dunes, sky", "ochre, brown, blue", "desert, daytime",
    ),
    Scene(
        "open-studio-poster.png", scenes.poster, "Poster for an open studio",
        "A poster with a sunrise of three half circles that announces an open studio on Saturday "
        "14 March.",
        "Poster: Open Studio, Saturday 14 March, 10 to 18 h, Harbour Street 7.",
        "poster, event, typography, studio", "poster, half circles, lettering",
        "cream, orange, navy", "graphic design",
        "OPEN STUDIO Saturday 14 March 10 – 18 h, Harbour Street 7 Prints, coffee and a cat",
        written_alt="Poster: Open Studio on Saturday 14 March, 10 to 18 h, Harbour Street 7. "
        "Prints, coffee and a cat.",
    ),
    Scene(
        "IMG_2041 (whiskers).jpg", scenes.whiskers, "Whiskers, close",
        "A close view of a ginger tabby's face: one green eye, a pink nose and long white "
        "whiskers.",
        "Close-up of a tabby cat's green eye and nose.",
        "cat, tabby, close-up, eyes, whiskers", "cat, eye, nose, whiskers", "ginger, green, pink",
        "indoors", is_public=False,
    ),
    Scene(
        "fog-in-the-pines.jpg", scenes.pines, "Fog in the pines",
        "Rows of dark pines fade into pale fog, one behind the other.",
        "Pine forest whose farther rows fade into fog.",
        "forest, pines, fog, calm, illustration", "pines, fog", "dark green, grey",
        "forest in fog",
    ),
    Scene(
        "falcon-on-the-pad.jpg", scenes.rocket, "A rocket on its pad",
        "A white rocket stands on its launch pad at night between lattice towers, floodlights "
        "glowing around its base.",
        "Rocket on a floodlit launch pad at night.",
        "rocket, launch pad, night, spaceflight, floodlights", "rocket, towers, floodlights",
        "navy, white, amber", "launch site at night",
    ),
    Scene(
        "balloons.jpg", scenes.balloons, "Three balloons over the hills",
        "Three striped hot-air balloons drift over green hills on a bright morning.",
        "Three striped hot-air balloons above green hills.",
        "balloons, hills, sky, summer, illustration", "hot-air balloons, hills",
        "red, blue, green", "countryside, morning",
    ),
    Scene(
        "winter-night.png", scenes.night, "Winter night",
        "A full moon over snowy mountains, with dark firs in the foreground and a sky full of "
        "stars.",
        "Full moon above snowy mountains and dark firs.",
        "night, moon, snow, mountains, stars", "moon, mountains, firs, stars",
        "navy, white, blue", "mountains at night",
    ),
    Scene(
        "shapes-no-7.png", scenes.shapes, "Shapes no. 7",
        "A grid of circles, quarter circles and triangles in red, navy, yellow and teal.",
        "Abstract grid of coloured circles and triangles.",
        "abstract, geometry, pattern, bauhaus", "circles, triangles, squares",
        "red, navy, yellow, teal", "graphic design",
    ),
    Scene(
        "valley-panorama.jpg", scenes.panorama, "The valley, all of it",
        "A wide view over a green valley, hill behind hill, until they turn blue in the haze.",
        "Panorama of green hills fading into blue haze.",
        "panorama, valley, hills, landscape", "hills, sky", "green, blue", "countryside, daytime",
    ),
    Scene(
        "morning-coffee.jpg", scenes.coffee, "Morning coffee",
        "An espresso in a red cup on a matching saucer, with a small spoon, on a worn wooden "
        "table.",
        "Espresso in a red cup and saucer on a wooden table.",
        "coffee, espresso, cup, wood, breakfast", "cup, saucer, spoon, table",
        "red, brown, white", "café, indoors",
    ),
    Scene(
        "harbour-at-dusk.jpg", scenes.harbour, "Harbour at dusk",
        "A single sailing boat glides across still water as the sun sets behind a low coast, its "
        "light mirrored in the sea.",
        "Sailing boat on calm water at sunset.",
        "sea, sunset, sailing boat, reflection, calm", "boat, sun, sea, coast",
        "violet, orange, pink", "sea at sunset",
    ),
    Scene(
        "chelsea.jpg", scenes.cat, "Chelsea, looking away",
        "A ginger tabby cat with green eyes looks past the camera, its whiskers sharp against a "
        "soft background.",
        "Ginger tabby cat with green eyes looking to the side.",
        "cat, tabby, portrait, green eyes, pet", "cat, blanket", "ginger, green, beige",
        "indoors", is_public=False,
    ),
    Scene(
        "sunrise-over-the-ridges.jpg", scenes.ridges, "Sunrise over the ridges",
        "The sun rises behind mountain ridges that fade from dark blue to pink in the morning "
        "haze.",
        "Sunrise behind hazy mountain ridges.",
        "mountains, sunrise, haze, layers, landscape", "mountains, sun, sky",
        "blue, pink, orange", "mountains at sunrise",
    ),
)  # fmt: skip
"""In the order of their upload: the last one stands first in every list."""
