"""Printed characters, whose colour sits a little beside their line: a frog, an octopus, a mushroom, an astronaut."""

from __future__ import annotations

from examples.brush import disc, fill
from styles.others.pen import MIDDLE, Pen, blob, box, even, line, oval, pair, smile

INK = "#20303d"


def frog(pen: Pen) -> list[str]:
    """A frog on a lily pad, with a fly that it has not seen."""
    green, pale, spot = "#8cc63f", "#e8f3b4", "#5f9a2c"

    def part(d: str, paint: str, *inside: str) -> list[str]:
        return pen.inked(d, paint, *inside, ink=INK)

    return [
        fill(box(0, 0, 512, 512, 0), "#f7faf2"),
        *part(oval(256, 432, 208, 44), "#4f9d7c", line("256,432 420,470", INK, 5)),
        *part(blob("150,330 78,340 60,410 120,436 196,424"), green),
        *part(blob("362,330 434,340 452,410 392,436 316,424"), green),
        *part(even("256,226 340,256 368,350 330,420 256,430"), green,
            fill(even("256,286 308,300 322,366 296,420 256,428"), pale)),
        *part(blob("196,330 186,396 160,430 206,440 232,420 226,340"), green),
        *part(blob("316,330 326,396 352,430 306,440 280,420 286,340"), green),
        *part(pair(78, 116, 46, 44)[0], green), *part(pair(78, 116, 46, 44)[1], green),
        *part(even("256,110 340,122 392,180 374,244 316,276 256,282"), green,
              fill(even("256,236 320,226 364,206 372,236 316,276 256,286"), pale), fill(disc((330, 150), 11), spot),
              fill(disc((356, 176), 7), spot)),
        *(s for d in pair(78, 112, 27, 28) for s in part(d, "#ffffff")), *(fill(d, INK) for d in pair(74, 114, 13, 16)),
        line("160,206 200,236 256,246 312,236 352,206", INK, 6), *(fill(d, "#f2867a") for d in pair(94, 238, 15, 9)),
        *(fill(d, INK) for d in pair(10, 186, 3.5, 3.5)),
        *part(oval(430, 92, 13, 10), INK), *part(oval(420, 76, 13, 8), "#dfeef2"),
        *part(oval(444, 78, 13, 8), "#dfeef2"),
        line("414,108 394,140 418,160 404,188", INK, 2.5),
    ]  # fmt: skip


def octopus(pen: Pen) -> list[str]:
    """An octopus with a tea cup."""
    pink, pale, deep = "#f497a9", "#fbd0d6", "#d9607f"

    def part(d: str, paint: str, *inside: str) -> list[str]:
        return pen.inked(d, paint, *inside, ink=INK)

    arms = (
        "190,290 130,330 70,330 48,292 66,270 84,292 124,288 170,250",
        "210,300 170,390 104,420 70,398 80,376 112,386 146,350 176,280",
        "240,310 232,400 190,450 150,446 152,422 184,418 200,380 206,300",
        "322,290 382,330 442,330 464,292 446,270 428,292 388,288 342,250",
        "302,300 342,390 408,420 442,398 432,376 400,386 366,350 336,280",
        "272,310 280,400 322,450 362,446 360,422 328,418 312,380 306,300",
    )  # fmt: skip
    return [
        fill(box(0, 0, 512, 512, 0), "#eaf6f8"), *(s for d in arms for s in part(blob(d), pink)),
        *part(even("256,72 346,96 382,184 352,276 300,318 256,326"), pink,
              fill(blob("330,92 392,180 360,280 290,330 330,240"), deep, 0.55), fill(oval(206, 128, 34, 20), pale)),
        *(s for d in pair(52, 206, 36, 40) for s in part(d, "#ffffff")), *(fill(d, INK) for d in pair(48, 212, 17, 20)),
        *(fill(disc((x, 202), 6), "#ffffff") for x in (202, 298)), smile(MIDDLE, 262, 22, INK, 6),
        *(fill(d, deep, 0.7) for d in pair(74, 262, 17, 10)),
        *part(blob("434,268 436,232 448,226 488,226 494,232 488,272 462,284"), "#ffd75e"),
        line("456,206 450,190 462,176", INK, 4), line("476,206 470,190 482,176", INK, 4),
        *(fill(disc((x, y), 7), "#ffffff") for x, y in ((76, 118), (104, 82), (62, 70))),
    ]  # fmt: skip


def mushroom(pen: Pen) -> list[str]:
    """A mushroom asleep, and a snail shell beside it."""
    red, stem, dot = "#e0483e", "#fbf0dc", "#fff8ee"

    def part(d: str, paint: str, *inside: str) -> list[str]:
        return pen.inked(d, paint, *inside, ink="#4a2f27", wide=5)

    spots = [
        fill(oval(x, y, w, h), dot)
        for x, y, w, h in (
            (256, 110, 44, 30),
            (150, 170, 30, 28),
            (366, 170, 32, 28),
            (214, 196, 24, 16),
            (306, 200, 20, 14),
            (88, 222, 20, 20),
            (428, 222, 18, 20),
        )
    ]
    return [
        fill(box(0, 0, 512, 512, 0), "#fffaf0"),
        fill(blob("30,450 140,420 300,426 480,448 440,486 240,494 70,484"), "#b9cf8c"),
        *part(blob("196,230 316,230 322,330 352,420 326,458 186,458 160,420 190,330"), stem,
            fill(blob("300,230 330,330 360,440 300,470 290,340"), "#e5cfae")),
        *part(blob("256,62 360,84 448,162 474,236 420,262 330,250 256,256 182,250 92,262 38,236 64,162 152,84"), red,
            *spots),
        line("196,318 212,330 230,318", "#4a2f27", 6), line("282,318 298,330 316,318", "#4a2f27", 6),
        smile(MIDDLE, 352, 16, "#4a2f27", 6),
        *(fill(d, "#f0968a", 0.8) for d in pair(48, 344, 14, 9)),
        *part(disc((414, 430), 36), "#f0b65c"),
        line("442,434 420,452 394,436 402,410 426,412 428,432 414,434", "#4a2f27", 4),
        line("98,448 90,416 80,404", "#6f9a4f", 6), line("112,448 118,410 130,396", "#6f9a4f", 6),
    ]  # fmt: skip


def astronaut(pen: Pen) -> list[str]:
    """A child in a space suit, afloat."""
    suit, grey, orange, skin = "#f4f1ea", "#c8ccd2", "#f08a4b", "#a9714b"

    def part(d: str, paint: str, *inside: str) -> list[str]:
        return pen.inked(d, paint, *inside, ink="#14213d")

    stars = [
        fill(disc((x, y), r), "#fdf0c0")
        for x, y, r in (
            (60, 80, 5),
            (120, 40, 3),
            (452, 60, 5),
            (470, 300, 4),
            (40, 300, 4),
            (90, 440, 5),
            (430, 452, 4),
            (350, 36, 3),
        )
    ]
    return [
        fill(box(0, 0, 512, 512, 0), "#5069b0"), *stars, fill(disc((452, 180), 34), "#f6b7a0"),
        line("404,196 452,190 500,166", "#fdf0c0", 7),
        *part(box(160, 236, 192, 150, 30), grey),
        *part(blob("178,270 120,262 74,214 50,224 62,262 112,318 178,330"), suit, line("84,206 60,260", orange, 14)),
        *part(blob("334,270 392,290 420,352 446,350 440,304 404,246 334,236"), suit,
            line("404,336 450,330", orange, 14)),
        *part(blob("206,372 188,430 164,462 196,482 232,462 252,384"), suit, line("170,440 226,456", orange, 14)),
        *part(blob("306,372 334,424 370,440 372,474 324,474 282,440 262,384"), suit,
            line("350,436 332,476", orange, 14)),
        *part(blob("190,250 322,250 334,330 316,396 256,404 196,396 178,330"), suit),
        *part(box(216, 304, 80, 54, 10), grey,
            *(fill(disc((234 + 22 * i, 330), 8), c) for i, c in enumerate((orange, "#6cc2a4", "#f4d35e")))),
        *part(oval(256, 168, 116, 108), suit), *part(oval(256, 172, 90, 80), skin,
              fill(blob("160,150 180,80 256,72 340,84 356,150 326,124 290,132 262,114 226,134 196,122"), "#2e1d1a")),
        *(fill(d, "#14213d") for d in pair(32, 178, 9, 11)), smile(MIDDLE, 206, 22, "#14213d", 6),
        *(fill(d, "#d98a63", 0.9) for d in pair(56, 204, 13, 9)),
        line("184,128 176,150 174,172", "#ffffff", 9), *part(disc((140, 172), 17), orange),
        *part(disc((372, 172), 17), orange),
    ]  # fmt: skip
