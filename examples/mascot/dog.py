"""The mascot dog in parts: each a filled shape, one darker tone for shade, and ink that swells away from the light."""

from __future__ import annotations

from dataclasses import dataclass, field

from examples.brush import Point, disc, fill, number, smooth, taper, trace
from examples.mascot.cloth import pole

INK = "#2d2130"
FUR, FUR_SHADE = "#eda24b", "#cf7d35"
BROWN, BROWN_SHADE = "#a86b45", "#834d35"
CREAM, CREAM_SHADE = "#fdeccb", "#ecc998"
CORAL, CORAL_SHADE = "#e5593f", "#bd4038"
TEAL, TEAL_SHADE = "#34939a", "#236f7a"
HONEY, HONEY_SHADE = "#f8c04e", "#dd9833"
BLUSH = "#ef9a83"
LINE = 10.0


@dataclass(slots=True)
class Brush:
    """Collects clip paths while parts are drawn."""

    defs: list[str] = field(default_factory=list)

    def within(self, d: str, shapes: list[str]) -> str:
        """Shapes that show only inside a path."""
        name = f"clip-{len(self.defs) + 1}"
        self.defs.append(f'<clipPath id="{name}"><path d="{d}"/></clipPath>')
        return f'<g clip-path="url(#{name})">' + "".join(shapes) + "</g>"

    def part(self, d: str, paint: str, *inside: str, line: float = LINE) -> list[str]:
        """A part with its shade: heavier ink below and to the right, the fill, what is inside, the outline."""
        weight = f'stroke="{INK}" stroke-width="{number(line)}" stroke-linejoin="round"'
        swell = f'<path d="{d}" fill="{INK}" {weight} transform="translate(2.2 2.8)"/>'
        outline = f'<path d="{d}" fill="none" {weight}/>'
        middle = [self.within(d, list(inside))] if inside else []
        return [swell, fill(d, paint), *middle, outline]


def curve(text: str) -> str:
    """A closed smooth curve through points written as 'x,y x,y …'."""
    return smooth(trace(text))


def line(text: str, start: float, end: float) -> str:
    """An ink line that tapers."""
    return fill(taper(trace(text), start, end), INK)


def tail(brush: Brush) -> list[str]:
    """A raised tail with a pale tip, and two lines that make it wag."""
    whole = curve("196,806 150,806 104,776 78,726 72,668 92,628 122,624 138,650 134,690 146,728 176,748 214,750")
    tip = curve("56,676 60,610 140,606 150,668 132,682 112,668 94,690")
    dark = curve("200,812 146,812 96,776 72,722 92,714 122,754 168,778 214,776")
    wag = [line("46,640 40,668 42,698", 3, 6), line("20,628 12,668 16,706", 3, 6)]
    return [*brush.part(whole, FUR, fill(dark, FUR_SHADE), fill(tip, CREAM)), *wag]


def body(brush: Brush) -> list[str]:
    """Chest and legs, standing."""
    trunk = curve("212,592 184,668 176,758 182,838 214,872 300,880 386,872 420,838 424,756 414,668 388,592 300,562")
    chest = curve("300,570 244,604 230,676 246,742 300,770 354,742 370,676 356,604")
    dark = curve("350,560 392,590 376,668 388,760 372,834 330,884 440,884 446,740 430,640 400,580")
    inner = fill(curve("300,792 292,830 294,872 300,880 306,872 308,830"), FUR_SHADE)
    parts = brush.part(trunk, FUR, fill(dark, FUR_SHADE), fill(chest, CREAM), inner)
    return [*parts, *_paw(brush, 222), *_paw(brush, 378)]


def _paw(brush: Brush, x: float) -> list[str]:
    """A hind paw with toes."""
    shape = smooth([(x - 62, 876), (x - 54, 838), (x, 822), (x + 54, 838), (x + 62, 876), (x + 40, 897), (x - 40, 897)])
    dark = smooth([(x + 22, 820), (x + 34, 860), (x + 20, 904), (x + 76, 904), (x + 76, 830)])
    toes = [line(f"{x + a},{866} {x + a * 1.06},{892}", 4, 7) for a in (-20, 20)]
    return [*brush.part(shape, CREAM, fill(dark, CREAM_SHADE)), *toes]


def near_arm(brush: Brush) -> list[str]:
    """The arm at rest, its paw on the hip."""
    arm = curve("216,622 176,650 146,700 140,746 160,778 204,784 238,770 244,740 222,724 202,720 208,700 234,672")
    paw = curve("186,728 216,722 248,732 254,760 232,786 196,790 172,776 172,746")
    dark = curve("140,740 162,786 240,792 250,764 200,766 168,748 160,716")
    toes = [line("214,770 224,786", 5, 7), line("236,762 246,774", 5, 7)]
    return [*brush.part(arm, FUR, fill(dark, FUR_SHADE)), *brush.part(paw, CREAM), *toes]


def far_arm(brush: Brush) -> list[str]:
    """The arm that reaches for the pole."""
    x = pole(604)
    arm = smooth([(384, 616), (418, 612), (462, 640), (502, 648), (536, 622), (x - 26, 584), (x + 2, 616),
                  (x - 14, 660), (548, 700), (496, 722), (440, 706), (400, 680)])  # fmt: skip
    dark = curve("396,672 440,690 498,698 548,672 590,628 606,660 560,716 490,734 430,716")
    return brush.part(arm, FUR, fill(dark, FUR_SHADE))


def hand(brush: Brush) -> list[str]:
    """The paw in front of the pole: its fingers close around it."""
    x = pole(604)
    palm = smooth([(x - 36, 576), (x - 6, 564), (x + 26, 570), (x + 42, 592), (x + 40, 626), (x + 20, 648),
                   (x - 16, 648), (x - 42, 628), (x - 46, 598)])  # fmt: skip
    dark = smooth(
        [(x + 22, 560), (x + 18, 604), (x - 4, 636), (x - 30, 640), (x - 10, 662), (x + 50, 650), (x + 56, 590)]
    )
    fingers = [
        line(f"{x + 38},{596} {x + 14},{599} {x - 4},{594}", 8, 4),
        line(f"{x + 38},{622} {x + 14},{624} {x - 4},{618}", 8, 4),
    ]
    return [*brush.part(palm, CREAM, fill(dark, CREAM_SHADE)), *fingers]


def bandana(brush: Brush) -> list[str]:
    """A coral bandana with dots and its knot blown to the side."""
    ends = [
        *brush.part(curve("398,580 436,566 470,570 488,588 462,598 432,606 402,602"), CORAL_SHADE),
        *brush.part(curve("396,590 428,600 448,624 452,650 424,640 398,620 386,602"), CORAL),
    ]
    cloth = curve("196,560 238,584 300,592 362,584 404,560 414,588 384,630 340,668 302,694 264,668 218,630 186,588")
    dark = curve("390,556 410,590 372,636 300,700 320,706 430,620 430,570")
    dots = [(232, 604), (276, 624), (322, 622), (368, 602), (300, 662), (260, 652), (340, 650)]
    spots = [fill(disc((float(a), float(b)), 7), CREAM) for a, b in dots]
    under = fill(curve("190,556 240,590 300,598 360,590 410,556 404,540 200,540"), CORAL_SHADE)
    knot = brush.part(curve("380,566 402,560 416,576 412,598 390,604 376,588"), CORAL)
    return [*ends, *brush.part(cloth, CORAL, fill(dark, CORAL_SHADE), *spots, under), *knot]


def ears(brush: Brush) -> tuple[list[str], list[str]]:
    """One ear hangs, the other is lifted by the wind."""
    left = curve("176,330 132,322 88,362 62,432 60,506 86,546 124,534 150,482 168,420")
    left_dark = curve("62,470 66,560 130,560 160,470 132,500 100,520 76,500")
    right = curve("420,326 456,308 502,314 536,350 552,402 542,436 512,440 480,424 450,408 428,390")
    right_dark = curve("542,376 560,436 520,460 466,436 430,408 458,406 504,420 530,408")
    return (
        brush.part(left, BROWN, fill(left_dark, BROWN_SHADE)),
        brush.part(right, BROWN, fill(right_dark, BROWN_SHADE)),
    )


HEAD = "300,276 380,290 436,338 458,412 450,486 408,546 346,580 300,586 254,580 192,546 150,486 142,412 164,338 220,290"


def head(brush: Brush) -> list[str]:
    """Head, patch, blaze, muzzle and cheeks."""
    shape = curve(HEAD)
    dark = curve("410,300 432,380 424,470 376,544 300,576 320,600 420,580 480,480 476,380")
    blaze = curve(
        "306,264 284,300 280,356 270,420 222,456 206,508 236,556 312,582 "
        "388,556 418,508 402,456 354,420 340,356 330,300"
    )
    patch = curve("208,336 176,372 168,432 190,474 230,478 262,446 270,394 252,350")
    cream_dark = curve("412,470 396,528 346,566 290,574 310,600 400,580 440,510")
    tuft = [line("286,282 292,262 304,250", 4, 7), line("306,280 316,266 330,260", 4, 7)]
    inside = [fill(dark, FUR_SHADE), fill(patch, BROWN), fill(blaze, CREAM), fill(cream_dark, CREAM_SHADE)]
    inside += [fill(_oval((x, 494.0), 29, 18), BLUSH, 0.8) for x in (190.0, 424.0)]
    return [*brush.part(shape, FUR, *inside), *tuft]


def face() -> list[str]:
    """Eyes, brows, smile, nose."""
    parts = [*_eye((236, 426)), *_eye((380, 426))]
    parts += [line("206,376 226,364 250,368", 5, 9), line("366,366 390,362 410,374", 9, 5)]
    return [*parts, *_mouth(), *_nose()]


def _eye(at: Point) -> list[str]:
    x, y = at
    return [
        fill(_oval(at, 21, 28), INK),
        fill(_oval((x + 7, y - 10), 7.5, 9), "#ffffff"),
        fill(_oval((x - 6, y + 12), 4.5, 5), "#ffffff", 0.85),
    ]


def _nose() -> list[str]:
    shape = curve("280,456 310,448 342,456 348,474 330,492 312,500 294,492 276,474")
    return [fill(shape, INK), fill(_oval((304.0, 463.0), 13, 5), "#ffffff", 0.7)]


def _mouth() -> list[str]:
    """An open smile with its tongue."""
    shape = "M268 516C282 530 298 530 312 518C326 530 344 530 358 516C360 560 340 580 313 580C286 580 266 558 268 516Z"
    tongue = curve("284,572 292,548 312,544 334,548 342,572 313,596")
    clip = f'<clipPath id="clip-mouth"><path d="{shape}"/></clipPath>'
    inside = f'<g clip-path="url(#clip-mouth)">{fill(tongue, "#f0826f")}</g>'
    line_ = f'<path d="{shape}" fill="none" stroke="{INK}" stroke-width="8" stroke-linejoin="round"/>'
    corners = [line("252,506 260,516 270,518", 4, 8), line("374,506 366,516 356,518", 4, 8)]
    return [f"<defs>{clip}</defs>", fill(shape, "#6d2734"), inside, line_, line("312,496 312,520", 8, 8), *corners]


def _oval(at: Point, wide: float, high: float) -> str:
    (x, y), a, b = at, number(wide), number(high)
    return f"M{number(x - wide)} {number(y)}a{a} {b} 0 1 0 {number(2 * wide)} 0a{a} {b} 0 1 0 {number(-2 * wide)} 0Z"
