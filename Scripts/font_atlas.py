"""Writes Sources/Figures/FigureFont.swift: the glyphs that figures need, drawn once.

Usage: python Scripts/font_atlas.py /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf

Needs Pillow and Debian's fonts-dejavu-core. DejaVu Sans is free to use, embed and redistribute
(Bitstream Vera licence with public-domain additions).
"""
import base64
import io
import pathlib
import sys

from PIL import Image, ImageDraw, ImageFont

SIZE, HEIGHT, BASELINE = 18, 24, 18
OVERHANG = 2  # pixels beside its advance that a glyph may reach into
CHARACTERS = "".join(chr(c) for c in [*range(0x20, 0x7F), *range(0xA1, 0x180), 0x2019, 0x2026, 0xFFFD])

font = ImageFont.truetype(sys.argv[1], SIZE)
advances = [round(font.getlength(c)) for c in CHARACTERS]
atlas = Image.new("L", (sum(advances) + 2 * OVERHANG * len(advances), HEIGHT))
x = 0
for character, advance in zip(CHARACTERS, advances):
    # Each in a picture of its own, so that none reaches into the next one's cell.
    cell = Image.new("L", (advance + 2 * OVERHANG, HEIGHT))
    ImageDraw.Draw(cell).text((OVERHANG, BASELINE), character, fill=255, font=font, anchor="ls")
    atlas.paste(cell, (x, 0))
    x += cell.width
png = io.BytesIO()
atlas.save(png, "PNG", optimize=True)
text = base64.b64encode(png.getvalue()).decode()
lines = "\n".join(text[i : i + 92] + "\\" for i in range(0, len(text), 92)).rstrip("\\")
widths = ", ".join(map(str, advances))
rows, row = [], ""
for word in widths.split(" "):
    if len(row) + len(word) + 1 > 94:
        rows.append(row.rstrip())
        row = ""
    row += word + " "
rows.append(row.rstrip())
target = pathlib.Path(__file__).parent.parent / "Sources/Figures/FigureFont.swift"
target.parent.mkdir(exist_ok=True)
target.write_text(
    f'''/// DejaVu Sans at {SIZE} pixels, made by Scripts/font_atlas.py: do not edit.
enum FigureFont {{
  /// The height of every glyph's cell, in pixels.
  static let height = {HEIGHT}

  /// The row of a cell on which letters stand, from its top.
  static let baseline = {BASELINE}

  /// The Unicode scalars that have a glyph, in the atlas's order: U+0020–U+007E, U+00A1–U+017F,
  /// then ’, … and the replacement character.
  static let scalars: [UInt32] =
    Array(0x20...0x7E) + Array(0xA1...0x17F) + [0x2019, 0x2026, 0xFFFD]

  /// How many pixels a glyph may reach beyond its advance, on either side; its cell has room for
  /// that.
  static let overhang = {OVERHANG}

  /// How many pixels each glyph advances the line, in the atlas's order.
  static let advances: [Int] = [
    {chr(10).join(("    " if i else "") + r for i, r in enumerate(rows))},
  ]

  /// All glyphs side by side, white on black: a PNG in base64.
  static let atlas = """
{chr(10).join("    " + l for l in lines.splitlines())}
    """
}}
'''
)
print(atlas.size, len(text))
