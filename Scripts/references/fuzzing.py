"""Small photos with metadata for fuzzing to begin with: data/references/fuzzing/photos.

Needs Pillow 13.0, pillow-heif 1.8 and exiftool 12.57. The models beside them have random weights.
"""

import subprocess
from pathlib import Path

import pillow_heif
from PIL import Image

pillow_heif.register_heif_opener()
root = Path(__file__).resolve().parents[2]
target = root / "data/references/fuzzing/photos"
image = Image.open(root / "data/samples/coffee.png").convert("RGB").resize((48, 32))


def tag(name: str, *tags: str) -> None:
    subprocess.run(["exiftool", "-q", "-q", "-overwrite_original", *tags, target / name], check=True)


image.convert("P", palette=Image.ADAPTIVE, colors=8).save(target / "palette.png")
image.save(target / "described.png")
image.save(target / "described.webp", quality=40)
image.save(target / "described.jpg", quality=50)
image.save(target / "progressive.jpg", quality=40, progressive=True)
image.save(target / "described.heic", quality=30)
image.save(target / "described.avif", quality=30)
for name in ["described.png", "described.webp", "described.jpg", "progressive.jpg",
             "described.heic", "described.avif"]:
    tag(name, "-XMP-dc:Description=A cup of coffee", "-XMP-dc:Title=Cup", "-XMP-dc:Subject=coffee",
        "-EXIF:ImageDescription=Coffee", "-EXIF:Make=Maker", "-EXIF:Model=Model",
        "-EXIF:DateTimeOriginal=2021:07:04 18:30:05", "-EXIF:Orientation#=6",
        "-EXIF:GPSLatitude=48.5", "-EXIF:GPSLatitudeRef=N", "-EXIF:GPSLongitude=120",
        "-EXIF:GPSLongitudeRef=W")
tag("described.jpg", "-IPTC:Caption-Abstract=A cup", "-IPTC:ObjectName=Cup", "-Comment=coffee")
tag("described.png", "-PNG:Description=cup", "-PNG:Comment=by hand")
