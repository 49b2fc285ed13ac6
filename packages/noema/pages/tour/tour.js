/** @file The script of a tour's page: cards by number, search, order, and one channel in full. */

/** What the page is about, as page.ts writes it. */
const tour = JSON.parse(document.getElementById("tour").textContent);
const pictures = JSON.parse(document.getElementById("pictures").textContent);

const tray = document.querySelector(".tray");
const search = document.querySelector(".search");
const order = document.querySelector("select");
const cropped = document.querySelector("input[type=checkbox]");
const count = document.querySelector("output");
const dialog = document.querySelector("dialog");

/** Makes an element; children are elements or texts, which are never read as HTML. */
function make(tag, { className, ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function draw(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const number = (value) => Number(value.toPrecision(3)).toString().replace("-", "−");
const percent = (share) => (share > 0 && share < 0.01 ? "less than 1" : `${Math.round(100 * share)}`);

/** Addresses of pictures within the page: made once, when they are first seen. */
const addresses = new Map();

function address(picture) {
  if (!tour.inline) return pictures[picture];
  if (!addresses.has(picture)) {
    const bytes = Uint8Array.from(atob(pictures[picture]), (character) => character.charCodeAt(0));
    addresses.set(picture, URL.createObjectURL(new Blob([bytes], { type: "image/webp" })));
  }
  return addresses.get(picture);
}

const image = (picture, alt) => make("img", { src: address(picture), alt, decoding: "async", draggable: "false" });
const nameOf = ({ label, name }) => label ?? name;
const captionOf = ({ photograph, value }) => `${nameOf(tour.photographs[photograph])}, ${number(value)}`;

/** What most of the strongest photographs are called, the most frequent first. */
function wordsOf({ top }) {
  const counts = new Map();
  for (const { photograph } of top) {
    const { label } = tour.photographs[photograph];
    if (label !== null) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const sorted = [...counts].sort((a, b) => b[1] - a[1]);
  return sorted.map(([label, times]) => (times > 1 ? `${label} ×${times}` : label)).join(", ");
}

function dreamOf(channel, side) {
  const { picture, failure } = channel.dreams[side];
  const state = failure !== null ? " failed" : picture === null ? " pending" : "";
  const frame = make("div", { className: `dream${state}` });
  const of = `${side === 0 ? "" : "the negative of "}channel ${channel.channel}`;
  if (picture !== null) frame.append(image(picture, `Dream of ${of}`));
  return frame;
}

/** A photograph, or the part of it that excites the channel, enlarged. */
function cutOf(shown) {
  const { photograph, crop } = shown;
  const { picture } = tour.photographs[photograph];
  const frame = make("div", { className: "cut", title: captionOf(shown) });
  frame.dataset.photograph = photograph;
  if (picture === null) return frame;
  const img = image(picture, captionOf(shown));
  if (crop !== null && cropped.checked) {
    const [x, y, width, height] = crop;
    img.style.cssText = `inset:auto;object-fit:fill;width:${100 / width}%;height:${100 / height}%;left:${(-100 * x) / width}%;top:${(-100 * y) / height}%`;
  }
  frame.append(img);
  return frame;
}

/** Bars whose heights are square roots of the counts, so that the few strong ones are seen beside the many weak. */
function bars({ histogram }, width, height) {
  const most = Math.sqrt(Math.max(...histogram));
  const step = width / histogram.length;
  const path = histogram
    .map((n, i) => [i, n === 0 ? 0 : Math.max(1, (height * Math.sqrt(n)) / most)])
    .filter(([, tall]) => tall > 0)
    .map(
      ([i, tall]) =>
        `M${(i * step).toFixed(1)} ${height}h${(step - 0.6).toFixed(1)}v${(-tall).toFixed(1)}h${(0.6 - step).toFixed(1)}z`,
    );
  return draw("path", { class: "counts", d: path.join("") });
}

// The tray.

const cards = new Map();
const seen = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      fill(target);
    }
  },
  { rootMargin: "800px" },
);

for (const channel of tour.channels) {
  const card = make("a", { className: "card", href: `#${channel.channel}` });
  card.channel = channel;
  cards.set(channel.channel, card);
  const plate = make("div", { className: "plate" });
  channel.dreams.forEach(() => {
    plate.append(make("div", { className: "dream" }));
  });
  if (channel.sides !== null) plate.append(make("div", { className: "top" }));
  const words = channel.sides === null ? (channel.title ?? "") : (channel.title ?? wordsOf(channel.sides[0]));
  const note = channel.dead ? "responds to none of the photographs" : words;
  const legend = make("div", { className: "legend" }, make("b", { className: "number" }, `${channel.channel}`));
  legend.append(make("span", { className: "words", title: note }, note));
  if (channel.sides !== null && !channel.dead) {
    legend.append(draw("svg", { viewBox: "0 0 66 18", "aria-hidden": "true" }, bars(channel.sides[0], 66, 18)));
  } else if (channel.dreams[0].value !== null) {
    legend.append(make("span", {}, number(channel.dreams[0].value)));
  }
  card.append(plate, legend);
  seen.observe(card);
}

function fill(card) {
  const { channel } = card;
  const plate = card.firstElementChild;
  plate.replaceChildren(...channel.dreams.map((_, side) => dreamOf(channel, side)));
  if (channel.sides !== null) plate.append(make("div", { className: "top" }, ...channel.sides[0].top.map(cutOf)));
  mark(card);
}

cropped?.addEventListener("change", () => {
  for (const card of cards.values()) {
    seen.unobserve(card);
    seen.observe(card);
  }
});

// Search and order.

const orders = {
  number: (channel) => -channel.channel,
  strongest: ({ sides }) => sides?.[0].quantiles[4] ?? null,
  selectivity: ({ selectivity }) => selectivity,
  dream: ({ dreams }) => dreams[0].value,
  silent: ({ silent }) => silent,
};

/** Silent: gives nothing above 0 on half of the photographs or more. */
const silentShare = 0.5;

/** Whether a channel is meant by every word, and which photographs the words are about. */
function meaning(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const photographs = new Set();
  const tests = words.map((word) => {
    const range = /^(\d+)(?:(?:\.\.|-|–)(\d+))?$/.exec(word);
    if (range !== null) {
      const [first, last = first] = range.slice(1).filter(Boolean).map(Number);
      return ({ channel }) => channel >= first && channel <= last;
    }
    if (word === "dead") return ({ dead }) => dead;
    if (word === "silent") return ({ silent }) => silent !== null && silent >= silentShare;
    const own = new Set();
    tour.photographs.forEach(({ label, name }, i) => {
      if (!`${label ?? ""} ${name}`.toLowerCase().includes(word)) return;
      own.add(i);
      photographs.add(i);
    });
    return ({ title, sides }) =>
      (title ?? "").toLowerCase().includes(word) ||
      sides?.some(({ top }) => top.some(({ photograph }) => own.has(photograph)));
  });
  return { photographs, means: (channel) => tests.every((test) => test(channel)) };
}

let found = new Set();
let shown = [];

function mark(card) {
  for (const cut of card.querySelectorAll(".cut"))
    cut.classList.toggle("found", found.has(Number(cut.dataset.photograph)));
}

function arrange() {
  const { photographs, means } = meaning(search.value);
  found = photographs;
  const value = orders[order.value];
  const rank = (channel) => value(channel) ?? Number.NEGATIVE_INFINITY;
  const sorted = [...tour.channels].sort((a, b) => rank(b) - rank(a) || a.channel - b.channel);
  shown = sorted.filter(means);
  for (const channel of sorted) {
    const card = cards.get(channel.channel);
    card.hidden = !means(channel);
    mark(card);
  }
  const none = make("p", { className: "none" }, `No channel for “${search.value.trim()}”.`);
  tray.replaceChildren(...sorted.map(({ channel }) => cards.get(channel)), ...(shown.length === 0 ? [none] : []));
  count.value =
    shown.length === tour.channels.length ? `${shown.length} channels` : `${shown.length} of ${tour.channels.length}`;
}

search.addEventListener("input", arrange);
order.addEventListener("change", arrange);
arrange();

// One channel.

function histogramOf(channel) {
  const [side] = channel.sides;
  const [low, , median, , high] = side.quantiles;
  const dreamt = channel.dreams[0].value;
  const [width, height, below] = [560, 110, 22];
  // The dream may lie far beyond all photographs.
  const most = Math.max(high, dreamt ?? high);
  const least = Math.min(low, dreamt ?? low);
  const at = (value) => (most > least ? (width * (value - least)) / (most - least) : 0);
  const svg = draw("svg", { class: "histogram", viewBox: `0 0 ${width} ${height + below}`, role: "img" });
  const [from, to] = [at(low), at(high)];
  const all = bars(side, Math.max(4, to - from), height - 14);
  all.setAttribute("transform", `translate(${from} 14)`);
  svg.append(all, draw("line", { x1: 0, x2: width, y1: height + 0.5, y2: height + 0.5 }));
  const write = (value, words, y, anchor) =>
    svg.append(draw("text", { x: at(value), y, "text-anchor": anchor }, words));
  write(least, number(least), height + 17, "start");
  write(most, number(most), height + 17, "end");
  if (at(median) > 130 && at(median) < width - 130) write(median, `median ${number(median)}`, height + 17, "middle");
  if (dreamt !== null) {
    const x = at(dreamt);
    svg.append(draw("path", { class: "dreamt", d: `M${x} ${height}l-5 -10h10z` }));
    write(dreamt, "dream", height - 15, x > width / 2 ? "end" : "start");
  }
  svg.setAttribute(
    "aria-label",
    `Responses to the photographs, from ${number(low)} to ${number(high)}, median ${number(median)}`,
  );
  return svg;
}

function factsOf(channel) {
  const { dreams, sides, silent, selectivity } = channel;
  const facts = [];
  if (dreams[0].value !== null) facts.push(["the dream", number(dreams[0].value)]);
  if (dreams[1]?.value != null) facts.push(["the negative's dream", number(dreams[1].value)]);
  if (sides !== null) {
    const [low, , median, , high] = sides[0].quantiles;
    facts.push(["strongest photograph", number(high)], ["median photograph", number(median)], ["weakest", number(low)]);
    facts.push(["silent on", `${percent(silent)} % of the photographs`]);
    facts.push([
      "selectivity",
      selectivity === null ? "none" : `${selectivity.toFixed(2)} (0 alike to all, 1 to one alone)`,
    ]);
  }
  return make("dl", {}, ...facts.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]));
}

function wholeOf(one) {
  const { photograph, value, crop } = one;
  const { picture, label, name } = tour.photographs[photograph];
  const frame = make("div", { className: "whole" });
  if (picture !== null) frame.append(image(picture, nameOf({ label, name })));
  if (crop !== null) {
    const [left, top, width, height] = crop.map((v) => `${100 * v}%`);
    const part = make("i", {});
    Object.assign(part.style, { left, top, width, height });
    frame.append(part);
  }
  const caption = make(
    "figcaption",
    {},
    make("b", { className: "value" }, number(value)),
    ` ${nameOf({ label, name })}`,
  );
  if (label !== null) caption.title = name;
  return make("figure", {}, frame, caption);
}

function commandOf(channel, side) {
  const { command, file } = channel.dreams[side];
  const block = [make("code", {}, command)];
  if (file !== null)
    block.push(
      make("p", { className: "faint" }, make("a", { href: file }, "The picture as PNG"), ", which carries its recipe."),
    );
  return block;
}

function open(channel) {
  const place = shown.indexOf(channel);
  const go = (to) => {
    if (shown[to] !== undefined) history.replaceState(null, "", `#${shown[to].channel}`);
    show();
  };
  const close = make("button", { type: "button" }, "All channels");
  const before = make("button", { type: "button" }, "← Before");
  const after = make("button", { type: "button" }, "Next →");
  close.addEventListener("click", () => dialog.close());
  before.addEventListener("click", () => go(place - 1));
  after.addEventListener("click", () => go(place + 1));
  before.disabled = place <= 0;
  after.disabled = place < 0 || place === shown.length - 1;
  dialog.onkeydown = ({ key, ctrlKey, altKey, metaKey }) => {
    if (ctrlKey || altKey || metaKey) return;
    if (key === "ArrowLeft" && !before.disabled) go(place - 1);
    if (key === "ArrowRight" && !after.disabled) go(place + 1);
  };
  const words = channel.title ?? (channel.sides === null ? "" : wordsOf(channel.sides[0]));
  const title = make("h2", { tabindex: "-1", id: "channel" }, `Channel ${channel.channel}`, make("small", {}, words));
  const right = make("div", {}, factsOf(channel));
  if (channel.sides !== null && !channel.dead) {
    right.append(histogramOf(channel));
    right.append(make("p", { className: "faint" }, tour.histogram));
  }
  if (channel.dead) right.append(make("p", {}, "It responds to none of the photographs, or to all exactly alike."));
  const failure = channel.dreams.find((one) => one.failure !== null)?.failure;
  if (failure !== undefined) right.append(make("p", { className: "unfinished" }, failure));
  const parts = [make("nav", {}, close, make("span", {}, tour.layer), before, after), title];
  parts.push(make("div", { className: "large" }, dreamOf(channel, 0), right));
  channel.dreams.forEach((dream, side) => {
    if (side > 0) {
      parts.push(make("h3", {}, "The negative: what excites it least"));
      parts.push(make("div", { className: "large" }, dreamOf(channel, side)));
    }
    const own = channel.sides?.[side];
    if (own !== undefined && !channel.dead) {
      parts.push(make("h3", {}, side === 0 ? tour.strongest : tour.weakest));
      parts.push(make("div", { className: "photographs" }, ...own.top.map(wholeOf)));
    }
    if (dream.command !== null) parts.push(make("h3", {}, "The same picture again"), ...commandOf(channel, side));
  });
  dialog.replaceChildren(...parts);
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  title.focus({ preventScroll: true });
}

/** The address says which channel is open: it can be passed on, and the browser's back works. */
function show() {
  const wanted = /^#(\d+)$/.exec(location.hash)?.[1];
  const channel = tour.channels.find((one) => `${one.channel}` === wanted);
  if (channel !== undefined) open(channel);
  else if (dialog.open) dialog.close();
}

dialog.addEventListener("close", () => {
  const channel = Number(location.hash.slice(1));
  history.replaceState(null, "", location.pathname + location.search);
  const card = cards.get(channel);
  if (card !== undefined && !card.hidden) card.focus();
});
addEventListener("hashchange", show);
show();

// Keys: / searches, arrows go from card to card.

addEventListener("keydown", (event) => {
  if (dialog.open || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "/" && document.activeElement !== search) {
    event.preventDefault();
    search.focus();
    search.select();
    return;
  }
  if (event.key === "Escape" && document.activeElement === search && search.value !== "") {
    search.value = "";
    arrange();
    return;
  }
  const at = shown.indexOf(document.activeElement?.channel);
  if (at < 0) return;
  const columns = getComputedStyle(tray).gridTemplateColumns.split(" ").length;
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
  const to = step === undefined ? undefined : shown[at + step];
  if (to === undefined) return;
  event.preventDefault();
  cards.get(to.channel).focus();
});
