"""Every look can be drawn, and the same look gives the same picture everywhere."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from PIL import Image, ImageChops

from demo.drawing.picture import PICTURE_SIZE, cutout
from demo.kinds import KINDS
from demo.look import Kind, Look
from demo.pictures import picture_name, save_picture
from demo.products import products
from scripts.demo_catalogue import write_catalogue

ROOT = Path(__file__).parents[2]


def looks_of(kind: Kind) -> Iterator[Look]:
    """Yield looks in which every value of every part, every pattern and every material comes up."""
    most = max(len(kind.patterns), len(kind.materials), *(len(values) for values in kind.parts.values()), 1)
    for n in range(most):
        yield Look(
            kind.name,
            kind.colours[n % len(kind.colours)],
            accent="white" if n % 2 else "navy",
            pattern=kind.patterns[n % len(kind.patterns)],
            material=kind.materials[n % len(kind.materials)],
            parts={part: values[n % len(values)] for part, values in kind.parts.items()},
            seed=n,
        )


@pytest.mark.parametrize("name", list(KINDS))
def test_every_value_of_every_part_is_drawn(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    for look in looks_of(KINDS[name]):
        drawn = cutout(look, 64)
        assert drawn.size == (64, 64)
        shown = drawn.getchannel("A").point(lambda value: 255 * (value > 128))
        assert shown.getbbox() is not None, look
        assert sum(shown.histogram()[255:]) > 64 * 64 * 0.01, look
    assert capfd.readouterr().err == ""  # librsvg warns there


def test_a_kind_named_wrongly_is_refused() -> None:
    with pytest.raises(KeyError, match="unicorn"):
        cutout(Look("unicorn", "white"), 64)


def test_pictures_are_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    some = list(products(count=300))[::60]
    for one in some:
        save_picture(one.look, tmp_path / "here" / one.facts["image_url"])
        first = (tmp_path / "here" / one.facts["image_url"]).read_bytes()
        save_picture(one.look, tmp_path / "here" / one.facts["image_url"])
        assert (tmp_path / "here" / one.facts["image_url"]).read_bytes() == first
    program = (
        "from pathlib import Path; from demo.pictures import save_picture; from demo.products import products\n"
        "for one in list(products(count=300))[::60]:\n"
        f"    save_picture(one.look, Path({str(tmp_path / 'there')!r}) / one.facts['image_url'])"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
    for one in some:
        here, there = (tmp_path / place / one.facts["image_url"] for place in ("here", "there"))
        assert here.read_bytes() == there.read_bytes()


def test_what_a_look_says_changes_the_picture_and_its_name() -> None:
    look = Look("t-shirt", "red", "white", "plain", "cotton", {"sleeves": "short", "view": "worn"}, 1)
    for other in (
        Look("t-shirt", "blue", "white", "plain", "cotton", look.parts, 1),
        Look("t-shirt", "red", "white", "striped", "cotton", look.parts, 1),
        Look("t-shirt", "red", "white", "plain", "cotton", {"sleeves": "long", "view": "worn"}, 1),
    ):
        assert picture_name(other) != picture_name(look)
        assert ImageChops.difference(cutout(other, 64).convert("RGB"), cutout(look, 64).convert("RGB")).getbbox()


def test_the_command_writes_products_and_only_missing_pictures(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "scripts.demo_catalogue", "--out", str(tmp_path), "--count", "12", "--seed", "3"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "12 products" in done.stdout
    feed = (tmp_path / "products.jsonl").read_bytes()
    rows = [orjson.loads(line) for line in feed.splitlines()]
    assert rows == [one.facts for one in products(12, 3)]
    pictures = sorted({tmp_path / row["image_url"] for row in rows})
    assert sorted(tmp_path.glob("pictures/*")) == pictures
    for path in pictures:
        with Image.open(path) as picture:
            assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (PICTURE_SIZE, PICTURE_SIZE))
    pictures[0].unlink()
    kept = {path: path.stat().st_mtime_ns for path in pictures[1:]}
    assert write_catalogue(tmp_path, 12, 3).read_bytes() == feed
    assert pictures[0].exists()
    assert {path: path.stat().st_mtime_ns for path in kept} == kept


def test_the_command_names_a_bad_count(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "scripts.demo_catalogue", "--out", str(tmp_path / "x"), "--count", "0"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "holds 1 to" in done.stderr
    assert not (tmp_path / "x").exists()


def test_contact_sheets_are_drawn(tmp_path: Path) -> None:
    out = tmp_path / "sheet.png"
    command = [sys.executable, "-m", "scripts.contact_sheet", "--out", str(out), "--kind", "mug", "--kind", "dress"]
    subprocess.run([*command, "--each", "2", "--columns", "2", "--size", "48"], cwd=ROOT, check=True)
    with Image.open(out) as sheet:
        assert sheet.size == (96, 96)
        assert len(sheet.getcolors(96 * 96) or []) > 100
