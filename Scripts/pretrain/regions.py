"""Random regions, cut out of photos and of the teacher's maps of them alike.

A box is [left, top, width, height] in fractions of the photo. A mirrored region is cut out of the photo,
then flipped; its map comes from the mirror image, where the same region begins at 1 − left − width.
"""
from concurrent.futures import Executor

import numpy as np
import torch
from PIL import Image

WHOLE = (0.0, 0.0, 1.0, 1.0)


def draw_boxes(random: np.random.Generator, count: int, smallest: float) -> np.ndarray:
    """-> [N, 4]: areas from `smallest` to 1, aspects 3:4 to 4:3, anywhere in the photo."""
    side = np.sqrt(random.uniform(smallest, 1, count))
    aspect = np.exp(random.uniform(-1, 1, count) * np.log(4 / 3) / 2)
    size = np.minimum(1, np.stack([side * aspect, side / aspect], 1))
    return np.concatenate([random.uniform(0, 1, (count, 2)) * (1 - size), size], 1)


def cut_photos(photos: np.ndarray, boxes: np.ndarray, mirrored: np.ndarray, side: int,
               pool: Executor) -> np.ndarray:
    """photos uint8 [N, S, S, 3], boxes [N, 4], mirrored [N] -> uint8 [N, side, side, 3], antialiased."""
    stored = photos.shape[1]

    def cut(i):
        left, top, width, height = boxes[i] * stored
        box = (left, top, min(left + width, stored), min(top + height, stored))
        image = Image.fromarray(photos[i]).resize((side, side), Image.Resampling.BILINEAR, box=box)
        return np.asarray(image)[:, ::-1] if mirrored[i] else np.asarray(image)

    return np.stack(list(pool.map(cut, range(len(photos)))))


def interpolation(start: torch.Tensor, length: torch.Tensor, cells: int, grid: int) -> torch.Tensor:
    """start, length [N] of an interval -> [N, grid, cells]: its cells' means out of the map's cells.

    Each is the mean of two points, each between the centres of the two nearest cells (as RoIAlign:
    He et al. 2017, arXiv 1703.06870).
    """
    points = (torch.arange(2 * grid, device=start.device) + 0.5) / (2 * grid)
    position = (start[:, None] + length[:, None] * points) * cells - 0.5
    position = position.clamp(0, cells - 1)
    near = 1 - (position[:, :, None] - torch.arange(cells, device=start.device)).abs()
    return near.clamp(min=0).view(len(start), grid, 2, cells).mean(2)


def cut_maps(maps: torch.Tensor, boxes: torch.Tensor, mirrored: torch.Tensor, grid: int) -> torch.Tensor:
    """maps [N, G, G, K] of the photos or, where mirrored, of the mirror images -> [N, K, grid, grid]."""
    left, top, width, height = boxes.to(maps).unbind(1)
    left = torch.where(mirrored.to(maps.device), 1 - left - width, left)
    rows = interpolation(top, height, maps.shape[1], grid)
    columns = interpolation(left, width, maps.shape[2], grid)
    return torch.einsum("nxw,nywk->nkyx", columns, torch.einsum("nyh,nhwk->nywk", rows, maps))


def recoloured(photos: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """float [N, H, W, 3] in [0, 255]: saturation, contrast and brightness of each photo changed at random."""
    def around_one(reach):
        u = torch.rand(len(photos), 1, 1, 1, generator=generator)
        return (1 + reach * (2 * u - 1)).to(photos.device)

    grey = photos.mean(3, keepdim=True)
    photos = (photos - grey) * around_one(0.4) + grey
    middle = photos.mean((1, 2, 3), keepdim=True)
    return ((photos - middle) * around_one(0.3) + middle * around_one(0.2)).clamp(0, 255)
