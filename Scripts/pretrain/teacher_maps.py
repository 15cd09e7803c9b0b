"""Stage 1: the photos at one size and the teacher's maps of them and of their mirror images, once.

python teacher_maps.py --data DIR --work WORK

WORK/train and WORK/dev each get
  photos.npy  uint8   [N, S, S, 3]     decoded, stretched to the stored side
  maps.npy    float16 [2, N, G, G, K]  K leading principal components of the teacher's map (G = side/32);
                                       [0] of the photo, [1] of its mirror image
and WORK/components.npz the projection: (features − center) · basis / scale.
"""
import argparse
import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch

import captions
from files import replace, save_json
from photos import Photo, squares, unlabelled
from teacher import Teacher

BLOCK = 64  # photos between two notes of progress
SAMPLE = 1500  # photos that the principal components come from


def principal_components(features: np.ndarray, count: int) -> dict[str, np.ndarray]:
    """features [M, C] -> center [C], basis [C, K], scale (deviation along the first component)."""
    center = features.mean(0, dtype=np.float64)
    covariance = np.cov(features, rowvar=False)
    basis = np.linalg.eigh(covariance)[1][:, ::-1][:, :count]
    scale = np.std((features[:100_000] - center) @ basis[:, 0])
    return {k: np.asarray(v, np.float32) for k, v in
            {"center": center, "basis": basis, "scale": scale}.items()}


def write_maps(folder: Path, photos: list[Photo], teacher, components, store: int, side: int, pool):
    """Fills `folder`; goes on where an earlier run stopped."""
    folder.mkdir(parents=True, exist_ok=True)
    note = folder / "progress.json"
    grid, count = side // 32, components["basis"].shape[1]
    plan = {"photos": len(photos), "store": store, "side": side, "components": count}
    done = 0
    if note.exists():
        progress = json.loads(note.read_text())
        done = progress.pop("done")
        if progress != plan:
            raise SystemExit(f"{folder}: holds maps of another run ({progress}, wanted {plan})")
    mode = "r+" if done else "w+"
    pixels = np.lib.format.open_memmap(
        folder / "photos.npy", mode, np.uint8, (len(photos), store, store, 3))
    maps = np.lib.format.open_memmap(
        folder / "maps.npy", mode, np.float16, (2, len(photos), grid, grid, count))
    decode = lambda i: list(pool.map(lambda p: squares(p, store, side), photos[i:i + BLOCK]))
    began, start, logged = time.time(), done, time.time()
    ahead = pool_of_one.submit(decode, done)
    while done < len(photos):
        block, end = ahead.result(), min(done + BLOCK, len(photos))
        ahead = pool_of_one.submit(decode, end)
        pixels[done:end] = [small for small, _ in block]
        x = np.stack([large for _, large in block])
        for mirrored in (0, 1):
            y = teacher(x[:, :, ::-1].copy() if mirrored else x) - components["center"]
            maps[mirrored, done:end] = y @ components["basis"] / components["scale"]
        done = end
        if time.time() - logged > 20 or done == len(photos):
            logged = time.time()
            pixels.flush(), maps.flush()
            save_json(note, plan | {"done": done})
            rate = (done - start) / (time.time() - began)
            print(f"{folder.name}: {done} of {len(photos)} photos, {rate:.0f} a second", flush=True)


pool_of_one = ThreadPoolExecutor(1)  # decodes the next block while the teacher looks at this one


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--teacher", type=Path, help="default: DATA/pretrain/teacher-mobilenetv2.npz")
    parser.add_argument("--teacher-side", type=int, default=224, help="pixels the teacher sees")
    parser.add_argument("--store", type=int, default=176, help="side of the stored photos, pixels")
    parser.add_argument("--components", type=int, default=256)


def run(a: argparse.Namespace) -> None:
    train, dev = captions.flickr8k(a.data / "flickr8k")
    train_photos = list(train.photos.values()) + unlabelled(a.data / "pretrain")
    train_photos, dev_photos = train_photos[:a.limit], list(dev.photos.values())[:min(512, a.limit or 512)]
    print(f"{len(train_photos)} photos, {len(dev_photos)} to check on", flush=True)
    teacher = Teacher(a.teacher or a.data / "pretrain" / "teacher-mobilenetv2.npz", a.teacher_side,
                      torch.device(a.device))
    a.work.mkdir(parents=True, exist_ok=True)
    path = a.work / "components.npz"
    with ThreadPoolExecutor(torch.get_num_threads()) as pool:
        if not path.exists():
            chosen = np.random.default_rng(0).permutation(len(train_photos))[:SAMPLE]
            features = []
            for i in range(0, len(chosen), BLOCK):
                block = [train_photos[k] for k in chosen[i:i + BLOCK]]
                x = np.stack(list(pool.map(lambda p: p.square(a.teacher_side), block)))
                features.append(teacher(x).reshape(-1, teacher.network.channels))
            components = principal_components(np.concatenate(features), a.components)

            def write(temporary):
                with open(temporary, "wb") as file:
                    np.savez(file, **components)
            replace(path, write)
        components = dict(np.load(path, allow_pickle=False))
        for name, photos in (("dev", dev_photos), ("train", train_photos)):
            write_maps(a.work / name, photos, teacher, components, a.store, a.teacher_side, pool)


if __name__ == "__main__":
    import options
    run(options.parse(__doc__, add_arguments))
