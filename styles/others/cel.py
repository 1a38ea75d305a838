"""Cel-shaded characters, two hard tones a colour: a penguin, a dragon, a wizard, a snail."""

from __future__ import annotations

from examples.brush import disc, fill, poly, trace
from styles.others.pen import Pen, blob, box, even, eyes, line, oval, pair, smile


def penguin(pen: Pen) -> list[str]:
    """A penguin with a woollen hat, on ice."""
    coat = ("#3d5a80", "#293f5e")
    rim = "#14233a"
    return [
        fill(box(0, 0, 512, 512, 0), "#d9f1fb"),
        fill(poly(trace("0,420 120,396 300,410 512,388 512,512 0,512")), "#ffffff"),
        fill(poly(trace("40,420 110,330 176,412")), "#b6deef"), fill(poly(trace("380,404 440,300 512,396")), "#b6deef"),
        *pen.cel(oval(206, 450, 46, 20), "#f6a23c", "#d07a1b", rim="#8a4a0c"),
        *pen.cel(oval(306, 450, 46, 20), "#f6a23c", "#d07a1b", rim="#8a4a0c"),
        *pen.cel(blob("150,250 100,330 92,392 122,386 172,340"), *coat, rim=rim),
        *pen.cel(blob("362,250 412,330 420,392 390,386 340,340"), *coat, rim=rim),
        *pen.cel(even("256,112 336,140 372,250 370,370 322,442 256,452"), *coat, rim=rim),
        *pen.cel(even("256,190 296,172 330,206 326,270 340,360 300,426 256,434"), "#ffffff", "#c9dcea", rim="#8aa6bd"),
        *eyes(36, 220, 13, rim), *pen.cel(poly(trace("230,244 282,244 256,276")), "#f6a23c", "#d07a1b", rim="#8a4a0c"),
        *(fill(d, "#f4a6a0") for d in pair(60, 252, 14, 9)),
        *pen.cel(even("256,52 318,74 342,140 336,152 256,146"), "#e4572e", "#b03a17",
            line("206,60 212,146", "#f6c9b4", 10),
                 line("256,50 256,150", "#f6c9b4", 10), line("306,60 300,146", "#f6c9b4", 10), rim="#6e1f08"),
        *pen.cel(box(160, 134, 192, 36, 18), "#f6dccb", "#d8b29b", rim="#6e1f08"),
        *pen.cel(disc((256, 46), 24), "#f6dccb", "#d8b29b", rim="#6e1f08"),
    ]  # fmt: skip


def dragon(pen: Pen) -> list[str]:
    """A small dragon that puffs a ring of smoke."""
    skin, rim, belly = ("#4fb3a5", "#2f8377"), "#123f3a", ("#f9e3a3", "#dcb968")
    spines = [
        poly(trace(t)) for t in ("340,118 392,112 360,160", "354,166 404,172 362,212", "66,372 20,350 78,306 104,366")
    ]
    return [
        fill(box(0, 0, 512, 512, 0), "#f3e9f7"), fill(oval(264, 462, 190, 24), "#d9c6e3"),
        *pen.cel(blob("330,270 400,170 470,180 486,230 440,236 444,280 396,284 392,322"), "#f08a7a", "#c55d52",
            rim="#6b2420"),
        *pen.cel(blob("220,410 150,462 76,450 48,390 70,352 92,386 116,414 190,376"), *skin, rim=rim),
        *(s for d in spines for s in pen.cel(d, "#f2b134", "#c98512", rim="#6f4504")),
        *pen.cel(blob("222,250 330,260 372,350 350,440 270,458 208,440 192,340"), *skin, rim=rim),
        *pen.cel(blob("212,290 282,290 300,360 282,440 222,438 202,360"), *belly, line("208,330 294,330", "#c9a552", 5),
                 line("206,364 300,364", "#c9a552", 5), line("210,400 296,400", "#c9a552", 5), rim="#8a6a1c"),
        *pen.cel(oval(246, 450, 44, 20), *skin, rim=rim), *pen.cel(oval(340, 448, 46, 22), *skin, rim=rim),
        *pen.cel(blob("210,312 168,330 150,362 170,372 214,350"), *skin, rim=rim),
        *pen.cel(blob("236,96 264,40 290,100"), "#fdf6e3", "#d8c8a0", rim="#7d6b3a"),
        *pen.cel(blob("292,108 338,62 336,128"), "#fdf6e3", "#d8c8a0", rim="#7d6b3a"),
        *pen.cel(blob("166,110 250,84 330,112 358,180 330,248 262,276 180,270 108,250 88,214 116,184 150,168"), *skin,
            rim=rim),
        *pen.cel(oval(240, 164, 25, 30), "#ffffff", "#d5e6e4", rim=rim), fill(oval(234, 168, 13, 18), rim),
        fill(disc((229, 160), 5), "#ffffff"),
        fill(oval(116, 208, 6, 5), rim), line("112,240 160,244 206,232 232,208", rim, 6),
        fill(oval(282, 216, 18, 11), "#f08a7a"),
        fill(blob("190,240 204,258 214,236"), "#ffffff"),
        *(f'<path d="{oval(x, y, r, r * 0.7)}" fill="none" stroke="#b59ac4" stroke-width="9"/>' for x, y,
            r in ((56, 178, 26), (40, 116, 17))),
    ]  # fmt: skip


def wizard(pen: Pen) -> list[str]:
    """An old wizard with a long beard and a staff."""
    robe, rim = ("#6a4c93", "#4a3170"), "#251440"
    moustache = blob("256,252 226,246 196,262 178,254 200,282 236,280 256,266 276,280 312,282 334,254 316,262 286,246")
    star = "256,96 263,114 282,115 267,127 272,146 256,135 240,146 245,127 230,115 249,114"
    return [
        fill(box(0, 0, 512, 512, 0), "#fbeedd"), fill(disc((256, 250), 214), "#f6d9b8"),
        fill(oval(256, 474, 170, 20), "#dbb48c"),
        line("404,128 400,300 410,470", "#5b3a22", 17), line("404,128 400,300 410,470", "#a06a3f", 9),
        *pen.cel(disc((404, 104), 30), "#7fd8e6", "#3fa5bd", fill(disc((394, 94), 8), "#ffffff"), rim="#17525f"),
        *pen.cel(even("256,230 324,250 356,370 376,468 256,476"), *robe, rim=rim),
        *pen.cel(blob("180,284 120,330 92,392 132,412 196,354"), *robe, rim=rim),
        *pen.cel(blob("332,284 388,300 424,352 392,386 322,344"), *robe, rim=rim),
        *pen.cel(disc((108, 404), 22), "#f0b58d", "#cf8a60", rim="#6e3a1c"),
        *pen.cel(disc((404, 366), 23), "#f0b58d", "#cf8a60", rim="#6e3a1c"),
        *pen.cel(even("256,160 318,180 326,236 298,276 256,284"), "#f0b58d", "#cf8a60", rim="#6e3a1c"),
        *pen.cel(even("256,262 300,240 334,232 330,312 296,388 256,432"), "#f5f3ee", "#c9c5d0",
                 line("226,300 240,360 252,400", "#c9c5d0", 5), line("286,300 274,350", "#c9c5d0", 5), rim="#6d6878"),
        *pen.cel(moustache, "#ffffff", "#d3d0da", rim="#6d6878"),
        *pen.cel(oval(256, 236, 19, 15), "#f2a083", "#d3755a", rim="#6e3a1c"), *eyes(34, 212, 9, "#33203f"),
        line("206,192 220,184 236,190", "#f5f3ee", 9), line("276,190 292,184 306,192", "#f5f3ee", 9),
        *pen.cel(blob("300,22 322,96 352,168 256,186 160,168 200,92 244,34 270,14"), *robe,
            fill(poly(trace(star)), "#f7d070"),
                 fill(disc((214, 150), 7), "#f7d070"), fill(disc((308, 146), 6), "#f7d070"), rim=rim),
        *pen.cel(oval(256, 172, 130, 22), *robe, rim=rim),
    ]  # fmt: skip


def snail(pen: Pen) -> list[str]:
    """A snail after the rain."""
    body = blob("86,250 110,206 168,200 200,236 208,330 260,376 400,372 478,404 470,428 300,438 160,432 104,390 84,320")
    spiral = "M318 268m-86 8a86 86 0 1 1 86 86a66 66 0 1 1 -2 -132a48 48 0 1 1 -2 96"
    skin, shell, rim = ("#f2cf9b", "#d3a566"), ("#c65d7b", "#963e59"), "#5a3a1a"
    return [
        fill(box(0, 0, 512, 512, 0), "#e9f5e1"),
        fill(blob("-20,430 140,404 320,418 540,400 540,540 -20,540"), "#8fc17a"),
        *(fill(oval(x, y, 7, 10), "#ffffff", 0.8) for x, y in ((60, 452), (210, 470), (450, 456), (330, 486))),
        line("124,222 104,150 98,118", rim, 22), line("124,222 104,150 98,118", skin[0], 13),
        line("164,222 178,150 190,112", rim, 22), line("164,222 178,150 190,112", skin[0], 13),
        *(s for x,
            y in ((96, 104), (194, 100)) for s in [*pen.cel(disc((x, y), 25), "#ffffff", "#dfe6da", rim=rim),
                fill(disc((x - 5, y + 3), 11), "#2c1d10"), fill(disc((x - 9, y - 2), 4), "#ffffff")]),
        *pen.cel(body, *skin, rim=rim),
        *pen.cel(disc((318, 268), 128), *shell,
            f'<path d="{spiral}" fill="none" stroke="#7d2f48" stroke-width="9"/>',
                 fill(oval(258, 190, 26, 15), "#f0a9bd"), rim="#4f1a2c"),
        smile(130, 292, 24, rim, 6), fill(oval(160, 276, 15, 10), "#f0957f"),
        *pen.cel(blob("420,392 448,352 500,340 492,384 450,410"), "#5fae62", "#3c8347",
            line("430,396 486,352", "#2b6233", 4), rim="#1f4a26"),
    ]  # fmt: skip
