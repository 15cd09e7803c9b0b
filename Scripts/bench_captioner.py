"""The bundled captioner in PyTorch, as a careful script would caption a folder: photos are decoded
ahead on threads (Pillow releases the interpreter's lock), then encoded and searched in batches.
"""
import json
import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from PIL import Image
from torch.nn import functional as F

from efficientnet_lite import with_weights


def load(path):
    """The tensors of a safetensors file, in single precision."""
    with open(path, "rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(size))
        data = file.read()
    types = {"F16": np.float16, "F32": np.float32}
    return {
        key: torch.from_numpy(
            np.frombuffer(data[entry["data_offsets"][0]:entry["data_offsets"][1]], types[entry["dtype"]])
            .reshape(entry["shape"]).astype(np.float32))
        for key, entry in header.items() if key != "__metadata__"}


class Captioner:
    """The bundle in a folder, on so many threads; with `draft`, JPEGs are decoded at the smallest scale
    that will do."""

    def __init__(self, folder, threads, beam, draft=False):
        torch.set_num_threads(threads)
        torch.set_grad_enabled(False)
        with open(os.path.join(folder, "config.json")) as file:
            self.config = json.load(file)
        with open(os.path.join(folder, self.config["vocabulary"]["file"])) as file:
            self.words = file.read().splitlines()
        weights = load(os.path.join(folder, "model.safetensors"))
        self.encoder = with_weights(
            self.config["encoder"]["architecture"],
            {k[8:]: v for k, v in weights.items() if k.startswith("encoder.")})
        self.encoder.to(memory_format=torch.channels_last)
        self.w = {k[8:]: v for k, v in weights.items() if k.startswith("decoder.")}
        # A file may hold the sum of PyTorch's two.
        self.w.setdefault("decode_step.bias_hh", torch.zeros_like(self.w["decode_step.bias_ih"]))
        self.threads, self.beam, self.draft = threads, beam, draft
        preprocessing = self.config["preprocessing"]
        self.side, self.scale = preprocessing["width"], preprocessing["scale"]
        self.mean = torch.tensor(preprocessing["mean"]).view(3, 1, 1)
        self.std = torch.tensor(preprocessing["std"]).view(3, 1, 1)

    def read(self, path):
        image = Image.open(path)
        if self.draft:
            image.draft("RGB", (2 * self.side, 2 * self.side))
        image = image.convert("RGB").resize((self.side, self.side), Image.BILINEAR)
        pixels = torch.from_numpy(np.asarray(image).copy()).permute(2, 0, 1) * self.scale
        return (pixels - self.mean) / self.std

    def linear(self, x, name):
        return F.linear(x, self.w[name + ".weight"], self.w.get(name + ".bias"))

    def captions(self, images):
        """[N, 3, H, W] -> N sentences, by beam search over all images at once."""
        features = self.encoder.features(images.contiguous(memory_format=torch.channels_last))
        regions = features.flatten(2).transpose(1, 2)
        if "region_embedding.weight" in self.w:
            regions = F.relu(self.linear(regions, "region_embedding"))
        count, width, vocabulary = regions.shape[0], self.beam, len(self.words)
        lstm = [self.w["decode_step." + k] for k in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
        mean = regions.mean(1)
        regions = regions.repeat_interleave(width, 0)
        projected = self.linear(regions, "attention.encoder_att")
        h = self.linear(mean, "init_h").repeat_interleave(width, 0)
        c = self.linear(mean, "init_c").repeat_interleave(width, 0)
        scores = torch.full((count, width), -1e9)
        scores[:, 0] = 0
        tokens = torch.full((count * width,), self.config["vocabulary"]["start"])
        history = torch.zeros(count, width, 0, dtype=torch.long)
        finished = [[] for _ in range(count)]
        end, length = self.config["vocabulary"]["end"], self.config["decoding"]["maximum_length"]
        for step in range(length):
            scored = projected + self.linear(h, "attention.decoder_att")[:, None]
            alpha = F.softmax(self.linear(F.relu(scored), "attention.full_att").squeeze(2), 1)
            context = torch.bmm(alpha[:, None], regions).squeeze(1) * torch.sigmoid(self.linear(h, "f_beta"))
            h, c = torch.lstm_cell(torch.cat([self.w["embedding.weight"][tokens], context], 1), (h, c), *lstm)
            logs = F.log_softmax(self.linear(h, "fc"), 1)
            logs[:, [0, 1, 3]] = -1e9
            total = (scores.view(-1, 1) + logs).view(count, -1)
            best, places = total.topk(2 * width, 1)
            parents, words = places // vocabulary, places % vocabulary
            alive = words != end
            for image, rank in (~alive).nonzero().tolist():
                if rank < width and best[image, rank] > -1e8:
                    text = history[image, parents[image, rank]].tolist()
                    finished[image].append((best[image, rank].item() / (step + 1), text))
            order = torch.argsort((~alive).int(), dim=1, stable=True)[:, :width]
            scores, parents, words = (t.gather(1, order) for t in (best, parents, words))
            history = torch.cat([history.gather(1, parents[:, :, None].expand(-1, -1, step)), words[:, :, None]], 2)
            rows = (parents + torch.arange(count)[:, None] * width).view(-1)
            h, c, tokens = h[rows], c[rows], words.view(-1)
            if all(len(f) >= width for f in finished):
                break
        result = []
        for image in range(count):
            hypotheses = finished[image] or [(0, history[image, 0].tolist())]
            result.append(" ".join(self.words[w] for w in max(hypotheses)[1]))
        return result

    def folder(self, path, batch=8):
        """Sentences of all photos of a folder."""
        paths = sorted(os.path.join(path, name) for name in os.listdir(path))
        result = []
        with ThreadPoolExecutor(self.threads) as pool:
            waiting = []
            paths = iter(paths)
            for next_path in paths:
                waiting.append(pool.submit(self.read, next_path))
                if len(waiting) == 4 * batch:
                    result += self.captions(torch.stack([f.result() for f in waiting[:batch]]))
                    del waiting[:batch]
            while waiting:
                result += self.captions(torch.stack([f.result() for f in waiting[:batch]]))
                del waiting[:batch]
        return result
