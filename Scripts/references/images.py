"""Writes data/references/images: small image files of every kind, and what Pillow reads in them.

    python Scripts/references/images.py

Made with Python 3.11, Pillow 13.0, pillow-heif 1.8, torchvision 0.29, NumPy 2.4, safetensors 0.8.
All pictures are crops of data/samples/chelsea.png (CC0, Stéfan van der Walt).

decoding/NAME.EXT is decoded by the test, decoding/NAME.png is what it must become: RGB, upright,
transparency over white. `exact` in decoding/index.json tells whether it must be so to the last bit.
"""
import io
import json
import pathlib
import struct
import zlib

import numpy as np
import pillow_heif
import torch
from PIL import Image, ImageEnhance, ImageOps
from safetensors.numpy import save_file
from torchvision import transforms

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = ROOT / "data/references/images"
DECODING = TARGET / "decoding"
RESAMPLING = TARGET / "resampling"
ADJUSTMENTS = TARGET / "adjustments"
CAT = Image.open(ROOT / "data/samples/chelsea.png").convert("RGB")
PHOTO = CAT.crop((130, 80, 330, 213)).resize((67, 45), Image.LANCZOS)
PIXELS = np.asarray(PHOTO)
ALPHA = np.asarray(
    [[min(255, abs(5 * x - 3 * y)) for x in range(67)] for y in range(45)], np.uint8)
ORIENTATION = 0x0112
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
         (0, 1, 1, 2)]
index = {}
goldens = {}  # by size and pixels: several files may become the same picture


def over_white(image):
    image = image.convert("RGBA")
    white = Image.new("RGBA", image.size, "white")
    white.paste(image.convert("RGB"), mask=image.getchannel("A"))
    return white.convert("RGB")


def add(name, encoded, expected=None, exact=True):
    """One file, and its pixels as Pillow reads them unless they are given."""
    (DECODING / name).write_bytes(encoded)
    if expected is None:
        image = Image.open(io.BytesIO(encoded))
        if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
            image = over_white(ImageOps.exif_transpose(image))
        expected = ImageOps.exif_transpose(image).convert("RGB")
    pixels = (expected.size, expected.tobytes())
    if pixels not in goldens:
        goldens[pixels] = name.replace(".", "-") + ".expected.png"
        expected.save(DECODING / goldens[pixels], optimize=True)
    golden = goldens[pixels]
    index[name] = {"expected": golden, "exact": exact}


def encode(image, format, **options):
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def orientation(value, order="MM"):
    """An EXIF block with this orientation only."""
    sign = ">" if order == "MM" else "<"
    return b"Exif\0\0" + order.encode() + struct.pack(
        sign + "HIHHHIHHI", 42, 8, 1, ORIENTATION, 3, 1, value, 0, 0)


def png(samples, depth, color, interlaced=False, chunks=()):
    """A PNG of any kind; samples [height, width, channels] of `depth` bits."""
    def chunk(name, content):
        checksum = zlib.crc32(name + content)
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum)

    def rows(samples):
        encoded = b""
        for row in samples:
            if depth == 16:
                encoded += b"\0" + row.astype(">u2").tobytes()
            elif depth == 8:
                encoded += b"\0" + row.astype(np.uint8).tobytes()
            else:
                bits = "".join(format(int(v), f"0{depth}b") for v in row.ravel())
                bits += "0" * (-len(bits) % 8)
                encoded += b"\0" + bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))
        return encoded

    height, width = samples.shape[:2]
    if interlaced:
        passes = [samples[y::down, x::across] for x, y, across, down in ADAM7]
        data = b"".join(rows(part) for part in passes if part.size)
    else:
        data = rows(samples)
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, int(interlaced))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
            + b"".join(chunk(*c) for c in chunks) + chunk(b"IDAT", zlib.compress(data, 9))
            + chunk(b"IEND", b""))


def jpegs():
    for name, options in {
        "baseline-444": dict(quality=90, subsampling=0),
        "baseline-422": dict(quality=85, subsampling=1),
        "baseline-420": dict(quality=80, subsampling=2),
        "progressive": dict(quality=80, subsampling=2, progressive=True),
        "restart": dict(quality=80, restart_marker_rows=1),
        "rgb": dict(quality=85, keep_rgb=True),
    }.items():
        add(name + ".jpg", encode(PHOTO, "JPEG", **options))
    add("grey.jpg", encode(PHOTO.convert("L"), "JPEG", quality=80))

    # Pillow stores 255 − v, as Adobe's programs do, and writes Adobe's marker.
    black = 255 - np.minimum(255, 120 + 3 * np.add.outer(np.arange(45), np.arange(67)))
    cmyk = np.dstack([255 - PIXELS, black]).astype(np.uint8)
    add("cmyk.jpg", encode(Image.fromarray(cmyk, "CMYK"), "JPEG", quality=90))
    # The same with the inks as luminance and chrominance, which Pillow cannot write: those numbers
    # go in as if they were inks, and Adobe's marker is changed to say what they are.
    ycc = np.asarray(Image.fromarray(255 - PIXELS).convert("YCbCr"))
    ycck = np.dstack([255 - ycc, black]).astype(np.uint8)
    encoded = bytearray(encode(Image.fromarray(ycck, "CMYK"), "JPEG", quality=90))
    encoded[encoded.index(b"Adobe") + 11] = 2
    add("ycck.jpg", bytes(encoded))

    for value in range(1, 9):
        add(f"orientation-{value}.jpg",
            encode(PHOTO, "JPEG", quality=80, exif=orientation(value, "II" if value % 2 else "MM")))


def pngs():
    add("rgb.png", encode(PHOTO, "PNG"))
    add("rgba.png", encode(Image.fromarray(np.dstack([PIXELS, ALPHA])), "PNG"))
    grey = np.asarray(PHOTO.convert("L"))
    add("grey.png", encode(Image.fromarray(grey), "PNG"))
    add("grey-alpha.png", encode(Image.fromarray(np.dstack([grey, ALPHA]), "LA"), "PNG"))
    palette = PHOTO.quantize(32)
    add("palette.png", encode(palette, "PNG"))
    add("palette-alpha.png",
        encode(palette, "PNG", transparency=bytes(range(0, 256, 8))))
    for depth in 1, 2, 4:
        add(f"grey-{depth}.png", png(grey[..., None] >> (8 - depth), depth, 0))
    colors = PHOTO.quantize(4)
    add("palette-2.png", png(np.asarray(colors)[..., None], 2, 3,
                             chunks=[(b"PLTE", bytes(colors.getpalette()[:12]))]))

    rgba = np.dstack([PIXELS, ALPHA]).astype(np.uint16)
    rgba16 = rgba << 8 | (255 - rgba)
    add("rgb-16.png", png(rgba16[..., :3], 16, 2))
    add("rgba-16.png", png(rgba16, 16, 6))
    # Pillow's own conversion of 16-bit grey clips at 255; the upper byte is what it does for RGB.
    upper = Image.fromarray((rgba16[..., 0] >> 8).astype(np.uint8)).convert("RGB")
    add("grey-16.png", png(rgba16[..., :1], 16, 0), expected=upper)
    add("grey-transparent.png",
        png(grey[..., None], 8, 0, chunks=[(b"tRNS", struct.pack(">H", int(grey[20, 30])))]))
    add("interlaced.png", png(PIXELS, 8, 2, interlaced=True))
    add("interlaced-alpha.png", png(np.dstack([PIXELS, ALPHA]), 8, 6, interlaced=True))
    add("orientation-6.png", encode(PHOTO, "PNG", exif=orientation(6)))


def webps():
    rgba = Image.fromarray(np.dstack([PIXELS, ALPHA]))
    add("lossy.webp", encode(PHOTO, "WEBP", quality=80))
    add("lossless.webp", encode(PHOTO, "WEBP", lossless=True))
    add("alpha.webp", encode(rgba, "WEBP", quality=80))
    add("orientation-8.webp", encode(PHOTO, "WEBP", quality=80, exif=orientation(8)))
    add("animated.webp",
        encode(rgba, "WEBP", quality=70, save_all=True, append_images=[rgba.rotate(180)]))


def heifs():
    """Lossy, and upsampled differently by different libraries: near, not exact."""
    pillow_heif.register_heif_opener()
    rgba = Image.fromarray(np.dstack([PIXELS, ALPHA]))
    large = CAT.crop((130, 80, 330, 213)).resize((100, 66), Image.LANCZOS)
    add("photo.heic", encode(large, "HEIF", quality=80), exact=False)
    add("alpha.heic", encode(rgba, "HEIF", quality=90, chroma=444), exact=False)
    # Rotated by the container; pillow-heif writes the rotation where EXIF asks for it.
    add("rotated.heic", encode(large, "HEIF", quality=60, exif=orientation(6)), exact=False)
    add("photo.avif", encode(large, "AVIF", quality=80), exact=False)
    add("alpha.avif", encode(rgba, "AVIF", quality=90, subsampling="4:4:4"), exact=False)


def scaled():
    """JPEGs decoded at fractions of their size (Image.draft)."""
    large = CAT.crop((100, 60, 327, 213)).resize((125, 83), Image.LANCZOS)
    for name, options in {
        "420": dict(subsampling=2), "444": dict(subsampling=0), "progressive": dict(progressive=True),
    }.items():
        encoded = encode(large, "JPEG", quality=80, **options)
        (TARGET / f"scaled/{name}.jpg").write_bytes(encoded)
        for eighths in 1, 2, 4:
            image = Image.open(io.BytesIO(encoded))
            image.draft("RGB", (large.width * eighths // 8, large.height * eighths // 8))
            size = tuple((side * eighths + 7) // 8 for side in large.size)
            assert image.size == size, (image.size, size)
            image.convert("RGB").save(TARGET / f"scaled/{name}-{eighths}.png", optimize=True)


def resampling():
    filters = {"bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC, "lanczos": Image.LANCZOS}
    for name, filter in filters.items():
        for size in (97, 71), (67, 10), (7, 45), (20, 13), (33, 60), (66, 44), (60, 12), (1, 1):
            image = PHOTO.resize(size, filter)
            image.save(RESAMPLING / f"{name}-{size[0]}x{size[1]}.png", optimize=True)


def adjustments():
    """The PHOTO with more and less of each of the colours' qualities."""
    enhancers = {"brightness": ImageEnhance.Brightness, "contrast": ImageEnhance.Contrast,
                 "saturation": ImageEnhance.Color}
    for name, enhancer in enhancers.items():
        for factor in 0.625, 1.3125:
            image = enhancer(PHOTO).enhance(factor)
            image.save(ADJUSTMENTS / f"{name}-{factor}.png", optimize=True)


def preprocessing():
    """Input tensors [3, height, width] for decoding/rgb.png (67×45) and its transpose (45×67)."""
    mean, std = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
    tensors = {}
    photos = {"wide": PHOTO, "tall": PHOTO.transpose(Image.TRANSPOSE)}
    for name, photo in photos.items():
        tensors[f"crop-{name}"] = transforms.Compose([
            transforms.Resize(29), transforms.CenterCrop(24), transforms.ToTensor(),
            transforms.Normalize(mean, std)])(photo).numpy()

        # Longer side to 24, mean colour around.
        width, height = photo.size
        factor = 24 / max(width, height)
        inner = photo.resize((round(width * factor), round(height * factor)), Image.BICUBIC)
        left, top = (24 - inner.width) // 2, (24 - inner.height) // 2
        letterbox = np.zeros((3, 24, 24), np.float32)
        letterbox[:, top:top + inner.height, left:left + inner.width] = transforms.Compose([
            transforms.ToTensor(), transforms.Normalize(mean, std)])(inner).numpy()
        tensors[f"letterbox-{name}"] = letterbox

        # Blue first, minus VGG's mean, no division.
        stretched = np.asarray(photo.resize((20, 16), Image.LANCZOS), np.float32)[..., ::-1]
        tensors[f"bgr-{name}"] = np.ascontiguousarray(
            (stretched - np.float32([103.939, 116.779, 123.68])).transpose(2, 0, 1))

        # TensorFlow 1, resize_bilinear (align_corners=False) to 30×30, its middle 21×21, × 2 − 1.
        def neighbours(old, new):
            position = np.arange(new, dtype=np.float32) * (np.float32(old) / np.float32(new))
            lower = position.astype(np.int64)
            return lower, np.minimum(lower + 1, old - 1), position - lower.astype(np.float32)

        pixels = np.asarray(photo, np.float32) / np.float32(255)
        top, bottom, down = neighbours(height, 30)
        left, right, across = neighbours(width, 30)
        across, down = across[None, :, None], down[:, None, None]
        upper = pixels[top][:, left] + (pixels[top][:, right] - pixels[top][:, left]) * across
        lower = pixels[bottom][:, left] + (pixels[bottom][:, right] - pixels[bottom][:, left]) * across
        sampled = (upper + (lower - upper) * down)[4:25, 4:25]
        tensors[f"tensorflow-{name}"] = np.ascontiguousarray((sampled * 2 - 1).transpose(2, 0, 1))
    save_file({k: v.astype(np.float32) for k, v in tensors.items()}, TARGET / "inputs.safetensors")


if __name__ == "__main__":
    for folder in DECODING, RESAMPLING, ADJUSTMENTS, TARGET / "scaled":
        folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    jpegs()
    pngs()
    webps()
    heifs()
    scaled()
    resampling()
    adjustments()
    preprocessing()
    (DECODING / "rgb.raw").write_bytes(PIXELS.tobytes())
    (DECODING / "index.json").write_text(json.dumps(index, indent=1) + "\n")
