import { describe, expect, test } from "vitest";
import { drawCurves, figure } from "./curves.js";
import { drawReport, type ReportParts } from "./report.js";
import { flatSweep, flatView, ringScatter } from "./stub-views.testing.js";

const view = flatView(
  { rows: [{ text: "r" }], columns: [{ text: "c", note: "n" }, { text: "d" }], marked: [1] },
  [1, 2],
);
const parts: ReportParts = {
  title: "Expressions",
  where: "avatars",
  lead: "It works.",
  trained: {
    architecture: {
      picture: { channels: 3, height: 64, width: 64 },
      encoder: [{ size: 500 }],
      label: { size: 7, name: "expression, 7" },
      latents: 2,
      decoder: [{ size: 500 }],
    },
    facts: [["pictures", "20,000"]],
    curves: [1, 2, 3].map((epoch) => ({ epoch, name: "squared error", value: 10 / epoch, series: "training" })),
    bestEpoch: 2,
    command: "noema train xcov",
  },
  numbers: [
    { name: "accuracy", value: "98 %", sentence: "So many are right.", share: 0.98, chanceShare: 0.1, headline: true },
  ],
  sweep: flatSweep(Array.from({ length: 21 }, (_, i) => (i - 10) / 2)),
  swap: view,
  transfer: view,
  analogy: view,
  traverse: view,
  average: view,
  scatter: ringScatter(30, 3),
  metrics: [
    {
      title: "MIG",
      says: "How far ahead.",
      source: "Chen 2018",
      score: 0.5,
      highest: 0.9,
      figures: { completeness: 0.25 },
      notes: ["One factor was left out."],
      factors: ["expression", "person"],
      matrix: { name: "mutual information", unit: "nats", values: Float64Array.from({ length: 80 }, (_, i) => i % 40) },
    },
  ],
  notes: ["Nothing else."],
};

const scatterOf = (html: string) => JSON.parse(/id="scatter-data">(.*?)<\/script>/s.exec(html)![1]);
const sections = (html: string) => [...html.matchAll(/<section id="(\w+)"/g)].map(([, id]) => id);

describe("the page", () => {
  test("has a section, and a link to it, for all that is given", async () => {
    const html = await drawReport(parts);
    const order = "trained numbers sweep swap transfer analogy traverse scatter average metrics".split(" ");
    expect(sections(html)).toEqual(order);
    expect([...html.matchAll(/<a href="#(\w+)"/g)].map(([, id]) => id)).toEqual(order);
  });

  test("and none for what is not", async () => {
    const html = await drawReport({ title: "Nothing" });
    expect(sections(html)).toEqual([]);
    expect(scatterOf(html)).toBe(null);
  });

  test("fetches nothing", async () => {
    const html = await drawReport(parts);
    expect(html).not.toMatch(/(src|href)="?(https?:)?\/\//);
    expect(html).not.toMatch(/@import|url\("?http/);
    expect(html).toContain("default-src 'none'");
    const sources = [...html.matchAll(/<img src="([^"]*)"/g)].map(([, source]) => source);
    expect(sources.every((source) => /^data:image\/webp;base64,[\w+/=]{40,}$/.test(source))).toBe(true);
  });

  test("holds every picture of a sweep, of which the table shows eleven", async () => {
    const html = await drawReport({ title: "", sweep: parts.sweep! });
    const table = html.slice(html.indexOf('class="panels chosen"'));
    expect(table.match(/<td/g)!.length).toBe(2 * 2 * 21);
    expect(table.match(/<td hidden/g)!.length).toBe(2 * 2 * 10);
    expect(table.match(/<th scope="col"[^>]* hidden/g)!.length).toBe(2 * 10);
  });

  test("says over which columns it is as in training", async () => {
    const panel = { ...parts.sweep!.panels[0], axes: { along: "value" }, seen: { first: 10, last: 12 } };
    const html = await drawReport({ title: "", sweep: { ...parts.sweep!, panels: [panel] } });
    expect(html).toContain(
      '<td class="along" colspan="5"><small>value →</small></td><td class="training" colspan="2">',
    );
    expect(html.match(/<th scope="col" class="seen"/g)).toHaveLength(3);
  });

  test("every picture of a table is named by its row and column", async () => {
    const html = await drawReport({ title: "", swap: view });
    expect([...html.matchAll(/ alt="([^"]*)"/g)].map(([, alt]) => alt)).toEqual(["c r", "d r"]);
    expect(html.match(/<td class="marked">/g)).toHaveLength(1);
  });

  test("a matrix of many latents shows those that matter most", async () => {
    const html = await drawReport({ title: "", metrics: parts.metrics! });
    expect(html).toContain("of the 32 latents that have most to do with any");
    expect(html.match(/<th scope="col">z\d+/g)).toHaveLength(32);
    expect(html).not.toContain(">z8<");
    expect(html).toContain(">z9<");
  });

  test("the same parts give the same page", async () => {
    expect(await drawReport(parts)).toBe(await drawReport(parts));
  });
});

describe("texts that are markup stay texts:", () => {
  const evil = `</script><script>alert(1)</script>"'&<!--<img src=x onerror=alert(1)>`;
  const caption = { text: evil, note: evil };
  const metric = parts.metrics![0];
  test.each<[string, Partial<ReportParts>]>([
    ["title and lead", { title: evil, where: evil, lead: evil, notes: [evil] }],
    ["training", { trained: { ...parts.trained!, facts: [[evil, evil]], command: evil } }],
    ["curves", { trained: { curves: [{ epoch: 1, name: evil, value: 1, series: evil }] } }],
    ["layers", { trained: { architecture: { ...parts.trained!.architecture!, encoder: [{ size: 1, name: evil }] } } }],
    ["numbers", { numbers: [{ name: evil, value: evil, beside: evil, sentence: evil, headline: true }] }],
    [
      "captions",
      {
        swap: flatView(
          { heading: caption, rows: [caption], columns: [caption], axes: { down: evil, along: evil } },
          [1],
        ),
      },
    ],
    ["a sweep", { sweep: flatSweep([0, 1], { name: evil }) }],
    ["a scatter", { scatter: ringScatter(9, 3, evil) }],
    [
      "metrics",
      {
        metrics: [
          {
            ...metric,
            title: evil,
            says: evil,
            source: evil,
            figures: { [evil]: 1 },
            notes: [evil],
            factors: [evil, evil],
          },
        ],
      },
    ],
  ])("%s", async (_, change) => {
    const html = await drawReport({ ...parts, ...change });
    expect(html).not.toContain("<script>alert");
    expect(html).not.toContain("<img src=x");
    expect(html).not.toContain("<!--");
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(() => scatterOf(html)).not.toThrow();
  });
});

test("the scatter's places, classes and means come out of the page as they went in", async () => {
  const scatter = ringScatter(32, 4);
  const data = scatterOf(await drawReport({ title: "", scatter }));
  const bytes = (base64: string) => new Uint8Array(Buffer.from(base64, "base64"));
  const places = new Uint16Array(bytes(data.axes[1].places).buffer);
  // 3 % of the range is left free on both sides.
  const y = [...places].map((v) => -106 + (212 * v) / 65535);
  expect(Math.max(...y.map((v, i) => Math.abs(v - scatter.y[i])))).toBeLessThan(0.01);
  expect([...bytes(data.factors[0].of)]).toEqual(Array.from(scatter.factors[0].of));
  expect(data.factors[0].means).toEqual([0, 1, 2, 3].map((i) => [i, expect.closeTo(0.5, 3), expect.closeTo(0.5, 3)]));
  expect(data.sprite).toBe(null);
});

test("with their pictures, points have a sprite to be cut from", async () => {
  const pictures = Float32Array.from({ length: 30 * 24 }, (_, i) => (i % 24) / 24);
  const shape = { channels: 1, height: 4, width: 6 };
  const { sprite } = scatterOf(
    await drawReport({ title: "", scatter: ringScatter(30, 3), scatterPictures: { shape, pictures } }),
  );
  expect(sprite).toMatchObject({ columns: 6, width: 6, height: 4 });
  expect(sprite.source).toMatch(/^data:image\/webp;base64,/);
});

describe("curves", () => {
  const curve = (values: readonly number[], name = "loss") => values.map((value, i) => ({ epoch: i + 1, name, value }));

  test("one chart a name, one line a series, without what is not finite", () => {
    const html = drawCurves([
      ...curve([3, Number.NaN, 1]),
      ...curve([2, 1], "accuracy").map((point) => ({ ...point, series: "held out" })),
      ...curve([Number.NaN], "diverged"),
    ]);
    expect(html.match(/<figure/g)).toHaveLength(2);
    expect(html).not.toMatch(/NaN|Infinity|undefined/);
    expect(html).toContain('<path class="line s0" d="M50 12L346 180"/>');
    expect(html).toContain('<path class="line s1"');
  });

  test("what falls far is drawn by its logarithm, and says so", () => {
    expect(drawCurves(curve([100, 1, 0.01]))).toContain("logarithmic");
    expect(drawCurves(curve([100, 50, 20]))).not.toContain("logarithmic");
    expect(drawCurves(curve([100, 1, 0]))).not.toContain("logarithmic");
  });

  test.each([[[1]], [[2, 2, 2]], [[0, 0]], [[-3, 5]]])("%j is drawn", (values) => {
    const html = drawCurves(curve(values), 1);
    expect(html).toContain("<path");
    expect(html).not.toMatch(/NaN|Infinity/);
  });

  test("an epoch that was kept has its line, one beyond has none", () => {
    expect(drawCurves(curve([3, 2, 1]), 2)).toContain('class="best" x1="198"');
    expect(drawCurves(curve([3, 2, 1]), 9)).not.toContain("best");
  });

  test.each([
    [0.97864, "0.9786"],
    [-17.8, "−17.8"],
    [0.00021, "2.10e−4"],
    [0, "0"],
    [12345678, "1.23e7"],
    [Number.NaN, "not finite"],
  ])("%d reads %s", (value, words) => {
    expect(figure(value)).toBe(words);
  });
});
