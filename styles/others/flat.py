"""Flat characters, without a line: an owl, a robot, a cactus, a girl in a raincoat."""

from __future__ import annotations

from examples.brush import disc, fill, poly, trace
from styles.others.pen import MIDDLE, blob, box, even, eyes, line, oval, pair, smile


def owl() -> list[str]:
    """An owl on a branch, at night."""
    night, feather, wing, belly, beak = "#2f2a5a", "#7d74c4", "#5a519f", "#f0d9ef", "#f7a83b"
    body = even("256,92 312,104 352,76 360,140 376,220 366,320 320,388 256,402")
    scales = [fill(oval(256 + x, y, 15, 12), "#d7b4dd") for y, row in ((292, 2), (322, 3), (352, 2))
              for x in ((i - (row - 1) / 2) * 40 for i in range(row))]  # fmt: skip
    return [
        fill(box(0, 0, 512, 512, 0), night), fill(disc((408, 96), 46), "#fbe8a6"), fill(disc((388, 84), 42), night),
        *(fill(disc((x, y), r), "#fbe8a6") for x, y,
            r in ((70, 70, 4), (130, 150, 3), (60, 240, 3), (452, 250, 4), (440, 190, 2.5))),
        fill(body, feather), fill(blob("144,204 122,280 140,350 182,372 176,270"), wing),
        fill(blob("368,204 390,280 372,350 330,372 336,270"), wing), fill(oval(256, 318, 74, 72), belly), *scales,
        fill(box(40, 396, 432, 26, 13), "#8a5a44"), fill(oval(112, 388, 30, 12), "#6fae7b"),
        fill(oval(420, 430, 34, 12), "#6fae7b"),
        *(fill(box(x, 384, 18, 34, 9), beak) for x in (206, 228, 266, 288)),
        *(fill(d, "#fff7e8") for d in pair(52, 182, 50, 50)), *eyes(46, 184, 25, "#2a2350"),
        fill(poly(trace("240,212 272,212 256,244")), beak),
    ]  # fmt: skip


def robot() -> list[str]:
    """A square robot that waves."""
    steel, dark, glow, red = "#9db8c4", "#5f7f8f", "#8ff0d0", "#f0695a"
    return [
        fill(box(0, 0, 512, 512, 0), "#fdf3dc"), fill(oval(256, 470, 170, 20), "#ead9b5"),
        line("152,306 102,344 92,400", dark, 26), line("360,306 418,272 430,212", dark, 26),
        fill(disc((92, 408), 26), red), fill(disc((432, 200), 28), red),
        fill(box(186, 400, 44, 66, 12), dark), fill(box(282, 400, 44, 66, 12), dark),
        fill(box(168, 446, 78, 28, 14), red), fill(box(266, 446, 78, 28, 14), red),
        fill(box(140, 268, 232, 150, 26), steel), fill(box(176, 300, 96, 70, 12), "#3f5866"),
        line("186,338 204,338 214,316 228,356 238,336 262,336", glow, 5),
        *(fill(disc((308 + 30 * (i % 2), 318 + 34 * (i // 2)), 10), c) for i,
            c in enumerate((red, "#f7c455", glow, "#f7f2e4"))),
        fill(box(236, 238, 40, 40, 6), dark), fill(box(252, 56, 8, 60, 4), dark), fill(disc((256, 52), 17), red),
        fill(box(112, 146, 288, 60, 22), dark), fill(box(138, 104, 236, 146, 34), steel),
        fill(box(164, 134, 184, 88, 26), "#3f5866"), *(fill(d, glow) for d in pair(42, 168, 18, 22)),
        smile(MIDDLE, 196, 26, glow, 7),
    ]  # fmt: skip


def cactus() -> list[str]:
    """A cactus in a pot, with a flower on its head."""
    green, deep, pot = "#57a773", "#3f8660", "#d9734e"
    spikes = [
        line(f"{x},{y} {x},{y + 14}", deep, 5)
        for x, y in ((216, 150), (296, 150), (210, 300), (302, 300), (256, 336), (232, 108), (280, 108))
    ]
    petals = [
        fill(disc((256 + a, 62 + b), 18), "#f58fa8") for a, b in ((0, -20), (20, -6), (13, 16), (-13, 16), (-20, -6))
    ]
    return [
        fill(box(0, 0, 512, 512, 0), "#cfeaf0"), fill(disc((420, 110), 54), "#ffe08a"),
        fill(box(0, 424, 512, 88, 0), "#f4d7a1"),
        line("190,286 120,280 112,202", green, 50), line("322,246 396,240 404,150", green, 50),
        fill(box(182, 70, 148, 330, 74), green), fill(blob("286,92 322,130 322,390 292,398 300,240"), deep), *spikes,
        *petals, fill(disc((256, 62), 13), "#ffe08a"),
        *eyes(32, 206, 13, "#23402f"), smile(MIDDLE, 230, 20, "#23402f", 6),
        *(fill(d, "#f58fa8", 0.7) for d in pair(48, 234, 14, 9)),
        fill(poly(trace("150,380 362,380 334,486 178,486")), pot), fill(box(136, 362, 240, 44, 14), "#ee8a63"),
        fill(poly(trace("158,410 354,410 351,422 161,422")), "#b85a3c"),
    ]  # fmt: skip


def girl() -> list[str]:
    """A girl in a yellow raincoat, in a puddle."""
    coat, fold, skin, hair, boot = "#f6c026", "#d99a12", "#f3c3a0", "#b4482f", "#2f6f8f"
    rain = [
        line(f"{x},{y} {x - 8},{y + 26}", "#bcd6e4", 5)
        for x, y in ((60, 60), (120, 190), (50, 300), (420, 60), (470, 180), (430, 320), (340, 30), (180, 24))
    ]
    return [
        fill(box(0, 0, 512, 512, 0), "#e2eef4"), *rain, fill(oval(256, 474, 190, 24), "#a9cadb"),
        fill(box(204, 384, 40, 86, 10), boot), fill(box(268, 384, 40, 86, 10), boot),
        fill(box(184, 444, 62, 30, 14), boot), fill(box(266, 444, 62, 30, 14), boot),
        line("190,286 140,330 112,372", coat, 46), line("322,286 372,330 404,366", coat, 46),
        fill(disc((104, 384), 19), skin), fill(disc((412, 378), 19), skin),
        fill(blob("206,236 306,236 340,320 356,410 256,422 156,410 172,320"), coat),
        fill(box(250, 262, 12, 152, 6), fold),
        *(fill(disc((280, y), 8), "#fff4cf") for y in (296, 336, 376)),
        fill(even("256,56 336,84 362,160 340,228 256,258"), coat),
        fill(even("256,96 314,112 330,168 304,220 256,234"), fold),
        fill(even("256,108 306,122 320,172 298,216 256,228"), skin),
        fill(blob("196,168 196,122 256,100 316,122 318,170 300,142 264,138 226,160"), hair),
        fill(blob("194,160 184,220 196,248 210,214"), hair), fill(blob("318,160 328,220 316,248 302,214"), hair),
        *eyes(28, 178, 9, "#43302a"), smile(MIDDLE, 198, 14, "#9c4a3a", 5),
        *(fill(d, "#ee8f78", 0.7) for d in pair(44, 198, 11, 8)),
    ]  # fmt: skip
