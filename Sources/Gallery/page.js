"use strict";
(() => {
  const page = JSON.parse(document.getElementById("data").textContent);
  const photos = page.photos;
  const $ = (id) => document.getElementById(id);
  const root = document.documentElement;
  const grid = $("photos");
  const viewer = $("viewer");

  /** An element with attributes and children; text stays text. */
  function element(name, attributes = {}, ...children) {
    const result = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value !== null && value !== undefined) result.setAttribute(key, value);
    }
    result.append(...children);
    return result;
  }

  const thousands = (number) => number.toLocaleString("en");
  const plural = (number, one) => `${thousands(number)} ${number === 1 ? one : one + "s"}`;
  const percent = (share) => `${Math.round(share * 100)} %`;

  // MARK: Words

  // Scripts that put no space between words are searched letter by letter.
  const spaceless = "\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}";
  const wordPattern = new RegExp(`[${spaceless}]|(?:(?![${spaceless}])[\\p{L}\\p{N}\\p{M}])+`, "gu");
  const plain = /^[\x20-\x7e\s]*$/;

  /** Without case and accents. */
  function folded(text) {
    if (plain.test(text)) return text.toLowerCase();
    return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  }

  const words = (text) => folded(text).match(wordPattern) ?? [];

  /** `text` with what the search found in it marked. */
  function marked(text) {
    if (!state.words.length) return [text];
    const parts = [];
    let end = 0;
    for (const match of text.matchAll(wordPattern)) {
      const word = folded(match[0]);
      const found = state.words.filter((wanted) => word.startsWith(wanted));
      if (!found.length) continue;
      const longest = Math.max(...found.map((wanted) => wanted.length));
      const length = word.length === match[0].length ? longest : match[0].length;
      parts.push(text.slice(end, match.index));
      parts.push(element("mark", {}, text.substr(match.index, length)));
      end = match.index + length;
    }
    parts.push(text.slice(end));
    return parts;
  }

  // MARK: What is known of a photo

  const months = ["January", "February", "March", "April", "May", "June", "July", "August",
    "September", "October", "November", "December"];

  photos.forEach((photo, index) => {
    const path = photo.path ?? "";
    const slash = path.lastIndexOf("/");
    photo.index = index;
    photo.name = path.slice(slash + 1);
    photo.folder = slash < 0 ? null : path.slice(0, slash) || "/";
    photo.day = photo.takenAt?.slice(0, 10) ?? null;
    photo.words = " " + words(
      [...photo.captions.map((c) => c.text), ...photo.humans.map((h) => h.text), photo.name]
        .join(" ")).join(" ");
  });

  function date(day) {
    const [year, month, number] = day.split("-").map(Number);
    return `${number} ${months[month - 1] ?? month} ${year}`;
  }

  function shortDate(day) {
    const [year, month, number] = day.split("-").map(Number);
    return `${number} ${months[month - 1]?.slice(0, 3) ?? month} ${year}`;
  }

  /** The caption that is shown: the newest, or the newest of the model that was chosen. */
  const shown = (photo) =>
    state.model === null ? photo.captions[0] : photo.captions.find((c) => c.model === state.model);

  const description = (photo) =>
    shown(photo)?.text ?? photo.humans[0]?.text ?? "Not described";

  // MARK: Thumbnails

  const blocks = new Map();
  const pending = new Set();

  /** The thumbnail of a photo; null while the page is still loading. */
  function thumbnail(photo) {
    const number = Math.floor(photo.index / page.blockCount);
    let block = blocks.get(number);
    if (!block) {
      const source = $(`thumbnails-${number}`);
      // The parser adds an element before its text.
      if (!source || (document.readyState === "loading" && !source.nextSibling)) return null;
      block = JSON.parse(source.textContent);
    }
    // The blocks used last are kept.
    blocks.delete(number);
    blocks.set(number, block);
    if (blocks.size > 40) blocks.delete(blocks.keys().next().value);
    return block[photo.index % page.blockCount];
  }

  const source = (entry) => `data:image/webp;base64,${entry.webp}`;

  /** A box of the photo's proportions that says why there is no picture. */
  function absence(photo, entry) {
    const box = element(
      "div", { class: "absent", role: "img", "aria-label": description(photo) },
      `No picture: ${entry?.failure ?? "the file cannot be read"}`);
    const ratio = photo.width / photo.height;
    box.style.width = ratio >= 4 / 3 ? "100%" : `${Math.max(45, ratio * 75)}%`;
    box.style.aspectRatio = String(Math.min(4, Math.max(4 / 3, ratio)));
    if (ratio < 4 / 3) box.style.height = "100%";
    return box;
  }

  function fill(frame, photo) {
    const entry = thumbnail(photo);
    if (!entry) {
      pending.add([frame, photo]);
      return;
    }
    if (entry.webp) {
      const image = element("img", { alt: description(photo), decoding: "async", draggable: "false" });
      image.src = source(entry);
      // A small picture is not blown up.
      image.style.maxWidth = `${Math.max(photo.width, 48)}px`;
      frame.replaceChildren(image);
    } else {
      frame.replaceChildren(absence(photo, entry));
    }
  }

  function fillPending() {
    for (const item of [...pending]) {
      pending.delete(item);
      if (item[0].isConnected) fill(...item);
    }
  }

  // MARK: State

  const state = {
    words: [], model: null, taken: "", folder: "", author: "", least: 0, most: 100, sort: "path",
    matches: photos, active: 0,
  };

  const missingLast = (a, b, compare) =>
    (a === null || a === undefined) - (b === null || b === undefined) || (a ? compare(a, b) : 0);
  const byText = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  const confidence = (photo) => shown(photo)?.confidence ?? null;
  const orders = {
    path: null,
    newest: (a, b) => missingLast(a.takenAt, b.takenAt, (x, y) => byText(y, x)),
    oldest: (a, b) => missingLast(a.takenAt, b.takenAt, byText),
    sure: (a, b) => missingLast(confidence(a), confidence(b), (x, y) => y - x),
    unsure: (a, b) => missingLast(confidence(a), confidence(b), (x, y) => x - y),
    caption: (a, b) => byText(description(a), description(b)),
    recent: (a, b) =>
      missingLast(shown(a)?.createdAt, shown(b)?.createdAt, (x, y) => byText(y, x)),
  };

  function isMatch(photo) {
    for (const word of state.words) if (!photo.words.includes(" " + word)) return false;
    const caption = shown(photo);
    if (state.model !== null && !caption) return false;
    if (state.taken === "none" ? photo.day : state.taken && !photo.day?.startsWith(state.taken)) {
      return false;
    }
    if (state.folder && photo.folder !== state.folder &&
        !photo.folder?.startsWith(state.folder === "/" ? "/" : state.folder + "/")) return false;
    if (state.author && (photo.humans.length > 0) !== (state.author === "human")) return false;
    if (state.least > 0 || state.most < 100) {
      const share = caption?.confidence;
      if (share === undefined || share === null) return false;
      if (share * 100 < state.least || share * 100 > state.most) return false;
    }
    return true;
  }

  function readControls() {
    state.words = words($("search").value);
    state.model = $("model").value === "" ? null : Number($("model").value);
    state.taken = $("taken").value;
    state.folder = $("folder").value;
    state.author = $("author").value;
    state.sort = $("sort").value;
    state.least = Math.min(Number($("least").value), Number($("most").value));
    state.most = Math.max(Number($("least").value), Number($("most").value));
    $("range").value = `${state.least}–${state.most} %`;
  }

  function update() {
    readControls();
    state.matches = photos.filter(isMatch);
    if (orders[state.sort]) state.matches.sort(orders[state.sort]);
    state.active = 0;
    const all = state.matches.length === photos.length;
    $("count").value = all
      ? plural(photos.length, "photo")
      : `${thousands(state.matches.length)} of ${plural(photos.length, "photo")}`;
    const filters = [state.model !== null, state.taken, state.folder, state.author,
      state.least > 0 || state.most < 100].filter(Boolean).length;
    $("toggle").textContent = filters ? `Filters (${filters})` : "Filters";
    $("none").hidden = state.matches.length > 0;
    arrange();
    const top = grid.getBoundingClientRect().top + scrollY - $("search").form.offsetHeight - 28;
    if (scrollY > top) scrollTo(0, Math.max(0, top));
    render();
  }

  // MARK: The grid: only the rows near the window are in the page

  const layout = { columns: 1, tops: [0], rows: new Map() };

  function cell(photo, index) {
    const caption = shown(photo);
    const human = photo.humans[0];
    const frame = element("div", { class: "frame" });
    const result = element("div", {
      class: "photo", role: "gridcell", tabindex: index === state.active ? "0" : "-1",
      "aria-colindex": (index % layout.columns) + 1, "data-index": index,
    }, frame);
    if (caption) {
      // The picture's alternative text has said it already.
      result.append(
        element("p", { class: "text", "aria-hidden": "true" }, ...marked(oneLine(caption.text))));
    }
    if (human) {
      const text = marked(oneLine(human.text));
      result.append(
        element("p", { class: "said" }, element("span", { class: "who" }, "Person"), " ", ...text));
    }
    const facts = [photo.day ? shortDate(photo.day) : photo.name];
    if (caption?.confidence != null) facts.push(percent(caption.confidence));
    result.append(
      element("p", { class: "meta", title: photo.path }, facts.filter(Boolean).join(" · ")));
    fill(frame, photo);
    return result;
  }

  const oneLine = (text) => text.replace(/\s+/g, " ");

  function row(number) {
    const first = number * layout.columns;
    const result = element("div", { class: "row", role: "row", "aria-rowindex": number + 1 });
    result.style.top = `${layout.tops[number]}px`;
    state.matches.slice(first, first + layout.columns).forEach((photo, offset) => {
      result.append(cell(photo, first + offset));
    });
    return result;
  }

  /** Where each row stands. Text is cut after some lines, so two heights are all there are. */
  function arrange() {
    const width = grid.clientWidth;
    const gap = width < 520 ? 16 : 28;
    const least = width < 520 ? 138 : width < 1000 ? 170 : 196;
    layout.columns = Math.max(1, Math.floor((width + gap) / (least + gap)));
    const cellWidth = (width - gap * (layout.columns - 1)) / layout.columns;
    grid.style.setProperty("--columns", layout.columns);
    grid.style.setProperty("--gap", `${gap}px`);
    grid.style.setProperty("--frame", `${Math.round(cellWidth * 0.75)}px`);
    const [without, withHuman] = [false, true].map(probe);
    const count = Math.ceil(state.matches.length / layout.columns);
    layout.tops = [0];
    for (let number = 0; number < count; number++) {
      const start = number * layout.columns;
      let hasHuman = false;
      for (let i = start; i < Math.min(start + layout.columns, state.matches.length); i++) {
        hasHuman ||= state.matches[i].humans.length > 0;
      }
      layout.tops.push(layout.tops[number] + (hasHuman ? withHuman : without));
    }
    grid.style.height = `${layout.tops[count]}px`;
    grid.setAttribute("aria-rowcount", count);
    grid.setAttribute("aria-colcount", layout.columns);
    layout.rows.clear();
    grid.replaceChildren();
  }

  function probe(hasHuman) {
    const filler = "line ".repeat(200);
    const box = element("div", { class: "photo" }, element("div", { class: "frame" }),
      element("p", { class: "text" }, filler));
    if (hasHuman) box.append(element("p", { class: "said" }, filler));
    box.append(element("p", { class: "meta" }, "line"));
    const line = element("div", { class: "row probe" }, box);
    grid.append(line);
    const height = line.offsetHeight;
    line.remove();
    return height + (layout.columns < 4 ? 24 : 36);
  }

  /** The last row that begins at or above `y`. */
  function rowAt(y) {
    let [low, high] = [0, layout.tops.length - 2];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (layout.tops[middle] <= y) low = middle; else high = middle - 1;
    }
    return low;
  }

  function render() {
    const count = layout.tops.length - 1;
    const above = -grid.getBoundingClientRect().top;
    const first = count ? rowAt(above - 500) : 0;
    const last = count ? rowAt(above + innerHeight + 700) : -1;
    const activeRow = Math.floor(state.active / layout.columns);
    for (const [number, line] of layout.rows) {
      // The row with the focus stays, or the focus would be lost.
      if ((number < first || number > last) && number !== activeRow) {
        line.remove();
        layout.rows.delete(number);
      }
    }
    for (let number = first; number <= last; number++) show(number);
    if (count) show(activeRow);
  }

  function show(number) {
    if (layout.rows.has(number)) return;
    const line = row(number);
    // In reading order.
    let after = null;
    for (const [other, existing] of layout.rows) {
      if (other > number && (!after || other < after.number)) after = { number: other, existing };
    }
    grid.insertBefore(line, after?.existing ?? null);
    layout.rows.set(number, line);
  }

  const cellAt = (index) => grid.querySelector(`[data-index="${index}"]`);

  function activate(index, isFocused = true) {
    if (!state.matches.length) return;
    cellAt(state.active)?.setAttribute("tabindex", "-1");
    state.active = Math.max(0, Math.min(index, state.matches.length - 1));
    const number = Math.floor(state.active / layout.columns);
    const top = grid.getBoundingClientRect().top + layout.tops[number];
    const bottom = grid.getBoundingClientRect().top + layout.tops[number + 1];
    const bar = $("search").form.getBoundingClientRect();
    const upper = Math.max(0, bar.bottom) + 20;
    if (top < upper) scrollBy(0, top - upper);
    else if (bottom > innerHeight) scrollBy(0, Math.min(bottom - innerHeight, top - upper));
    render();
    const target = cellAt(state.active);
    target.setAttribute("tabindex", "0");
    if (isFocused) target.focus({ preventScroll: true });
  }

  grid.addEventListener("keydown", (event) => {
    if (event.altKey || event.metaKey) return;
    const columns = layout.columns;
    const index = state.active;
    const column = index % columns;
    const rows = Math.max(1, Math.floor((innerHeight - 100) / (layout.tops[1] || innerHeight)));
    const last = state.matches.length - 1;
    const targets = {
      ArrowRight: index + 1, ArrowLeft: index - 1,
      ArrowDown: index + columns <= last ? index + columns
        : Math.floor(index / columns) < Math.floor(last / columns) ? last : index,
      ArrowUp: index - columns >= 0 ? index - columns : index,
      Home: event.ctrlKey ? 0 : index - column,
      End: event.ctrlKey ? last : index - column + columns - 1,
      PageDown: Math.min(index + rows * columns, last),
      PageUp: Math.max(index - rows * columns, column),
    };
    if (event.key === "Enter" || event.key === " ") {
      open(index);
    } else if (event.key in targets) {
      activate(targets[event.key]);
    } else {
      return;
    }
    event.preventDefault();
  });

  grid.addEventListener("click", (event) => {
    const target = event.target.closest(".photo");
    if (!target) return;
    activate(Number(target.dataset.index));
    open(state.active);
  });
  grid.addEventListener("focus", () => activate(state.active));
  grid.addEventListener("focusin", (event) => {
    const target = event.target.closest(".photo");
    if (!target || Number(target.dataset.index) === state.active) return;
    cellAt(state.active)?.setAttribute("tabindex", "-1");
    state.active = Number(target.dataset.index);
    target.setAttribute("tabindex", "0");
  });

  let isScheduled = false;
  function schedule() {
    if (isScheduled) return;
    isScheduled = true;
    requestAnimationFrame(() => {
      isScheduled = false;
      render();
    });
  }
  addEventListener("scroll", schedule, { passive: true });

  let isPrinting = false;
  let width = grid.clientWidth;
  new ResizeObserver(() => {
    if (grid.clientWidth === width || isPrinting) return;
    width = grid.clientWidth;
    // What was at the top stays there.
    const photo = rowAt(-grid.getBoundingClientRect().top) * layout.columns;
    const isInside = grid.getBoundingClientRect().top < 0;
    const hadFocus = grid.contains(document.activeElement);
    arrange();
    if (isInside) {
      const row = Math.floor(photo / layout.columns);
      scrollTo(0, grid.getBoundingClientRect().top + scrollY + (layout.tops[row] ?? 0));
    }
    render();
    if (hadFocus) cellAt(state.active)?.focus({ preventScroll: true });
  }).observe(grid);

  // MARK: One photo, large

  function section(title, node, className) {
    return [element("h3", { class: className }, title), node];
  }

  function by(caption) {
    const parts = [`By the model ${page.models[caption.model].name}`];
    if (caption.confidence != null) parts.push(`confidence ${percent(caption.confidence)}`);
    if (caption.createdAt) parts.push(date(caption.createdAt.slice(0, 10)));
    return parts.join(", ");
  }

  const sources = {
    embedded: "found in the photo’s file", sidecar: "found beside the photo", note: "a note",
    import: "imported",
  };

  function details(photo) {
    const list = element("dl");
    const add = (name, ...value) => {
      if (value[0]) list.append(element("dt", {}, name), element("dd", {}, ...value));
    };
    if (photo.takenAt) {
      add("Taken", `${date(photo.day)}, ${photo.takenAt.slice(11, 16)}`);
    }
    add("Camera", photo.camera);
    if (photo.place) add("Place", photo.place.map((degrees) => degrees.toFixed(5)).join(", "));
    add("Size", `${photo.width} × ${photo.height} pixels, ${bytes(photo.byteCount)}, ${photo.format}`);
    add("File", photo.name && element("span", {}, ...marked(photo.name)));
    add("Folder", photo.folder);
    if (photo.url) {
      add("Original", element(
        "a", { href: photo.url, target: "_blank", rel: "noopener" }, "Open the file"));
    }
    return list;
  }

  function bytes(count) {
    return count < 1e6 ? `${Math.max(1, Math.round(count / 1e3))} kB` : `${(count / 1e6).toFixed(1)} MB`;
  }

  function showLarge(photo) {
    const entry = thumbnail(photo);
    const stage = viewer.querySelector(".stage");
    const note = $("stage-note");
    stage.querySelector(".absent")?.remove();
    const image = element("img", { id: "large", alt: description(photo) });
    $("large").replaceWith(image);
    note.hidden = true;
    image.width = photo.width;
    image.height = photo.height;
    image.style.width = "auto";
    image.style.height = "auto";
    if (entry?.webp) image.style.background = `url("${source(entry)}") center / contain no-repeat`;
    const fallback = () => {
      if (!image.isConnected) return;
      image.onerror = null;
      if (entry?.webp) {
        image.src = source(entry);
        note.textContent = photo.url
          ? "The original cannot be shown here; this is the thumbnail."
          : "No file is known; this is the thumbnail.";
        note.hidden = false;
      } else {
        image.hidden = true;
        stage.prepend(absence(photo, entry));
      }
    };
    image.onerror = fallback;
    image.onload = () => { image.style.background = "none"; };
    if (photo.url) image.src = photo.url; else fallback();
  }

  function showPhoto(index) {
    const photo = state.matches[index];
    const caption = shown(photo);
    showLarge(photo);
    $("viewer-caption").replaceChildren(...marked(description(photo)));
    $("viewer-by").textContent = caption ? by(caption) : photo.humans.length ? "By a person" : "";
    $("position").value = `${thousands(index + 1)} of ${thousands(state.matches.length)}`;
    $("previous").disabled = index === 0;
    $("next").disabled = index === state.matches.length - 1;
    const facts = [];
    const humans = caption ? photo.humans : photo.humans.slice(1);
    if (humans.length) {
      facts.push(...section("Written by people", element("ul", { class: "said-list" },
        ...humans.map((human) => element("li", {}, ...marked(human.text),
          element("small", {}, sources[human.source] ?? human.source)))), "who"));
    }
    if (caption?.alternatives.length) {
      facts.push(...section("The model’s alternatives", element("ul", {},
        ...caption.alternatives.map((text) => element("li", {}, text)))));
    }
    const others = photo.captions.filter((other) => other !== caption);
    if (others.length) {
      facts.push(...section("Other captions", element("ul", {},
        ...others.map((other) => element("li", {}, ...marked(other.text),
          element("small", {}, by(other)))))));
    }
    facts.push(...section("Photo", details(photo)));
    $("viewer-facts").replaceChildren(...facts);
    // In a narrow window the whole scrolls, in a wide one only the text.
    for (const name of [".facts", ".viewer-body"]) viewer.querySelector(name).scrollTop = 0;
  }

  function open(index) {
    showPhoto(index);
    viewer.showModal();
    viewer.querySelector(".facts").focus({ preventScroll: true });
  }

  function step(by) {
    const target = state.active + by;
    if (target < 0 || target >= state.matches.length) return;
    activate(target, false);
    showPhoto(target);
  }

  $("previous").addEventListener("click", () => step(-1));
  $("next").addEventListener("click", () => step(1));
  $("close").addEventListener("click", () => viewer.close());
  viewer.addEventListener("close", () => activate(state.active));
  viewer.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "ArrowLeft") step(-1);
    else if (event.key === "ArrowRight") step(1);
    else return;
    event.preventDefault();
  });

  // MARK: Controls

  function options(select, entries) {
    for (const [value, text] of entries) select.append(element("option", { value }, text));
  }

  function counted(keys) {
    const counts = new Map();
    for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
    return counts;
  }

  function fillModels() {
    const names = counted(page.models.map((model) => model.name));
    options($("model"), [["", "Any"], ...page.models.map((model, index) => [
      index, names.get(model.name) > 1 ? `${model.name} (${model.hash.slice(0, 8)})` : model.name,
    ])]);
    $("model-label").hidden = page.models.length < 2;
  }

  function fillDates() {
    const dated = photos.filter((photo) => photo.day);
    const years = counted(dated.map((photo) => photo.day.slice(0, 4)));
    const byMonth = counted(dated.map((photo) => photo.day.slice(0, 7)));
    const entries = [["", "Any time"]];
    for (const year of [...years.keys()].sort().reverse()) {
      entries.push([year, `${year} (${thousands(years.get(year))})`]);
      for (const month of [...byMonth.keys()].filter((key) => key.startsWith(year)).sort()) {
        const name = months[Number(month.slice(5)) - 1] ?? month;
        entries.push([month, `\u2003${name} ${year} (${thousands(byMonth.get(month))})`]);
      }
    }
    const undated = photos.length - dated.length;
    if (undated) entries.push(["none", `Unknown (${thousands(undated)})`]);
    options($("taken"), entries);
    $("taken-label").hidden = !dated.length;
  }

  function fillFolders() {
    const counts = new Map();
    let common = null;
    for (const photo of photos) {
      if (photo.folder === null) continue;
      const parts = photo.folder.split("/").filter(Boolean);
      if (common === null) common = parts;
      let same = 0;
      while (same < common.length && common[same] === parts[same]) same += 1;
      common = common.slice(0, same);
      for (let depth = 1; depth <= parts.length; depth++) {
        const folder = "/" + parts.slice(0, depth).join("/");
        counts.set(folder, (counts.get(folder) ?? 0) + 1);
      }
    }
    const depth = common?.length ?? 0;
    const entries = [...counts].filter(([folder]) => folder.split("/").length - 1 > depth)
      .sort((a, b) => byText(a[0].split("/").join("\0"), b[0].split("/").join("\0")))
      .map(([folder, count]) => {
        const parts = folder.split("/").slice(1);
        const indent = "\u2003".repeat(parts.length - depth - 1);
        return [folder, `${indent}${parts.at(-1)} (${thousands(count)})`];
      });
    options($("folder"), [["", "Any"], ...entries]);
    $("folder-label").hidden = !entries.length;
  }

  const form = $("search").form;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    activate(0);
  });
  form.addEventListener("input", update);
  form.addEventListener("reset", () => queueMicrotask(() => requestAnimationFrame(update)));
  $("search").addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") {
      activate(state.active);
      event.preventDefault();
    } else if (event.key === "Escape") {
      $("search").value = "";
      update();
      event.preventDefault();
    }
  });
  function setFilters(isOpen) {
    $("filters").hidden = !isOpen;
    $("toggle").setAttribute("aria-expanded", isOpen);
  }
  $("toggle").addEventListener("click", () => setFilters($("filters").hidden));

  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.altKey || event.metaKey || viewer.open) return;
    if (event.target.matches("input[type=search], select, textarea")) return;
    $("search").focus();
    $("search").select();
    event.preventDefault();
  });
  document.querySelector(".skip").addEventListener("click", (event) => {
    activate(state.active);
    event.preventDefault();
  });

  // MARK: Light and dark

  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  // Where the page may keep nothing, the choice lasts as long as the page.
  const kept = {
    get theme() { try { return localStorage.getItem("caption-theme"); } catch { return null; } },
    set theme(value) { try { localStorage.setItem("caption-theme", value); } catch { /* not kept */ } },
  };
  let theme = kept.theme;
  function paint() {
    const isDark = theme ? theme === "dark" : prefersDark.matches;
    root.dataset.theme = isDark ? "dark" : "light";
    $("theme").textContent = isDark ? "Light" : "Dark";
    $("theme").setAttribute("aria-label", `Switch to ${isDark ? "light" : "dark"} colours`);
  }
  $("theme").addEventListener("click", () => {
    theme = root.dataset.theme === "dark" ? "light" : "dark";
    kept.theme = theme;
    paint();
  });
  prefersDark.addEventListener("change", paint);

  // MARK: Paper

  addEventListener("beforeprint", () => {
    isPrinting = true;
    for (let number = 0; number < layout.tops.length - 1; number++) show(number);
  });
  addEventListener("afterprint", () => {
    isPrinting = false;
    render();
  });

  // MARK: Begin

  paint();
  const models = page.models.map((model) => model.name).join(", ");
  $("made").textContent =
    [plural(photos.length, "photo"), models && `described by ${models}`, date(page.date)]
      .filter(Boolean).join(" · ");
  if (!photos.some((photo) => photo.takenAt)) {
    for (const value of ["newest", "oldest"]) {
      $("sort").querySelector(`[value=${value}]`).hidden = true;
    }
  }
  fillModels();
  fillDates();
  fillFolders();
  setFilters(innerWidth >= 1100 && innerHeight >= 600);
  update();
  if (document.readyState === "loading") {
    const timer = setInterval(fillPending, 150);
    document.addEventListener("DOMContentLoaded", () => {
      clearInterval(timer);
      fillPending();
    });
  }
})();
