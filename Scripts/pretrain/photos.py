"""Photos wherever they lie: in a folder, in a tar file, or end to end in a packed set."""
import io
import json
import tarfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}


class Photo(NamedTuple):
    """An encoded image: a whole file, or `length` bytes of one from `offset` on."""

    path: Path
    offset: int = 0
    length: int = -1

    def square(self, side: int) -> np.ndarray:
        """-> uint8 [side, side, 3], stretched to the square (bilinear, antialiased)."""
        return squares(self, side)[0]


def squares(photo: Photo, *sides: int) -> list[np.ndarray]:
    """One photo, decoded once, at several sides."""
    with open(photo.path, "rb") as file:
        file.seek(photo.offset)
        encoded = file.read(photo.length)
    try:
        image = Image.open(io.BytesIO(encoded)).convert("RGB")
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise SystemExit(f"{photo.path} (at byte {photo.offset}): not a photo: {error}")
    return [np.asarray(image.resize((side, side), Image.Resampling.BILINEAR)) for side in sides]


def in_tar(path: Path) -> dict[str, Photo]:
    """-> file name: photo, in the order of the tar file."""
    with tarfile.open(path, "r:") as tar:
        return {
            Path(member.name).name: Photo(path, member.offset_data, member.size)
            for member in tar if member.isfile() and Path(member.name).suffix.lower() in SUFFIXES
        }


def in_folder(folder: Path) -> dict[str, Photo]:
    """-> path inside the folder: photo, sorted."""
    return {
        str(path.relative_to(folder)): Photo(path)
        for path in sorted(folder.rglob("*")) if path.suffix.lower() in SUFFIXES
    }


def in_pack(path: Path) -> dict[str, Photo]:
    """A packed set: NAME.json with `index` = [[shard, offset, bytes], …], and NAME-SHARD.bin."""
    index = json.loads(path.read_text())["index"]
    shards = {shard: path.with_name(f"{path.stem}-{shard}.bin") for shard, _, _ in index}
    return {
        f"{path.stem}/{number}": Photo(shards[shard], offset, length)
        for number, (shard, offset, length) in enumerate(index)
    }


def unlabelled(folder: Path) -> list[Photo]:
    """All photos of a folder that holds packed sets, tar files and folders of photos."""
    found: list[Photo] = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.suffix == ".json":
            found += in_pack(path).values()
        elif path.suffix == ".tar":
            found += in_tar(path).values()
        elif path.is_dir():
            found += in_folder(path).values()
    return found
