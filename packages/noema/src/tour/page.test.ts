import { describe, expect, test } from "vitest";
import { drawPage, type Page } from "./page.js";

const dream = { webp: Uint8Array.of(1, 2, 3), file: "dreams/0.png", value: 2.5, failure: null, command: "noema dream" };
const side = {
  top: [{ photograph: 0, value: 1.23456, crop: [0, 0.5, 0.25, 0.25] as const }],
  quantiles: [0, 1, 2, 3, 4],
  histogram: [1, 2],
};
const channel = { title: null, dreams: [dream], sides: [side], silent: 0, selectivity: 0.5, dead: false };
const page: Page = {
  model: "m.onnx",
  layer: "layer",
  of: 2,
  manner: "Dreams",
  aspect: 1,
  photographAspect: 1,
  channels: [0, 1].map((one) => ({ ...channel, channel: one })),
  photographs: [{ name: "a.jpg", label: "a", webp: Uint8Array.of(4), file: "photographs/a.webp" }],
  seen: { folder: "pictures", count: 7, over: "max", top: 9, skipped: [] },
};

const parts = (html: string) => {
  const json = (id: string) => JSON.parse(new RegExp(`id="${id}">(.*?)</script>`, "s").exec(html)![1]);
  return { tour: json("tour"), pictures: json("pictures") };
};

test("a small page holds its pictures, a large one names them", () => {
  const small = parts(drawPage(page));
  expect(small.tour.inline).toBe(true);
  expect(small.pictures).toEqual(["AQID", "AQID", "BA=="]);
  const large = parts(drawPage(page, 6));
  expect(large.tour.inline).toBe(false);
  expect(large.pictures).toEqual(["dreams/0.png", "dreams/0.png", "photographs/a.webp"]);
  expect(large.tour.photographs[0].picture).toBe(2);
});

test("what is not drawn yet, and a photograph that is gone, have no picture", () => {
  const waiting = { ...channel, channel: 0, dreams: [{ ...dream, webp: null, file: null, value: null }] };
  const gone = { name: "a", label: null, webp: null, file: "photographs/a.webp" };
  const html = drawPage({ ...page, channels: [waiting], photographs: [gone] });
  expect(html).toContain("0 of 1 are drawn so far");
  const { tour, pictures } = parts(html);
  expect(pictures).toEqual([]);
  expect([tour.channels[0].dreams[0].picture, tour.photographs[0].picture]).toEqual([null, null]);
});

describe("names that are markup are texts:", () => {
  const evil = `</script><script>alert(1)</script>"'&<!--`;
  test.each<[string, Partial<Page>]>([
    ["a layer", { layer: evil }],
    ["a model", { model: evil }],
    ["a title", { channels: [{ ...channel, channel: 0, title: evil }] }],
    ["a file", { photographs: [{ ...page.photographs[0], name: evil, label: evil }] }],
    ["a folder and a reason", { seen: { ...page.seen!, folder: evil, skipped: [evil] } }],
    ["a command", { channels: [{ ...channel, channel: 0, dreams: [{ ...dream, command: evil }] }] }],
  ])("%s", (_, change) => {
    const html = drawPage({ ...page, ...change });
    expect(html).not.toContain("<script>alert");
    expect(html.match(/<script/g)).toHaveLength(3);
    expect(html).not.toContain("<!--");
    expect(() => parts(html)).not.toThrow();
  });
});

test("nothing is fetched from elsewhere", () => {
  const html = drawPage(page);
  expect(html).not.toMatch(/(src|href)="?(https?:)?\/\//);
  expect(html).not.toMatch(/@import|url\("?http/);
});
