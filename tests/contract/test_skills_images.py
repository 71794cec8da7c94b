"""The image skills, as an execution runs them: what they leave, and what they refuse."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageStat

from services.chassis.pixels.pool import PixelPool
from services.skills import work
from services.skills.parameters import ParameterInvalid, checked, parameters_of
from services.skills.step import StepFailed
from services.skills.steps.format_convert import TYPES
from tests.contract.steps_hub import StepsHub, decoded, steps_hub
from tests.unit import laden
from tests.unit.laden import SECRET, coloured, secret_exif
from tests.unit.pictures import animation, encoded, exif

pytestmark = pytest.mark.filterwarnings("ignore:Image appears to be a malformed MPO file")


@pytest.fixture(scope="module")
async def hub(
    tmp_path_factory: pytest.TempPathFactory, pixels: PixelPool
) -> AsyncIterator[StepsHub]:
    async with steps_hub(tmp_path_factory.mktemp("steps"), pixels) as made:
        yield made


async def uploaded(hub: StepsHub, data: bytes, content_type: str = "image/jpeg") -> str:
    return (await hub.assets.upload(data, content_type=content_type)).id


async def ran(hub: StepsHub, asset_id: str, step: str, **parameters: Any) -> dict[str, str]:
    """Runs a step; gives the kinds that the asset has then, with their types."""
    await hub.run(asset_id, step, **parameters)
    found = await hub.assets.get(asset_id)
    return {each.kind: each.content_type for each in found.derivatives}


@pytest.mark.parametrize(
    ("size", "orientation", "widths"),
    [
        ((2000, 100), 1, [320, 640, 1280, 1920]),
        ((1920, 100), 1, [320, 640, 1280]),
        ((1300, 700), 6, [320, 640]),
        ((321, 2), 1, [320]),
        ((320, 200), 1, []),
        ((700, 90), 6, []),
    ],
)
async def test_renditions_are_narrower_than_the_original_as_displayed(
    hub: StepsHub, size: tuple[int, int], orientation: int, widths: list[int]
) -> None:
    data = encoded(coloured("RGB", size), "JPEG", exif=exif(orientation))
    asset_id = await uploaded(hub, data)
    expected = {f"w{width}": "image/webp" for width in widths}
    assert await ran(hub, asset_id, "renditions") == expected
    width, height = size if orientation == 1 else size[::-1]
    for kind in expected:
        picture = await hub.picture(asset_id, kind)
        assert picture.width == int(kind[1:])
        assert picture.height == max(1, round(height * picture.width / width))


@pytest.mark.parametrize("target", TYPES)
async def test_a_conversion_is_of_the_type_that_was_asked_for(hub: StepsHub, target: str) -> None:
    asset_id = await uploaded(hub, encoded(coloured("RGBA"), "PNG"), "image/png")
    assert await ran(hub, asset_id, "format-convert", target_format=target) == {
        f"converted_{target}": TYPES[target]
    }
    picture = await hub.picture(asset_id, f"converted_{target}")
    assert picture.size == (64, 48)
    assert Image.MIME[picture.format or ""] == TYPES[target]


async def test_quality_counts(hub: StepsHub) -> None:
    asset_id = await uploaded(hub, encoded(coloured("RGB", (400, 300)), "PNG"), "image/png")
    sizes = []
    for quality in (1, 0, 100):
        await hub.run(asset_id, "format-convert", target_format="jpeg", quality=quality)
        (derivative,) = (await hub.assets.get(asset_id)).derivatives
        sizes.append(derivative.size)
    assert sizes == sorted(set(sizes))


ORIGINALS = {
    "image/jpeg": laden.jpeg(),
    "image/png": laden.png(),
    "image/webp": laden.webp(),
    "image/gif": laden.gif(),
    "image/avif": laden.avif(),
}


@pytest.mark.parametrize("content_type", ORIGINALS)
async def test_the_stripped_picture_has_the_type_of_the_original_and_its_pixels(
    hub: StepsHub, content_type: str
) -> None:
    data = ORIGINALS[content_type]
    asset_id = await uploaded(hub, data, content_type)
    result = await hub.run(asset_id, "exif-strip")
    (derivative,) = result.derivatives
    assert (derivative.kind, derivative.content_type) == ("exif_stripped", content_type)
    assert SECRET in data
    assert SECRET not in derivative.data
    was, now = decoded(data), decoded(derivative.data)
    assert (now.mode, now.size, now.tobytes()) == (was.mode, was.size, was.tobytes())
    assert now.info.get("icc_profile") == was.info.get("icc_profile")
    # The original is as it was.
    _, original = await hub.assets.read(asset_id=asset_id)
    assert original == data


async def test_a_stripped_picture_stands_upright(hub: StepsHub) -> None:
    asset_id = await uploaded(hub, laden.jpeg(exif=secret_exif(6)))
    (derivative,) = (await hub.run(asset_id, "exif-strip")).derivatives
    assert (derivative.width, derivative.height) == (48, 64)
    assert decoded(derivative.data).size == (48, 64)


@pytest.mark.parametrize("content_type", ORIGINALS)
async def test_a_watermark_is_seen_in_the_type_of_the_original(
    hub: StepsHub, content_type: str
) -> None:
    picture_format = content_type.removeprefix("image/").upper()
    plain = Image.new("RGB", (300, 200), (90, 120, 60))
    asset_id = await uploaded(hub, encoded(plain, picture_format), content_type)
    assert await ran(hub, asset_id, "watermark", position="TopLeft", opacity=1.0) == {
        "watermarked": content_type
    }
    now = (await hub.picture(asset_id, "watermarked")).convert("RGB")
    text, rest = (0, 0, 200, 60), (0, 100, 300, 200)
    difference = ImageChops.difference(plain, now)
    assert max(ImageStat.Stat(difference.crop(text)).mean) > 15
    assert max(ImageStat.Stat(difference.crop(rest)).mean) < 4


@pytest.mark.parametrize("opacity", [0, 0.1, 0.49, 0.5, 1])
async def test_a_watermark_is_seen_on_the_transparent_part_of_a_gif(
    hub: StepsHub, opacity: float
) -> None:
    plain = Image.new("RGBA", (300, 100))
    plain.paste((90, 120, 60, 255), (0, 0, 150, 100))
    asset_id = await uploaded(hub, encoded(plain, "GIF"), "image/gif")
    await hub.run(
        asset_id, "watermark", text="MMMM", position="Center", font_size=60, opacity=opacity
    )
    now = (await hub.picture(asset_id, "watermarked")).convert("RGBA")
    on_nothing = now.crop((150, 0, 300, 100)).getchannel("A").histogram()[255]
    there = (0, 0, 150, 100)
    change = ImageChops.difference(
        plain.convert("L").crop(there), now.convert("RGB").convert("L").crop(there)
    )
    strongest = max(grey for grey, count in enumerate(change.histogram()) if count)
    # On what is there it is as strong as it should be; where nothing is, it is there or not.
    assert strongest == pytest.approx((255 - 104) * opacity, abs=12)
    assert (on_nothing > 2_000) is (opacity > 0)


@pytest.mark.parametrize("picture_format", ["GIF", "WEBP", "PNG", "AVIF"])
@pytest.mark.parametrize("step", ["watermark", "exif-strip", "format-convert"])
async def test_an_animation_stays_one(hub: StepsHub, step: str, picture_format: str) -> None:
    data = animation(picture_format, 3, (200, 100))
    asset_id = await uploaded(hub, data, f"image/{picture_format.lower()}")
    (kind,) = await ran(hub, asset_id, step)
    picture = await hub.picture(asset_id, kind)
    assert picture.n_frames == 3  # type: ignore[attr-defined]
    if step == "watermark":
        for index in range(3):
            picture.seek(index)
            picture.load()
            corner = picture.convert("L").crop((120, 50, 200, 100)).getextrema()
            assert isinstance(corner[0], int)
            assert corner[1] - corner[0] > 80


async def test_characters_that_no_font_has_are_named(hub: StepsHub) -> None:
    asset_id = await uploaded(hub, encoded(coloured(), "JPEG"))
    with pytest.raises(StepFailed, match=r"has the characters '😀' \(U\+1F600\); write the text"):
        await hub.run(asset_id, "watermark", text="😀")
    assert await hub.objects(asset_id) == [(await hub.assets.get(asset_id)).storage_key]


async def test_what_is_too_long_to_be_kept_is_refused_plainly(
    hub: StepsHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset_id = await uploaded(hub, encoded(coloured("RGB", (800, 600)), "JPEG"))
    monkeypatch.setattr(work, "LARGEST_BYTES", 1024**2)
    with pytest.raises(StepFailed) as failed:
        await hub.run(asset_id, "format-convert", target_format="bmp")
    assert str(failed.value) == (
        "image/bmp of 800×600 pixels takes 1.4 MiB; a derivative may have 1 MiB"
    )


async def test_a_side_that_webp_cannot_have_is_refused_plainly(hub: StepsHub) -> None:
    asset_id = await uploaded(hub, encoded(Image.new("L", (20_000, 2)), "PNG"), "image/png")
    with pytest.raises(StepFailed, match=r"^WEBP pictures may have 16383 pixels a side, and this"):
        await hub.run(asset_id, "format-convert")


@pytest.mark.parametrize(
    ("step", "given", "message"),
    [
        ("format-convert", {"TargetFormat": "svg"}, "targetFormat must be one of webp, avif"),
        ("format-convert", {"targetformat": 5}, "targetFormat must be a string"),
        ("format-convert", {"KeepOriginal": "yes"}, "keepOriginal must be true or false"),
        ("format-convert", {"Quality": 101}, "quality must be at most 100"),
        ("watermark", {"Opacity": 1.5}, "opacity must be at most 1"),
        ("watermark", {"FontSize": 7}, "fontSize must be at least 8"),
        ("watermark", {"FontSize": 513}, "fontSize must be at most 512"),
        ("watermark", {"Position": "middle"}, "position must be one of BottomRight, BottomLeft"),
        ("watermark", {"Text": "x" * 201}, "text must have at most 200 characters"),
        ("watermark", {"Text": "a\nb"}, "text must have no control characters or line breaks"),
        ("watermark", {"Text": "a\u2028b"}, "text must have no control characters or line breaks"),
        ("watermark", {"Text": " \u200b\u202e "}, "text must have something that can be seen"),
        ("watermark", {"Text": "\u3164 \u2800"}, "text must have something that can be seen"),
        ("watermark", {"Text": ""}, "text must have something that can be seen"),
        ("exif-strip", {"quality": 3}, "the parameter 'quality' is unknown; accepted: none"),
    ],
)
def test_wrong_parameters_are_named(
    hub: StepsHub, step: str, given: dict[str, Any], message: str
) -> None:
    params = hub.registry.steps[step].params
    with pytest.raises(ParameterInvalid) as refused:
        params(**checked(parameters_of(params), given))
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize(
    ("step", "given", "meant"),
    [
        ("format-convert", {"TargetFormat": "JPEG"}, {"target_format": "jpeg"}),
        ("format-convert", {"targetFormat": "Jpg"}, {"target_format": "jpeg"}),
        ("format-convert", {"TARGETFORMAT": "TIF"}, {"target_format": "tiff"}),
        ("format-convert", {"KeepOriginal": False}, {"keep_original": False}),
        ("watermark", {"Position": "bottomright"}, {"position": "BottomRight"}),
        (
            "watermark",
            {"Text": "a", "Opacity": 1, "FontSize": 8, "POSITION": "CENTER"},
            {"text": "a", "opacity": 1, "font_size": 8, "position": "Center"},
        ),
    ],
)
def test_parameters_count_in_any_letter_case(
    hub: StepsHub, step: str, given: dict[str, Any], meant: dict[str, Any]
) -> None:
    params = hub.registry.steps[step].params
    assert checked(parameters_of(params), given) == meant
