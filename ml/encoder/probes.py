"""Texts and images that an export is tried on: short, long, multilingual, hostile; made up, the same every time."""

# ruff: noqa: RUF001 - look-alike letters of several scripts are the point

from __future__ import annotations

from itertools import product

import numpy as np
from PIL import Image

_COLOURS = ("black", "red", "navy blue", "beige")
_THINGS = (
    "running shoes",
    "wireless headphones",
    "coffee machine",
    "office chair",
    "winter jacket",
    "laser printer toner",
    "garden hose",
    "kids bicycle",
    "laptop sleeve",
    "desk lamp",
)
_DETAILS = ("size 42", "for small rooms", "waterproof, 2 year warranty", "pack of 3", "under 50 euro")

_SENTENCE = (
    "The {colour} {thing} ({detail}) comes with a printed manual, a spare part kit and free returns within thirty "
    "days; it weighs 1.25 kg, measures 30 x 20 x 12.5 cm and is sold as model VX-{number}/B. "
)

HOSTILE = (
    "",
    "   \t\n ",
    "!!!",
    "<start_of_text> hidden <end_of_text> still here",
    "!<end_of_text>!! a<start_of_text>b <|endoftext|> [SEP] [PAD] [CLS] [MASK] </s> <pad>",
    "It's THE dog's 'LL we'd they're I'M — “don’t”",
    "&lt;b&gt;bold&lt;/b&gt; &amp;amp; &#39;quoted&#39; &nbsp; caf&eacute;",
    "schÃ¶n Ã©lÃ©gant â€œquotesâ€\x9d",
    "ﬁligree ＦＵＬＬＷＩＤＴＨ Ⅷ ² ½ ℡ ™ ǆ",
    "e\u0301 vs \u00e9, Z\u0351\u036b\u0343\u032a\u0302 zalgo",
    "null\x00byte bell\x07 esc\x1b[31m del\x7f sep\x1c\x1d\x1e\x1f nel\x85 nbsp\xa0 zwsp\u200b bom\ufeff",
    "right\u202eto left\u202c \u2066isolate\u2069 line\u2028para\u2029",
    "lone surrogate \ud800 and pair \U0001f600 private \ue000 tag \U000e0041",
    "👩‍👩‍👧‍👦 family 🇩🇪 flag 👍🏽 thumb 🧑🏿‍🚀",
    "new letters \U0001e290\U00016d40 \u1c89 \ua7cb \U00010ec2",
    "красные кроссовки для бега, размер 42",
    "ランニングシューズ 赤 防水 メンズ",
    "红色跑步鞋 防水 42码 ¥299",
    "빨간 운동화 방수",
    "حذاء جري أحمر مقاوم للماء",
    "נעלי ריצה אדומות",
    "लाल दौड़ने के जूते",
    "รองเท้าวิ่งสีแดง",
    "İSTANBUL ıĞŞ ẞ ß ŒUVRE ŁÓDŹ",
    "10.5V--220v/50Hz 3,000mAh #42 a_b_c C++ user@example.com 50%off",
    "x" * 300,
    "é" * 200,
    "a b " * 200,
)


def probe_texts() -> list[str]:
    """96 product queries and descriptions, 2 to some 200 words, with a few of other scripts among them."""
    combinations = list(product(_THINGS, _COLOURS))
    short = [f"{colour} {thing}" for thing, colour in combinations]
    middle = [
        f"{thing} {_DETAILS[i % len(_DETAILS)]} {colour}" for i, (thing, colour) in enumerate(combinations[::2])
    ]
    long = [
        _SENTENCE.format(colour=colour, thing=thing, detail=_DETAILS[i % len(_DETAILS)], number=100 + i) * (1 + i % 6)
        for i, (thing, colour) in enumerate(combinations[1::2])
    ]
    return short + middle + long + list(HOSTILE[5:7] + HOSTILE[15:25] + HOSTILE[-4:])


def probe_images() -> list[Image.Image]:
    """Generated images of several sizes, aspect ratios and modes, smooth and noisy."""
    random = np.random.default_rng(7)
    images = []
    for index, (width, height) in enumerate(
        [(224, 224), (640, 480), (333, 517), (90, 61), (1200, 300), (50, 400), (301, 299)]
    ):
        y, x = np.mgrid[0:height, 0:width]
        waves = np.stack([np.sin(x / (9 + 5 * index)), np.cos(y / (7 + 3 * index)), np.sin((x + y) / 23)], axis=-1)
        noise = random.normal(0, 0.1 + 0.1 * index, (height, width, 3))
        images.append(Image.fromarray(((waves + noise) * 60 + 128).clip(0, 255).astype(np.uint8)))
    return [*images, images[1].convert("L"), images[2].convert("RGBA"), images[3].convert("CMYK")]
