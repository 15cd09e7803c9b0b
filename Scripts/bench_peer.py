"""The other side of `caption-bench --peer`: times ONNX Runtime, PyTorch, Pillow and pycocoevalcap on request.

Reads one JSON object a line from standard input and answers with one on standard output:
  {"prepare": WHAT, "peer": "onnxruntime" | "pytorch" | "pytorch-draft" | "pillow" | "pycocoevalcap", …}  ->  {"ready": true} or {"absent": reason}
  {"run": seconds}  ->  {"milliseconds": [one number a repetition]}
Between two requests it is idle, so that the caller can interleave its own measurements.

Needs a Python with torch, torchvision, onnx, onnxruntime, pillow and pycocoevalcap (with Java), as far as
they are to be timed.
Weights are random: only shapes matter for speed.
"""
import json
import os
import sys
import tempfile
import time
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "pretrain"))
warnings.filterwarnings("ignore")
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # whatever a library prints must not look like an answer


def network(name):
    import torch
    import torchvision

    if name == "lenet5":
        nn = torch.nn
        return nn.Sequential(
            nn.Conv2d(1, 6, 5), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2),
            nn.Conv2d(16, 120, 5), nn.Tanh(), nn.Flatten(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10),
        ).eval()
    torch.manual_seed(0)
    if name.startswith("efficientnet_lite"):
        from efficientnet_lite import EfficientNetLite

        model = EfficientNetLite(name).eval()
    else:
        options = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
        model = torchvision.models.get_model(name, weights=None, **options).eval()
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_var.uniform_(0.5, 1.5)
    return model


def fold_padding(path):
    """Has the convolutions of an ONNX file pad by themselves, as they can without a copy, where PyTorch padded for
    them because the two sides differ."""
    import onnx

    model = onnx.load(path)
    pads = {node.output[0]: node for node in model.graph.node if node.op_type == "Pad"}
    for node in model.graph.node:
        if node.op_type == "Conv" and node.input[0] in pads:
            node.input[0] = pads[node.input[0]].input[0]
            node.attribute.remove(next(a for a in node.attribute if a.name == "pads"))
            node.attribute.append(onnx.helper.make_attribute("auto_pad", "SAME_UPPER"))
    for node in pads.values():
        model.graph.node.remove(node)
    onnx.save(model, path)


def encoder(peer, request):
    """One forward pass to the logits: {"name", "batch", "channels", "side", "threads"}."""
    import torch

    torch.set_num_threads(request["threads"])
    torch.set_grad_enabled(False)
    shape = (request["batch"], request["channels"], request["side"], request["side"])
    x = torch.rand(shape)
    if peer == "pytorch":
        model = network(request["name"])
        layouts = []
        for layout in (torch.contiguous_format, torch.channels_last):
            candidate, pixels = model.to(memory_format=layout), x.to(memory_format=layout)
            run = lambda candidate=candidate, pixels=pixels: candidate(pixels)
            run()
            start = time.perf_counter()
            run(), run()
            layouts.append((time.perf_counter() - start, layout))
        layout = min(layouts, key=lambda pair: pair[0])[1]
        model, pixels = model.to(memory_format=layout), x.to(memory_format=layout)
        return lambda: model(pixels)
    import onnxruntime

    path = os.path.join(tempfile.gettempdir(), f"caption-bench-{request['name']}-{'x'.join(map(str, shape))}.onnx")
    if not os.path.exists(path):
        torch.onnx.export(network(request["name"]), (x,), path + ".part", dynamo=False)
        if request["name"].startswith("efficientnet_lite"):
            fold_padding(path + ".part")
        os.replace(path + ".part", path)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = request["threads"]
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    feed = {session.get_inputs()[0].name: x.numpy()}
    return lambda: session.run(None, feed)


def attention_step(peer, request):
    """One step of the attention decoder for {"rows"} hypotheses over {"regions"} of {"channels"}."""
    import torch
    from torch.nn import functional as F

    torch.set_num_threads(request["threads"])
    torch.set_grad_enabled(False)
    rows, regions, channels = request["rows"], request["regions"], request["channels"]
    embedding, hidden, attention, words = (request[k] for k in ("embedding", "hidden", "attention", "vocabulary"))
    linear = torch.nn.Linear
    decoder_att, full_att, f_beta = linear(hidden, attention), linear(attention, 1), linear(hidden, channels)
    cell, fc, table = torch.nn.LSTMCell(embedding + channels, hidden), linear(hidden, words), torch.rand(words, embedding)
    image, projected = torch.rand(rows, regions, channels), torch.rand(rows, regions, attention)
    h, c, tokens = torch.rand(rows, hidden), torch.rand(rows, hidden), torch.arange(rows)

    def run():
        alpha = F.softmax(full_att(F.relu(projected + decoder_att(h)[:, None])).squeeze(2), 1)
        context = torch.bmm(alpha[:, None], image).squeeze(1) * torch.sigmoid(f_beta(h))
        state = cell(torch.cat([table[tokens], context], 1), (h, c))
        return F.log_softmax(fc(state[0]), 1)

    return run


def lstm_training(peer, request):
    """Forward, backward and Adam's step of an LSTM over {"batch"} sequences of {"steps"}."""
    import torch

    torch.set_num_threads(request["threads"])
    torch.manual_seed(0)
    batch, steps, inputs, hidden = (request[k] for k in ("batch", "steps", "inputs", "hidden"))
    lstm = torch.nn.LSTM(inputs, hidden)
    optimizer = torch.optim.Adam(lstm.parameters())
    x, slope = torch.rand(steps, batch, inputs, requires_grad=True), torch.rand(steps, batch, hidden)

    def run():
        optimizer.zero_grad()
        lstm(x)[0].backward(slope)
        optimizer.step()

    return run


def language_model_training(peer, request):
    """One step of a language model with an LSTM of {"size"} and {"words"} words; its embedding's gradients
    are sparse, as they are faster."""
    import torch
    from torch.nn import functional as F

    torch.set_num_threads(request["threads"])
    torch.manual_seed(0)
    batch, steps, size, words = (request[k] for k in ("batch", "steps", "size", "words"))
    embedding, lstm = torch.nn.Embedding(words, size, sparse=True), torch.nn.LSTM(size, size)
    output, dropout = torch.nn.Linear(size, words), torch.nn.Dropout(0.5)
    dense = [*lstm.parameters(), *output.parameters()]
    optimizers = torch.optim.Adam(dense), torch.optim.SparseAdam(embedding.parameters())
    ids, targets = torch.randint(words, (steps, batch)), torch.randint(words, (steps * batch,))

    def run():
        for optimizer in optimizers:
            optimizer.zero_grad()
        hidden = dropout(lstm(dropout(embedding(ids)))[0]).flatten(0, 1)
        F.cross_entropy(output(hidden), targets).backward()
        torch.nn.utils.clip_grad_norm_(dense, 5)
        for optimizer in optimizers:
            optimizer.step()

    return run


def decoder_training(peer, request):
    """One step of a decoder with attention over {"regions"} of {"size"} channels: keys, embeddings and logits
    for all steps at once, the rest step by step, as its source has it."""
    import torch
    from torch.nn import functional as F

    torch.set_num_threads(request["threads"])
    torch.manual_seed(0)
    batch, steps, regions, size, words = (request[k] for k in ("batch", "steps", "regions", "size", "words"))
    nn = torch.nn
    embedding, output, dropout = nn.Embedding(words, size, sparse=True), nn.Linear(size, words), nn.Dropout(0.5)
    encoder_att, decoder_att, full_att = nn.Linear(size, size), nn.Linear(size, size), nn.Linear(size, 1)
    f_beta, cell = nn.Linear(size, size), nn.LSTMCell(2 * size, size)
    dense = [w for m in (output, encoder_att, decoder_att, full_att, f_beta, cell) for w in m.parameters()]
    optimizers = torch.optim.Adam(dense), torch.optim.SparseAdam(embedding.parameters())
    image, zeros = torch.rand(batch, regions, size), torch.zeros(batch, size)
    ids, targets = torch.randint(words, (steps, batch)), torch.randint(words, (steps * batch,))

    def run():
        for optimizer in optimizers:
            optimizer.zero_grad()
        keys, x, h, c, hidden = encoder_att(image), embedding(ids), zeros, zeros, []
        for step in range(steps):
            alpha = F.softmax(full_att(F.relu(keys + decoder_att(h)[:, None])).squeeze(2), 1)
            context = torch.bmm(alpha[:, None], image).squeeze(1) * torch.sigmoid(f_beta(h))
            h, c = cell(torch.cat([x[step], context], 1), (h, c))
            hidden.append(h)
        F.cross_entropy(output(dropout(torch.cat(hidden))), targets).backward()
        nn.utils.clip_grad_norm_(dense, 5)
        for optimizer in optimizers:
            optimizer.step()

    return run


def network_training(peer, request):
    """One step of the network {"name"} on {"batch"} images of {"side"}, in the faster of the two layouts."""
    import torch
    from torch.nn import functional as F

    torch.set_num_threads(request["threads"])
    batch, side = request["batch"], request["side"]
    targets = torch.randint(1000, (batch,))

    def make(layout):
        model = network(request["name"]).train().to(memory_format=layout)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
        x = torch.rand(batch, 3, side, side).to(memory_format=layout)

        def run():
            optimizer.zero_grad()
            F.cross_entropy(model(x), targets).backward()
            optimizer.step()

        run()
        start = time.perf_counter()
        run()
        return time.perf_counter() - start, run

    return min((make(layout) for layout in (torch.contiguous_format, torch.channels_last)), key=lambda pair: pair[0])[1]


def jpeg(peer, request):
    """Decoding the file {"path"} at the smallest scale that still holds {"minimum"} pixels each way."""
    from PIL import Image

    def run():
        image = Image.open(request["path"])
        image.draft("RGB", (request["minimum"], request["minimum"]))
        return image.convert("RGB")

    return run


def resize(peer, request):
    """Resampling from {"from": [w, h]} to {"to": [w, h]} with antialiased bilinear weights."""
    from PIL import Image

    image = Image.effect_noise(tuple(request["from"]), 50).convert("RGB")
    return lambda: image.resize(tuple(request["to"]), Image.BILINEAR)


def batch(peer, request):
    """Captioning all photos of {"folder"} with the bundle {"model"} at {"beam"} on {"threads"}; the peer
    "pytorch-draft" has Pillow scale JPEGs down as they are decoded."""
    from bench_captioner import Captioner

    captioner = Captioner(request["model"], request["threads"], request["beam"], peer == "pytorch-draft")
    return lambda: captioner.folder(request["folder"])


def score(peer, request):
    """BLEU, ROUGE-L and CIDEr of the captions in the file {"captions"}; their tokenisation, too, unless
    they are {"tokenised"}."""
    from pycocoevalcap.bleu.bleu import Bleu
    from pycocoevalcap.cider.cider import Cider
    from pycocoevalcap.rouge.rouge import Rouge
    from pycocoevalcap.tokenizer.ptbtokenizer import PTBTokenizer

    with open(request["captions"]) as file:
        captions = json.load(file)
    results = {i: [c] for i, c in enumerate(captions["candidates"])}
    truth = dict(enumerate(captions["references"]))

    def run():
        candidates, references = results, truth
        if not request["tokenised"]:
            def tokens(captions):
                return PTBTokenizer().tokenize({i: [{"caption": c} for c in cs] for i, cs in captions.items()})

            references, candidates = tokens(truth), tokens(results)
        for scorer in (Bleu(4), Rouge(), Cider()):
            scorer.compute_score(references, candidates)

    return run


def sentiment(peer, request):
    """The sentiment of each line of the file {"texts"} by the bundle {"model"}, as one would write it in
    PyTorch: a regular expression cuts words, sentences are packed into windows, batches of 48 texts of
    like length go through a packed LSTM."""
    import re

    import torch
    from safetensors.torch import load_file
    from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

    torch.set_num_threads(request["threads"])
    torch.set_grad_enabled(False)
    with open(request["model"] + "/config.json") as file:
        network = json.load(file)["network"]
    with open(request["model"] + "/vocabulary.txt") as file:
        ids = {word: i for i, word in enumerate(file.read().split("\n")[:-1])}
    weights = {k: v.float() for k, v in load_file(request["model"] + "/model.safetensors").items()}
    lstm = torch.nn.LSTM(network["embedding"], network["hidden"], bidirectional=True, batch_first=True)
    for direction, suffix in (("forward", ""), ("reverse", "_reverse")):
        for name in ("weight_ih", "weight_hh", "bias_ih"):
            getattr(lstm, f"{name}_l0{suffix}").copy_(weights[f"lstm.0.{direction}.{name}"])
        getattr(lstm, f"bias_hh_l0{suffix}").zero_()
    heads = network["heads"]
    word = re.compile(r"n't|'s|'re|'ve|'ll|'d|'m|\w+?(?=n't)|\w+|\.\.+|[.!?,;:()\"*/&$%]")
    ends = {ids[mark] for mark in (".", "!", "?", "...", "<p>") if mark in ids}

    def windows(text):
        tokens = [ids.get(w, 0) for w in word.findall(text.lower().replace("<br />", " "))]
        result, window, start = [], [], 0
        for place, token in enumerate(tokens + [None]):
            if token is None or token in ends or place - start == 63:
                sentence = tokens[start : place + 1]
                if len(window) + len(sentence) > 64 and window:
                    result.append(window)
                    window = []
                window = window + sentence
                start = place + 1
        return result + [window] if window else result or [[0]]

    def logits(texts):
        rows = [torch.tensor(window) for windows in texts for window in windows]
        lengths = torch.tensor([len(row) for row in rows])
        group = torch.repeat_interleave(torch.arange(len(texts)), torch.tensor([len(w) for w in texts]))
        x = weights["embedding.words.weight"][pad_sequence(rows, batch_first=True)]
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        y, _ = pad_packed_sequence(lstm(packed)[0], batch_first=True)
        h = y[torch.arange(y.shape[1])[None] < lengths[:, None]]
        group = torch.repeat_interleave(group, lengths)
        score = h @ weights["head.attention.score.weight"].T
        vote = (h @ weights["head.attention.vote.weight"].T + weights["head.attention.vote.bias"]).view(len(h), heads, -1)
        largest = torch.full((len(texts), heads), -1e9).scatter_reduce(0, group[:, None].expand_as(score), score, "amax")
        power = (score - largest[group]).exp()
        sums = torch.zeros(len(texts), heads).index_add(0, group, power)
        votes = torch.zeros(len(texts), heads, vote.shape[2]).index_add(0, group, power[:, :, None] * vote)
        return (votes / sums[:, :, None]).sum(1)

    def run():
        with open(request["texts"]) as file:
            texts = [windows(line) for line in file]
        order = sorted(range(len(texts)), key=lambda i: sum(map(len, texts[i])))
        result = [None] * len(texts)
        for first in range(0, len(order), 48):
            part = order[first : first + 48]
            for place, row in zip(part, torch.softmax(logits([texts[i] for i in part]), 1).tolist()):
                result[place] = row
        return result

    return run


tasks = {
    "encoder": encoder, "attention-step": attention_step, "jpeg": jpeg, "resize": resize, "batch": batch,
    "score": score, "sentiment": sentiment,
    "lstm-training": lstm_training, "language-model-training": language_model_training,
    "decoder-training": decoder_training, "network-training": network_training,
}
run = None
for line in sys.stdin:
    request = json.loads(line)
    if "prepare" in request:
        try:
            run = tasks[request["prepare"]](request["peer"], request)
            if request.get("warm", True):
                run()
            answer = {"ready": True}
        except Exception as error:
            answer = {"absent": f"{type(error).__name__}: {error}".splitlines()[0]}
    else:
        times, end = [], time.perf_counter() + request["run"]
        while not times or time.perf_counter() < end:
            start = time.perf_counter()
            run()
            times.append((time.perf_counter() - start) * 1e3)
        answer = {"milliseconds": times}
    print(json.dumps(answer), file=answers, flush=True)
