"""Stage 2: train the encoder to predict the teacher's maps, from random weights or from a bundle's.

python encoder.py --data DIR --work WORK --seconds 3600 [--encoder-from BUNDLE]

A random region of each photo, recoloured, must give what the teacher's map shows there. Loss: mean squared
error of the map and of its mean, each relative to its variance. The side of the input grows with the time
trained. WORK/encoder.pt carries that time: a killed run goes on from the last checkpoint with the same command.
"""
import argparse
import math
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import bundles
from files import load_checkpoint, save_checkpoint
from networks import ResNet, mixed_precision, normalised
from regions import WHOLE, cut_maps, cut_photos, draw_boxes, recoloured

GROWTH = (0.4, 0.7)  # parts of the schedule at which the side grows


class Photos:
    """What teacher_maps.py wrote: photos and maps, opened without being read."""

    def __init__(self, folder: Path):
        self.pixels = np.load(folder / "photos.npy", mmap_mode="r")
        self.maps = np.load(folder / "maps.npy", mmap_mode="r")

    def __len__(self) -> int:
        return len(self.pixels)

    def cut(self, indices, boxes, mirrored, side, pool):
        """-> photos uint8 [N, side, side, 3], maps float32 [N, K, side/32, side/32]."""
        pixels = cut_photos(self.pixels[indices], boxes, mirrored, side, pool)
        maps = torch.from_numpy(self.maps[mirrored.astype(int), indices]).float()
        maps = cut_maps(maps, torch.from_numpy(boxes), torch.from_numpy(mirrored), side // 32)
        return torch.from_numpy(pixels), maps

    def whole(self, indices, side, pool):
        boxes = np.tile(WHOLE, (len(indices), 1))
        return self.cut(indices, boxes, np.zeros(len(indices), bool), side, pool)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--encoder-from", type=Path, help="bundle whose encoder to train on")
    parser.add_argument("--width", type=int, default=64, help="channels of the first level")
    parser.add_argument("--layers", type=int, nargs=4, default=[2, 2, 2, 2])
    parser.add_argument("--sides", type=int, nargs=3, default=[96, 128, 160], help="pixels, growing")
    parser.add_argument("--seconds", type=float, default=3600, help="length of the schedule")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--smallest", type=float, default=0.35, help="area of the smallest region")
    parser.add_argument("--save-every", type=float, default=180, help="seconds")
    parser.add_argument("--check-every", type=float, default=300, help="seconds between dev cosines")


class EncoderTraining:
    """Encoder, head, optimizer and the time trained."""

    def __init__(self, a: argparse.Namespace):
        if any(side % 32 for side in a.sides):
            raise SystemExit(f"--sides {a.sides}: multiples of 32 are wanted")
        self.a, self.device = a, torch.device(a.device)
        self.train, self.dev = Photos(a.work / "train"), Photos(a.work / "dev")
        self.pool, self.ahead = ThreadPoolExecutor(torch.get_num_threads()), ThreadPoolExecutor(1)
        self.encoder = bundles.read_encoder(a.encoder_from) if a.encoder_from else ResNet(a.layers, a.width)
        self.head = nn.Conv2d(self.encoder.channels, self.train.maps.shape[-1], 1)
        self.encoder.to(self.device, memory_format=torch.channels_last)
        self.head.to(self.device)
        parameters = [*self.encoder.parameters(), *self.head.parameters()]
        self.optimizer = torch.optim.AdamW([
            dict(params=[p for p in parameters if p.ndim > 1], weight_decay=0.05),
            dict(params=[p for p in parameters if p.ndim == 1], weight_decay=0.0)])
        self.parameters = parameters
        self.elapsed, self.iteration = 0.0, 0
        sample = self.train.maps[0, np.random.default_rng(0).permutation(len(self.train))[:2000]]
        sample = sample.astype(np.float32)
        self.variances = float(sample.var()), float(sample.mean((1, 2)).var())

    def features(self, photos: torch.Tensor) -> torch.Tensor:
        with mixed_precision(self.device):
            return self.encoder(normalised(photos, self.device)).float()

    @torch.no_grad()
    def fit_head(self, count: int = 4000) -> None:
        """Ridge regression of the maps on the encoder's features of whole photos."""
        self.encoder.eval()
        channels = self.encoder.channels
        xx = torch.zeros(channels + 1, channels + 1, dtype=torch.float64)
        xy = torch.zeros(channels + 1, self.head.out_channels, dtype=torch.float64)
        chosen = np.random.default_rng(1).permutation(len(self.train))[:count]
        for i in range(0, len(chosen), self.a.batch):
            indices = np.sort(chosen[i:i + self.a.batch])
            photos, maps = self.train.whole(indices, self.a.sides[-1], self.pool)
            x = self.features(photos).permute(0, 2, 3, 1).reshape(-1, channels).cpu().double()
            x = torch.cat([x, torch.ones(len(x), 1, dtype=x.dtype)], 1)
            xx += x.T @ x
            xy += x.T @ maps.permute(0, 2, 3, 1).reshape(len(x), -1).double()
        ridge = 1e-4 * xx.diagonal().mean() * torch.eye(channels + 1, dtype=xx.dtype)
        solution = torch.linalg.solve(xx + ridge, xy).float()
        self.head.weight.copy_(solution[:-1].T[:, :, None, None])
        self.head.bias.copy_(solution[-1])

    @torch.no_grad()
    def dev_cosine(self) -> float:
        """Mean cosine of predicted and true mean features, whole dev photos at the final side."""
        self.encoder.eval()
        cosines = []
        for i in range(0, len(self.dev), 64):
            indices = np.arange(i, min(i + 64, len(self.dev)))
            photos, maps = self.dev.whole(indices, self.a.sides[-1], self.pool)
            y = self.head(self.features(photos)).mean((2, 3)).cpu()
            cosines.append(F.cosine_similarity(y, maps.mean((2, 3)), 1))
        return float(torch.cat(cosines).mean())

    def side(self) -> int:
        return self.a.sides[sum(self.elapsed / self.a.seconds >= part for part in GROWTH)]

    def batch(self, iteration: int, side: int):
        """The same for the same iteration: every epoch visits every photo once, in its own order."""
        random = np.random.default_rng((2, iteration))
        count, batch = len(self.train), min(self.a.batch, len(self.train))
        epoch, part = divmod(iteration, count // batch)
        order = np.random.default_rng((3, epoch)).permutation(count)
        indices = np.sort(order[part * batch:(part + 1) * batch])
        boxes = draw_boxes(random, batch, self.a.smallest)
        return self.train.cut(indices, boxes, random.random(batch) < 0.5, side, self.pool)

    def step(self, photos: torch.Tensor, maps: torch.Tensor) -> float:
        fraction = self.elapsed / self.a.seconds
        # Where cores are shared and steps few, warming up ends by the clock.
        warm_up = min(1, max((self.iteration + 1) / 200, fraction / 0.03))
        decay = 0.5 * (1 + math.cos(math.pi * fraction))
        for group in self.optimizer.param_groups:
            group["lr"] = self.a.rate * warm_up * (decay + 0.003)
        generator = torch.Generator().manual_seed(self.iteration)
        y = self.head(self.features(recoloured(photos.to(self.device).float(), generator)))
        t = maps.to(self.device)
        loss = F.mse_loss(y, t) / self.variances[0] \
            + F.mse_loss(y.mean((2, 3)), t.mean((2, 3))) / self.variances[1]
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.parameters, 5.0)
        self.optimizer.step()
        self.iteration += 1
        return float(loss.detach())

    def plan(self) -> dict:
        """What must not change on the way; the length of the schedule may."""
        a = self.a
        return dict(start=str(a.encoder_from or ""), layers=self.encoder.layers, width=self.encoder.width,
                    sides=a.sides, batch=a.batch, rate=a.rate, smallest=a.smallest)

    def save(self, path: Path) -> None:
        save_checkpoint(path, dict(
            plan=self.plan(), elapsed=self.elapsed, iteration=self.iteration,
            layers=self.encoder.layers, width=self.encoder.width, side=self.a.sides[-1],
            encoder=self.encoder.state_dict(), head=self.head.state_dict(),
            optimizer=self.optimizer.state_dict()))

    def resume(self, path: Path) -> None:
        state = load_checkpoint(path)
        if state["plan"] != self.plan():
            raise SystemExit(f"{path}: of another run: {state['plan']}, not {self.plan()}")
        self.encoder.load_state_dict(state["encoder"])
        self.head.load_state_dict(state["head"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.elapsed, self.iteration = state["elapsed"], state["iteration"]

    def run(self, path: Path) -> None:
        if path.exists():
            self.resume(path)
            print(f"going on at {self.elapsed:.0f} s, iteration {self.iteration}", flush=True)
        else:
            if self.a.encoder_from:
                self.fit_head()
            print(f"dev cosine {self.dev_cosine():.4f} at the start", flush=True)
        if self.elapsed >= self.a.seconds:
            return
        before, began = self.elapsed, time.time()
        logged = saved = checked = began
        losses = []
        following = self.ahead.submit(self.batch, self.iteration, self.side())
        while self.elapsed < self.a.seconds:
            photos, maps = following.result()
            following = self.ahead.submit(self.batch, self.iteration + 1, self.side())
            self.encoder.train()
            losses.append(self.step(photos, maps))
            now = time.time()
            self.elapsed = before + now - began
            if now - saved > self.a.save_every:
                saved = now
                self.save(path)
            if now - logged > 60:
                line = f"{self.elapsed:.0f} s, iteration {self.iteration}, side {photos.shape[1]}, " \
                    f"loss {np.mean(losses):.4f}"
                if now - checked > self.a.check_every:
                    checked = now
                    line += f", dev cosine {self.dev_cosine():.4f}"
                print(line, flush=True)
                logged, losses = now, []
        self.save(path)
        print(f"done: iteration {self.iteration}, dev cosine {self.dev_cosine():.4f}", flush=True)


def run(a: argparse.Namespace) -> None:
    EncoderTraining(a).run(a.work / "encoder.pt")


if __name__ == "__main__":
    import options
    run(options.parse(__doc__, add_arguments))
