import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { drawReport } from "../packages/noema/src/factors/report.js";
import { flatSweep, flatView, ringScatter } from "../packages/noema/src/factors/stub-views.testing.js";
import { launchChromium } from "./browser/chromium.js";

let folder: string;
let browser: Browser;
let address: string;
const told: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "noema-factors-page-"));
  const table = flatView(
    { rows: [{ text: "r" }, { text: "s" }], columns: [{ text: "c" }, { text: "d" }] },
    [1, 2, 3, 4],
  );
  const ring = ringScatter(60, 3);
  const html = await drawReport({
    title: "Factors",
    sweep: flatSweep(Array.from({ length: 21 }, (_, i) => (i - 10) / 2)),
    traverse: { ...table, panels: [table.panels[0], table.panels[0], table.panels[0]] },
    scatter: {
      ...ring,
      factors: [...ring.factors, { name: "side", values: ["left", "right"], of: ring.x.map((x) => +(x > 0)) }],
    },
    scatterPictures: { shape: table.picture, pictures: new Float32Array(60 * 24).fill(0.5) },
  });
  address = pathToFileURL(join(folder, "page.html")).href;
  writeFileSync(join(folder, "page.html"), html);
  ({ browser } = await launchChromium());
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function opened(options: Parameters<Browser["newPage"]>[0] = {}): Promise<Page> {
  const page = await browser.newPage({ reducedMotion: "reduce", ...options });
  page.on("pageerror", (error) => told.push(error.message));
  page.on("console", (message) => message.type() === "error" && told.push(message.text()));
  page.on("request", (request) => /^(file|data):/.test(request.url()) || told.push(request.url()));
  await page.goto(address);
  return page;
}

/** The shade in the middle of each canvas of the player. */
const shades = (page: Page) =>
  page.$$eval(".stage canvas", (all) =>
    (all as HTMLCanvasElement[]).map(
      (one) => one.getContext("2d")!.getImageData(one.width >> 1, one.height >> 1, 1, 1).data[0],
    ),
  );
const near = (values: readonly number[]) =>
  values.map((v) => expect.toSatisfy((seen: number) => Math.abs(seen - v) <= 2));

test("the player shows each value, by slider and by keys, and plays until it is stopped", async () => {
  const page = await opened();
  await expect.poll(() => shades(page)).toEqual(near([82, 102, 132, 152]));
  expect(await page.textContent(".controls output")).toBe("1.0");
  await page.focus(".player input");
  await page.keyboard.press("End");
  expect(await page.textContent(".controls output")).toBe("5.0");
  await expect.poll(() => shades(page)).toEqual(near([90, 110, 140, 160]));
  await page.keyboard.press("Home");
  expect(await page.textContent(".controls output")).toBe("−5.0");
  await page.click(".play");
  expect(await page.textContent(".play")).toBe("Pause");
  await expect.poll(() => page.textContent(".controls output")).not.toBe("−5.0");
  await page.click(".play");
  const stopped = await page.textContent(".controls output");
  await page.waitForTimeout(300);
  expect(await page.textContent(".controls output")).toBe(stopped);
});

test("one picture's table at a time, chosen by the arrow keys too", async () => {
  const page = await opened();
  const shown = () => page.$$eval(".chosen > .panel", (all) => all.map((one) => (one as HTMLElement).offsetHeight > 0));
  expect(await shown()).toEqual([true, false]);
  await page.focus(".choice input");
  await page.keyboard.press("ArrowRight");
  expect(await shown()).toEqual([false, true]);
});

test("a cell of one table is lit up in the others", async () => {
  const page = await opened();
  await page.hover("#traverse .panel:nth-child(2) tbody tr:nth-child(2) td:nth-child(3)");
  expect(await page.$$eval("#traverse td", (all) => all.map((one) => +one.classList.contains("here")))).toEqual([
    0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1,
  ]);
});

test("the scatter changes its colours, shows classes alone, and names the point under the pointer", async () => {
  const page = await opened({ colorScheme: "dark" });
  const names = () => page.$$eval(".legend span", (all) => all.map((one) => one.textContent));
  expect(await names()).toEqual(["person 0", "person 1", "person 2"]);
  const image = () => page.$eval(".plot > canvas", (one) => (one as HTMLCanvasElement).toDataURL());
  const all = await image();
  await page.click(".legend button:nth-child(2)");
  expect(await page.getAttribute(".legend button:nth-child(2)", "aria-pressed")).toBe("true");
  const alone = await image();
  expect(alone).not.toBe(all);
  await page.click(".legend button:nth-child(2)");
  expect(await image()).toBe(all);
  await page.selectOption(".key select", "1");
  expect(await names()).toEqual(["left", "right"]);
  // The first point lies at the right end of the ring, in the middle of the plot's height.
  const box = (await page.locator(".plot > canvas").boundingBox())!;
  await page.mouse.move(box.x + 56 + (box.width - 64) * 0.972, box.y + 8 + (box.height - 58) / 2);
  await expect.poll(() => page.isVisible(".tip canvas")).toBe(true);
  expect(await page.textContent(".tip")).toBe("picture 1\nperson: person 0\nside: right");
});

test.each([360, 800, 1600])("fits into a window %i pixels wide", async (width) => {
  const page = await opened({ viewport: { width, height: 700 } });
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(beyond).toBeLessThanOrEqual(0);
});

test("without a script the tables are all there", async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(address);
  expect(await page.locator(".chosen > .panel").last().isVisible()).toBe(true);
  expect(await page.locator(".controls").isVisible()).toBe(false);
  await context.close();
});

test("nothing was fetched, and no error told", () => {
  expect(told).toEqual([]);
});
