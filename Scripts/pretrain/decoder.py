"""Stage 3: train the decoder to caption, in three parts; the best on the development split is kept.

python decoder.py --data DIR --work WORK [--extra FOLDER …] [--decoder-from BUNDLE]

  cross-entropy   on cached features of the fixed encoder
  joint           cross-entropy, encoder and decoder together
  self-critical   minimum risk over the captions that beam search finds, rewarded with CIDEr-D

WORK/captioner.pt is the best so far by CIDEr-D (beam 5); WORK/decoder.pt is where training stands: a killed
run goes on from there with the same command.
"""
import argparse
import hashlib
import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import bundles
import captions
from captions import END, PAD, START, UNKNOWN, Captioned
from decoding import beam_search
from files import load_checkpoint, replace, save_checkpoint
from networks import AttentionDecoder, ResNet, mixed_precision, normalised
from regions import WHOLE, cut_photos, draw_boxes, recoloured
from scores import CiderD, bleu

LONGEST = 19  # words of a caption learned from, without <end>


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--extra", type=Path, nargs="*", default=[],
                        help="folders of more captioned photos: captions.csv and images/")
    parser.add_argument("--decoder-from", type=Path, help="bundle whose decoder and words to go on with")
    parser.add_argument("--sizes", type=int, nargs=3, default=[256, 512, 256],
                        metavar=("EMBEDDING", "HIDDEN", "ATTENTION"))
    parser.add_argument("--cross-entropy", type=int, default=12, help="epochs")
    parser.add_argument("--joint", type=int, default=6, help="epochs")
    parser.add_argument("--self-critical", type=int, default=400, help="steps")
    parser.add_argument("--rates", type=float, nargs=3, default=[5e-4, 2e-4, 5e-5],
                        help="of the decoder in the three parts")
    parser.add_argument("--encoder-rate", type=float, default=1e-4, help="in the joint part")
    parser.add_argument("--photos-a-step", type=int, nargs=3, default=[16, 16, 64],
                        help="in the three parts; each photo comes with all its captions")
    parser.add_argument("--views", type=int, default=4, help="cached of each photo, one of them whole")


class Part(NamedTuple):
    name: str
    steps: int
    photos: int  # a step
    rate: float
    encoder_rate: float  # 0: the encoder is fixed, and its features are cached
    check: int  # steps between two looks at the development split
    loss: Callable


class Captioner:
    """Encoder and decoder on a device, and what turns photos into regions."""

    def __init__(self, encoder: ResNet, side: int, decoder: AttentionDecoder, device: torch.device):
        self.device, self.side = device, side
        self.encoder = encoder.to(device, memory_format=torch.channels_last).eval()
        self.decoder = decoder.to(device)
        self.pool = ThreadPoolExecutor(torch.get_num_threads())

    def view(self, captioned: Captioned, names: list[str],
             random: np.random.Generator | None) -> torch.Tensor:
        """-> normalised [N, 3, side, side] on the device: whole photos or, with a source of chance, regions."""
        count = len(names)
        if random is None:
            square = lambda name: captioned.photos[name].square(self.side)
            photos = torch.from_numpy(np.stack(list(self.pool.map(square, names))))
            return normalised(photos, self.device)
        square = lambda name: captioned.photos[name].square(self.side * 8 // 7)
        photos = np.stack(list(self.pool.map(square, names)))
        boxes, mirrored = draw_boxes(random, count, 0.7), random.random(count) < 0.5
        photos = torch.from_numpy(cut_photos(photos, boxes, mirrored, self.side, self.pool))
        generator = torch.Generator().manual_seed(int(random.integers(2 ** 31)))
        return normalised(recoloured(photos.to(self.device).float(), generator), self.device)

    def regions(self, photos: torch.Tensor) -> torch.Tensor:
        """Normalised photos -> [N, P, C]."""
        with mixed_precision(self.device):
            return self.encoder(photos).float().flatten(2).transpose(1, 2)

    @torch.no_grad()
    def captions(self, captioned: Captioned, width: int = 5) -> dict[str, list[int]]:
        self.decoder.eval()
        names, result = list(captioned.photos), {}
        for i in range(0, len(names), 50):
            regions = self.regions(self.view(captioned, names[i:i + 50], None))
            for name, found in zip(names[i:i + 50], beam_search(self.decoder, regions, width)):
                result[name] = found[0].words
        return result

    @torch.no_grad()
    def cached_features(self, folder: Path, captioned: Captioned, views: int) -> np.ndarray:
        """float16 [views, N, P, C], view 0 of whole photos; the file is named after what it depends on."""
        digest = hashlib.sha256(repr((views, self.side, list(captioned.photos))).encode())
        for tensor in self.encoder.state_dict().values():
            digest.update(tensor.cpu().numpy().tobytes())
        path = folder / f"features-{digest.hexdigest()[:16]}.npy"
        if not path.exists():
            for old in folder.glob("features-*.npy*"):
                old.unlink()
            names, began = list(captioned.photos), time.time()
            grid = self.side // 32
            shape = (views, len(names), grid * grid, self.encoder.channels)

            def write(temporary):
                features = np.lib.format.open_memmap(temporary, "w+", np.float16, shape)
                for view in range(views):
                    random = np.random.default_rng((4, view)) if view else None
                    for i in range(0, len(names), 64):
                        x = self.view(captioned, names[i:i + 64], random)
                        features[view, i:i + 64] = self.regions(x).half().cpu().numpy()
                features.flush()
            replace(path, write)
            print(f"features cached, {time.time() - began:.0f} s", flush=True)
        return np.load(path, mmap_mode="r")


class DecoderTraining:
    """A captioner, the captions it learns, and the part and step that training has come to."""

    def __init__(self, a: argparse.Namespace):
        self.a, self.device = a, torch.device(a.device)
        self.state_path, self.best_path = a.work / "decoder.pt", a.work / "captioner.pt"
        train, dev = captions.flickr8k(a.data / "flickr8k")
        self.dev = dev.first(min(64, a.limit) if a.limit else None)
        saved = load_checkpoint(a.work / "encoder.pt")
        encoder = ResNet(saved["layers"], saved["width"])
        encoder.load_state_dict(saved["encoder"])
        if a.decoder_from:
            decoder, self.words = bundles.read_decoder(a.decoder_from)
        else:
            self.words = captions.vocabulary(train)
            torch.manual_seed(0)
            decoder = AttentionDecoder(encoder.channels, len(self.words), *a.sizes)
        self.sizes = [decoder.embedding.embedding_dim, decoder.decode_step.hidden_size,
                      decoder.attention.full_att.in_features]
        self.captioner = Captioner(encoder, saved["side"], decoder, self.device)
        self.train = train.first(a.limit)
        for folder in a.extra:
            more = captions.folder_with_captions(folder).first(a.limit)
            self.train = Captioned(self.train.photos | more.photos, self.train.captions | more.captions)
        self.names = list(self.train.photos)
        number = {word: i for i, word in enumerate(self.words)}
        self.numbers = {
            name: [[number.get(w, UNKNOWN) for w in c][:LONGEST] for c in of_photo]
            for name, of_photo in self.train.captions.items()
        }
        self.reward = CiderD({n: [c + [END] for c in cs] for n, cs in self.numbers.items()})
        self.metric = CiderD(self.dev.captions)
        self.parts = self.plan()
        self.part, self.step, self.best = 0, 0, -1.0
        self.optimizer: torch.optim.Optimizer

    def plan(self) -> list[Part]:
        a, count = self.a, len(self.names)
        size = [min(n, count) for n in a.photos_a_step]
        epoch = [count // n for n in size]
        return [
            Part("cross-entropy", a.cross_entropy * epoch[0], size[0], a.rates[0], 0, epoch[0],
                 self.cross_entropy),
            Part("joint", a.joint * epoch[1], size[1], a.rates[1], a.encoder_rate, epoch[1],
                 self.cross_entropy),
            Part("self-critical", a.self_critical, size[2], a.rates[2], 0, 50, self.risk),
        ]

    # Losses

    def rows(self, sequences: list[list[int]]) -> torch.Tensor:
        """-> [N, T + 2]: <start>, words, <end>, padding."""
        sequences = [torch.tensor([START, *s, END]) for s in sequences]
        rows = nn.utils.rnn.pad_sequence(sequences, batch_first=True, padding_value=PAD)
        return rows.to(self.device)

    def cross_entropy(self, regions: torch.Tensor, names: list[str]) -> torch.Tensor:
        """Label-smoothed cross-entropy of all captions, and attention that should cover every region."""
        owner = [i for i, name in enumerate(names) for _ in self.numbers[name]]
        tokens = self.rows([c for name in names for c in self.numbers[name]])
        with mixed_precision(self.device):
            logits, weights = self.captioner.decoder(regions[owner], tokens[:, :-1])
        goal = tokens[:, 1:]
        loss = F.cross_entropy(logits.float().flatten(0, 1), goal.flatten(), ignore_index=PAD,
                               label_smoothing=0.1)
        covered = (weights.float() * (goal != PAD)[:, :, None]).sum(1)
        return loss + 0.1 * ((1 - covered) ** 2).mean()

    def risk(self, regions: torch.Tensor, names: list[str]) -> torch.Tensor:
        """Minimum risk over the beam (Shen et al. 2016, arXiv 1512.02433; Edunov et al. 2018, arXiv 1711.04956):
        −Σ q r over the captions found, r their CIDEr-D, q the softmax of their mean log probabilities a word."""
        decoder = self.captioner.decoder.eval()  # no dropout
        found = [[h.words[:LONGEST] for h in hs] for hs in beam_search(decoder, regions)]
        owner = torch.tensor([i for i, hs in enumerate(found) for _ in hs], device=self.device)
        tokens = self.rows([words for hs in found for words in hs])
        logits, _ = decoder(regions[owner], tokens[:, :-1])
        goal = tokens[:, 1:]
        logs = -F.cross_entropy(logits.float().transpose(1, 2), goal, ignore_index=PAD, reduction="none")
        means = logs.sum(1) / (goal != PAD).sum(1)
        widest = max(map(len, found))
        place = torch.tensor([k for hs in found for k in range(len(hs))], device=self.device)
        table = torch.full((len(found), widest), -torch.inf, device=self.device)
        probabilities = table.index_put((owner, place), means).softmax(1)
        rewards = torch.zeros(len(found), widest)
        for i, (name, hs) in enumerate(zip(names, found)):
            rewards[i, :len(hs)] = torch.tensor([self.reward.score(name, words + [END]) for words in hs])
        return -(probabilities * rewards.to(self.device)).sum(1).mean()

    # State

    def begin(self, part: int) -> None:
        """From the best so far, with a new optimizer."""
        self.part, self.step = part, 0
        if self.best_path.exists():
            best = load_checkpoint(self.best_path)
            self.captioner.encoder.load_state_dict(best["encoder"])
            self.captioner.decoder.load_state_dict(best["decoder"])
        self.make_optimizer()

    def make_optimizer(self) -> None:
        part = self.parts[self.part]
        groups = [dict(params=list(self.captioner.decoder.parameters()), peak=part.rate)]
        if part.encoder_rate:
            groups.append(dict(params=list(self.captioner.encoder.parameters()), peak=part.encoder_rate))
        self.optimizer = torch.optim.AdamW(groups, weight_decay=1e-4)

    def save(self) -> None:
        save_checkpoint(self.state_path, dict(
            part=self.part, step=self.step, words=self.words, parts=self.described(),
            encoder=self.captioner.encoder.state_dict(), decoder=self.captioner.decoder.state_dict(),
            optimizer=self.optimizer.state_dict()))

    def described(self) -> list[list]:
        return [list(part[:-1]) for part in self.parts]

    def resume(self) -> None:
        state = load_checkpoint(self.state_path)
        if state["words"] != self.words or state["parts"] != self.described():
            raise SystemExit(f"{self.state_path}: of a run with other options or photos")
        self.part, self.step = state["part"], state["step"]
        if self.best_path.exists():
            self.best = load_checkpoint(self.best_path)["scores"]["flickr8k-dev"]["cider"]
        self.captioner.encoder.load_state_dict(state["encoder"])
        self.captioner.decoder.load_state_dict(state["decoder"])
        self.make_optimizer()
        self.optimizer.load_state_dict(state["optimizer"])
        print(f"going on with {self.parts[self.part].name} at step {self.step}", flush=True)

    def check(self, note: str) -> None:
        """Scores on the development split; keeps the captioner if it is the best so far."""
        found = self.captioner.captions(self.dev)
        texts = {name: [self.words[k] for k in numbers] for name, numbers in found.items()}
        cider = float(np.mean([self.metric.score(name, words) for name, words in texts.items()]))
        b = [round(v, 4) for v in bleu(list(texts.values()), [self.dev.captions[n] for n in texts])]
        examples = " | ".join(" ".join(words) for words in list(texts.values())[:3])
        print(f"{note}, dev CIDEr-D {cider:.4f}, BLEU {b}: {examples}", flush=True)
        if cider > self.best:
            self.best = cider
            encoder = self.captioner.encoder
            save_checkpoint(self.best_path, dict(
                encoder=encoder.state_dict(), layers=encoder.layers, width=encoder.width,
                side=self.captioner.side, decoder=self.captioner.decoder.state_dict(),
                words=self.words, sizes=self.sizes,
                scores={"flickr8k-dev": {"cider": cider, "bleu": b}}))

    # Training

    def run(self) -> None:
        if self.state_path.exists():
            self.resume()
        else:
            self.best_path.unlink(missing_ok=True)
            if self.a.decoder_from:
                self.check("start")
            self.begin(0)
        while True:
            self.run_part(self.parts[self.part])
            if self.part + 1 == len(self.parts):
                break
            self.begin(self.part + 1)
            self.save()
        print(f"best dev CIDEr-D {self.best:.4f}", flush=True)

    def run_part(self, part: Part) -> None:
        cache = None
        if part.steps > self.step and not part.encoder_rate:
            cache = self.captioner.cached_features(self.a.work, self.train, self.a.views)
        losses, began, saved = [], time.time(), time.time()
        while self.step < part.steps:
            warm_up = min(1, (self.step + 1) / 100)
            decay = 0.5 * (1 + math.cos(math.pi * self.step / part.steps))
            for group in self.optimizer.param_groups:
                group["lr"] = group["peak"] * warm_up * (decay + 0.02)
            losses.append(self.train_step(part, cache))
            self.step += 1
            if self.step % part.check == 0 or self.step == part.steps:
                self.check(f"{part.name} {self.step} of {part.steps}: loss {np.mean(losses):.4f}, "
                           f"{time.time() - began:.0f} s")
                losses, began = [], time.time()
                self.save()
            elif time.time() - saved > 180:
                saved = time.time()
                self.save()

    def train_step(self, part: Part, cache: np.ndarray | None) -> float:
        """The same for the same step: every epoch visits every photo once, in its own order."""
        random = np.random.default_rng((5, self.part, self.step))
        torch.manual_seed(int(random.integers(2 ** 31)))  # of dropout
        epoch, place = divmod(self.step, len(self.names) // part.photos)
        order = np.random.default_rng((6, self.part, epoch)).permutation(len(self.names))
        chosen = order[place * part.photos:(place + 1) * part.photos]
        names = [self.names[i] for i in chosen]
        self.captioner.decoder.train()
        if cache is None:
            regions = self.captioner.regions(self.captioner.view(self.train, names, random))
        else:
            regions = torch.from_numpy(cache[random.integers(len(cache)), chosen]).to(self.device).float()
        loss = part.loss(regions, names)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        parameters = [p for group in self.optimizer.param_groups for p in group["params"]]
        nn.utils.clip_grad_norm_(parameters, 2.0)
        self.optimizer.step()
        return float(loss.detach())


def run(a: argparse.Namespace) -> None:
    DecoderTraining(a).run()


if __name__ == "__main__":
    import options
    run(options.parse(__doc__, add_arguments))
