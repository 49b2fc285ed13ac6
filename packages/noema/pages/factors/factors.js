/** @file The script of a report on factors: the sweep's player, tables that follow, the scatter. */

// The player: its pictures are those of the tables, one for each picture and label at the value.

const dark = matchMedia("(prefers-color-scheme: dark)");
const still = matchMedia("(prefers-reduced-motion: reduce)");

function makePlayer(player) {
  const values = JSON.parse(player.dataset.values);
  const slider = player.querySelector("input");
  const output = player.querySelector("output");
  const play = player.querySelector(".play");
  const tables = [...document.querySelectorAll("#sweep .chosen table")].map((table) =>
    [...table.tBodies[0].rows].map((row) => [...row.querySelectorAll("img")].slice(-values.length)),
  );
  const stage = [...player.querySelector("tbody").rows].map((row) =>
    [...row.querySelectorAll("td")].map((cell) => {
      const image = cell.querySelector("img");
      const canvas = document.createElement("canvas");
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", image.alt);
      cell.replaceChildren(canvas);
      return canvas;
    }),
  );
  player.querySelector(".controls").hidden = false;
  const headers = [...document.querySelectorAll("#sweep .chosen table")].map((table) =>
    [...[...table.tHead.rows].at(-1).cells].slice(-values.length),
  );

  function show() {
    const k = Number(slider.value);
    const shown = values[k].toFixed(1).replace("-", "−");
    output.value = shown === "−0.0" ? "0.0" : shown;
    slider.setAttribute("aria-valuetext", output.value);
    stage.forEach((row, p) => {
      row.forEach((canvas, label) => {
        const image = tables[p][label][k];
        if (!image.complete) return;
        const width = Math.round(canvas.clientWidth * devicePixelRatio);
        if (width === 0) return;
        const height = Math.round((width * image.naturalHeight) / image.naturalWidth);
        if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
        const context = canvas.getContext("2d");
        context.imageSmoothingQuality = "high";
        context.drawImage(image, 0, 0, width, height);
      });
    });
    headers.forEach((cells) => {
      cells.forEach((cell, i) => {
        cell.toggleAttribute("data-here", i === k);
      });
    });
  }

  /** There and back in so many seconds, slow at either end, as a pendulum. */
  const seconds = 7;
  let phase = null;
  let last = 0;
  function step(now) {
    if (phase === null) return;
    phase = (phase + Math.min(100, now - last) / (1000 * seconds)) % 1;
    last = now;
    const k = Math.round(((1 - Math.cos(2 * Math.PI * phase)) / 2) * (values.length - 1));
    if (k !== Number(slider.value)) {
      slider.value = k;
      show();
    }
    requestAnimationFrame(step);
  }
  function start() {
    // From where the slider stands, on its way up.
    phase = Math.acos(1 - (2 * Number(slider.value)) / Math.max(1, values.length - 1)) / (2 * Math.PI);
    last = performance.now();
    play.textContent = "Pause";
    requestAnimationFrame(step);
  }
  function pause() {
    phase = null;
    play.textContent = "Play";
  }
  play.addEventListener("click", () => (phase === null ? start() : pause()));
  slider.addEventListener("input", () => {
    pause();
    show();
  });
  // Out of sight it need not move; it begins when it is first seen, unless motion is not wanted.
  let begun = still.matches;
  let paused = false;
  new IntersectionObserver(
    ([{ isIntersecting }]) => {
      if (!isIntersecting && phase !== null) {
        pause();
        paused = true;
      } else if (isIntersecting && (!begun || paused)) {
        begun = true;
        paused = false;
        start();
      }
    },
    { threshold: 0.3 },
  ).observe(player);
  new ResizeObserver(show).observe(player);
  Promise.all(tables.flat(2).map((image) => image.decode().catch(() => {}))).then(show);
}

for (const player of document.querySelectorAll(".player")) makePlayer(player);

// One table of the sweep at a time.

const choices = [...document.querySelectorAll(".choice input")];
const chosen = [...document.querySelectorAll(".chosen > .panel")];
function choose() {
  const at = choices.findIndex((choice) => choice.checked);
  chosen.forEach((panel, i) => {
    panel.hidden = i !== Math.max(0, at);
  });
}
for (const choice of choices) choice.addEventListener("change", choose);
if (choices.length > 0) choose();

// The same cell in tables beside each other: one place among the latents, every label.

for (const panels of document.querySelectorAll(".many")) {
  const tables = [...panels.querySelectorAll(".grid tbody")];
  const cellAt = (tbody, row, column) => tbody.rows[row]?.cells[column];
  let marked = [];
  const clear = () => {
    for (const cell of marked) cell.classList.remove("here");
    marked = [];
  };
  panels.addEventListener("pointerover", ({ target }) => {
    clear();
    const cell = target.closest(".grid td");
    if (cell === null) return;
    marked = tables
      .map((tbody) => cellAt(tbody, cell.parentElement.sectionRowIndex, cell.cellIndex))
      .filter((one) => one !== undefined);
    for (const one of marked) one.classList.add("here");
  });
  panels.addEventListener("pointerleave", clear);
}

// The scatter.

const scatter = JSON.parse(document.getElementById("scatter-data").textContent);
if (scatter !== null) drawScatter(document.querySelector(".scatter"));

function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function drawScatter(section) {
  const canvas = section.querySelector(".plot > canvas");
  const tip = section.querySelector(".tip");
  const select = section.querySelector("select");
  const legend = section.querySelector(".legend");
  const [xs, ys] = scatter.axes.map(({ places }) => new Uint16Array(bytesOf(places).buffer));
  const factors = scatter.factors.map((factor) => ({ ...factor, of: bytesOf(factor.of) }));
  // In an order that favours no class: by golden steps through the data.
  const step = (i) => (i * 0.618034) % 1;
  const order = Uint32Array.from({ length: scatter.count }, (_, i) => i).sort((a, b) => step(a) - step(b));
  let [factor, alone, pointed] = [factors[0], new Set(), -1];
  let area = { left: 0, top: 0, side: 1 };
  const tone = () => (dark.matches ? "onDark" : "onLight");
  const colourOf = ({ style }) => (style ? scatter.colours[tone()][style.colour] : scatter.other[tone()]);

  /** A path of the area of a circle of this radius. */
  function trace(context, shape, [x, y], radius) {
    if (shape === "circle") {
      context.moveTo(x + radius, y);
      context.arc(x, y, radius, 0, 2 * Math.PI);
      return;
    }
    const sides = shape === "triangle" ? 3 : 4;
    const corner = shape === "square" ? Math.PI / 4 : Math.PI / 2;
    const reach = radius * Math.sqrt(Math.PI / ((sides / 2) * Math.sin((2 * Math.PI) / sides)));
    for (let i = 0; i <= sides; i++) {
      const angle = corner + (2 * Math.PI * i) / sides;
      context[i === 0 ? "moveTo" : "lineTo"](x + reach * Math.cos(angle), y - reach * Math.sin(angle));
    }
  }

  function draw() {
    const width = canvas.clientWidth;
    const ratio = devicePixelRatio;
    if (width === 0) return;
    const pixels = Math.round(width * ratio);
    if (canvas.width !== pixels) Object.assign(canvas, { width: pixels, height: pixels });
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, width);
    const style = getComputedStyle(section);
    const colour = (name) => resolved(style, name);
    const [ink, faint, rule, paper] = ["--ink", "--faint", "--rule", "--paper"].map(colour);
    area = { left: 56, top: 8, side: width - 56 - 8 };
    const height = width - area.top - 50;
    area.height = height;
    const at = (x, y) => [area.left + x * area.side, area.top + (1 - y) * height];
    context.font = `13px ${style.fontFamily}`;
    context.lineWidth = 1;
    scatter.axes.forEach(({ ticks, name }, axis) => {
      for (const [share, words] of ticks) {
        const [x, y] = axis === 0 ? at(share, 0) : at(0, share);
        context.strokeStyle = words === "0" ? faint : rule;
        context.beginPath();
        context.moveTo(Math.round(x) + 0.5, Math.round(y) + 0.5);
        if (axis === 0) context.lineTo(Math.round(x) + 0.5, area.top);
        else context.lineTo(area.left + area.side, Math.round(y) + 0.5);
        context.stroke();
        context.fillStyle = faint;
        context.textAlign = axis === 0 ? "center" : "right";
        context.textBaseline = axis === 0 ? "top" : "middle";
        context.fillText(words, axis === 0 ? x : x - 8, axis === 0 ? y + 8 : y);
      }
      context.fillStyle = ink;
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.save();
      if (axis === 0) context.translate(area.left + area.side / 2, area.top + height + 40);
      else {
        context.translate(9, area.top + height / 2);
        context.rotate(-Math.PI / 2);
      }
      context.fillText(name, 0, 0);
      context.restore();
    });
    const radius = scatter.point.radius * Math.max(0.7, Math.min(1, width / 780));
    const paints = factor.entries.map((entry) => ({
      colour: colourOf(entry),
      shape: scatter.shapes[entry.style?.shape ?? 0],
    }));
    for (const pass of alone.size === 0 ? [true] : [false, true]) {
      for (const i of order) {
        const entry = factor.of[i];
        const shown = alone.size === 0 || alone.has(entry);
        if (shown !== pass) continue;
        context.globalAlpha = shown ? scatter.point.opacity : 0.1;
        context.fillStyle = shown ? paints[entry].colour : faint;
        context.beginPath();
        trace(context, paints[entry].shape, at(xs[i] / 65535, ys[i] / 65535), radius);
        context.fill();
      }
    }
    context.globalAlpha = 1;
    for (const [entry, x, y] of factor.means) {
      if (alone.size > 0 && !alone.has(entry)) continue;
      for (const [size, fill] of [
        [9.5, paper],
        [7.5, paints[entry].colour],
      ]) {
        context.fillStyle = fill;
        context.beginPath();
        trace(context, paints[entry].shape, at(x, y), size);
        context.fill();
      }
    }
    if (pointed >= 0) {
      context.strokeStyle = ink;
      context.lineWidth = 2;
      context.beginPath();
      trace(context, "circle", at(xs[pointed] / 65535, ys[pointed] / 65535), radius + 4);
      context.stroke();
    }
  }

  function showLegend() {
    legend.replaceChildren(
      ...factor.entries.map((entry, e) => {
        const button = document.createElement("button");
        button.type = "button";
        button.setAttribute("aria-pressed", `${alone.has(e)}`);
        const name = Object.assign(document.createElement("span"), { textContent: entry.name, title: entry.name });
        const count = Object.assign(document.createElement("small"), {
          textContent: entry.count.toLocaleString("en-US"),
        });
        button.append(swatch(entry), name, count);
        button.addEventListener("click", () => {
          if (alone.has(e)) alone.delete(e);
          else alone.add(e);
          for (const [i, one] of [...legend.children].entries()) one.setAttribute("aria-pressed", `${alone.has(i)}`);
          legend.toggleAttribute("data-some", alone.size > 0);
          draw();
        });
        return button;
      }),
    );
    legend.toggleAttribute("data-some", alone.size > 0);
  }

  function swatch(entry) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "-7 -7 14 14");
    svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    const drawn = [];
    const recorder = {
      moveTo: (x, y) => drawn.push(`M${x} ${y}`),
      lineTo: (x, y) => drawn.push(`L${x} ${y}`),
      arc: (_, __, r) => drawn.push(`a${r} ${r} 0 1 0 ${-2 * r} 0a${r} ${r} 0 1 0 ${2 * r} 0`),
    };
    trace(recorder, scatter.shapes[entry.style?.shape ?? 0], [0, 0], 5.5);
    path.setAttribute("d", drawn.join(""));
    path.setAttribute("fill", colourOf(entry));
    svg.append(path);
    return svg;
  }

  const sprite = scatter.sprite === null ? null : Object.assign(new Image(), { src: scatter.sprite.source });

  /** The nearest point that is shown, within a finger's width. */
  function nearest(x, y) {
    let [best, least] = [-1, 18 ** 2];
    for (let i = 0; i < scatter.count; i++) {
      if (alone.size > 0 && !alone.has(factor.of[i])) continue;
      const dx = area.left + (xs[i] / 65535) * area.side - x;
      const dy = area.top + (1 - ys[i] / 65535) * area.height - y;
      const distance = dx * dx + dy * dy;
      if (distance < least) [best, least] = [i, distance];
    }
    return best;
  }

  function point({ offsetX, offsetY }) {
    const found = nearest(offsetX, offsetY);
    if (found === pointed) return;
    pointed = found;
    tip.hidden = found < 0;
    draw();
    if (found < 0) return;
    const words = factors.map(({ name, entries, of }) => `${name}: ${entries[of[found]].name}`);
    const text = Object.assign(document.createElement("div"), {
      textContent: [`picture ${found + 1}`, ...(factors[0].name === "nothing" ? [] : words)].join("\n"),
    });
    tip.replaceChildren(...thumbnail(found), text);
    const x = area.left + (xs[found] / 65535) * area.side;
    const y = area.top + (1 - ys[found] / 65535) * area.height;
    const { width, height } = tip.getBoundingClientRect();
    tip.style.left = `${Math.max(0, Math.min(canvas.clientWidth - width, x > canvas.clientWidth / 2 ? x - width - 14 : x + 14))}px`;
    tip.style.top = `${Math.max(0, Math.min(canvas.clientHeight - height, y - height / 2))}px`;
  }

  function thumbnail(i) {
    if (sprite === null || !sprite.complete) return [];
    const { columns, width, height } = scatter.sprite;
    const small = document.createElement("canvas");
    Object.assign(small, { width: 168, height: Math.round((168 * height) / width) });
    const context = small.getContext("2d");
    context.imageSmoothingQuality = "high";
    const [left, top] = [(i % columns) * width, Math.floor(i / columns) * height];
    context.drawImage(sprite, left, top, width, height, 0, 0, small.width, small.height);
    return [small];
  }

  canvas.addEventListener("pointermove", point);
  canvas.addEventListener("pointerdown", point);
  canvas.addEventListener("pointerleave", () => {
    pointed = -1;
    tip.hidden = true;
    draw();
  });
  select?.addEventListener("change", () => {
    factor = factors[Number(select.value)];
    alone = new Set();
    showLegend();
    draw();
  });
  dark.addEventListener("change", () => {
    showLegend();
    draw();
  });
  showLegend();
  new ResizeObserver(draw).observe(canvas);
  document.fonts.ready.then(draw);
}

/** A colour of the page as a canvas takes it. */
function resolved(style, name) {
  const value = style.getPropertyValue(name).trim();
  const both = /^light-dark\((.+),\s*(.+)\)$/.exec(value);
  return both === null ? value : both[dark.matches ? 2 : 1];
}
