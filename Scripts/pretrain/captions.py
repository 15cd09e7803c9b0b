"""Captioned photos: Flickr8k and any folder with a captions.csv; words and vocabulary."""
import csv
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from photos import Photo, in_folder, in_tar

WORD = re.compile(r"[a-z0-9]+(?:[-'][a-z0-9]+)*")
PAD, START, END, UNKNOWN = 0, 1, 2, 3
SPECIAL = ["<pad>", "<start>", "<end>", "<unk>"]


def tokenize(caption: str) -> list[str]:
    return WORD.findall(caption.lower())


@dataclass
class Captioned:
    """Photos by name, and each one's captions as lists of words."""

    photos: dict[str, Photo] = field(default_factory=dict)
    captions: dict[str, list[list[str]]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.photos)

    def first(self, count: int | None) -> "Captioned":
        names = list(self.photos)[:count]
        return Captioned({n: self.photos[n] for n in names}, {n: self.captions[n] for n in names})


def flickr8k(folder: Path) -> tuple[Captioned, Captioned]:
    """Flickr8k's text files beside `images.tar` or `images/` -> training, development.

    A photo of no list is used for training, unless it is of the test split.
    """
    tar = folder / "images.tar"
    photos = in_tar(tar) if tar.exists() else in_folder(folder / "images")
    split = {}
    for name in ("test", "dev"):
        path = folder / f"Flickr_8k.{name}Images.txt"
        if path.exists():
            split.update(dict.fromkeys(path.read_text().split(), name))
    train, dev = Captioned(), Captioned()
    with open(folder / "Flickr8k.token.txt", encoding="utf8") as lines:
        for line in lines:
            key, _, caption = line.rstrip("\n").partition("\t")
            name = key.split("#")[0]
            place = {"dev": dev, None: train}.get(split.get(name))
            if name not in photos or place is None:
                continue
            place.photos[name] = photos[name]
            place.captions.setdefault(name, []).append(tokenize(caption))
    return train, dev


def folder_with_captions(folder: Path) -> Captioned:
    """`captions.csv` with the columns image, caption, beside `images/`."""
    result = Captioned()
    with open(folder / "captions.csv", encoding="utf8", newline="") as rows:
        for row in csv.DictReader(rows):
            name = f"{folder.name}/{row['image']}"
            result.photos[name] = Photo(folder / "images" / row["image"])
            result.captions.setdefault(name, []).append(tokenize(row["caption"]))
    return result


def vocabulary(captioned: Captioned, minimum: int = 5) -> list[str]:
    """Words that occur at least `minimum` times, most frequent first, after the special ones."""
    count = Counter(w for captions in captioned.captions.values() for c in captions for w in c)
    return SPECIAL + [word for word, n in count.most_common() if n >= minimum]
