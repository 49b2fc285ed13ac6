/** @file The gallery's commands run as they stand on the page: those whose network is installed, in its short mode. */
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const gallery = (...args: string[]) =>
  promisify(execFile)(process.execPath, ["scripts/gallery.mjs", "--short", "--no-build", ...args], { cwd: root });

test("commands on the built-in network make their pictures", async () => {
  const before = readFileSync(`${root}/docs/images/dream/centernet.webp`);
  const { stdout } = await gallery("--only", "centernet,street");
  expect(stdout).toMatch(/^centernet: \d+×\d+, \d+ s$/m);
  expect(stdout).toMatch(/^2 of 2 commands were run[.]$/m);
  expect(readFileSync(`${root}/docs/images/dream/centernet.webp`)).toEqual(before);
}, 120_000);

test("every command of the page is read, and one whose network is missing is named", async () => {
  const { stdout } = await gallery("--only", "street,channels,deepdream", "--models", "no-such-folder");
  expect(stdout).toMatch(/^channels: left out, since googlenet.onnx is not in no-such-folder$/m);
  expect(stdout).toMatch(/^1 of 3 commands were run[.]$/m);
}, 120_000);

test("a name that the page does not have is refused", async () => {
  await expect(gallery("--only", "nothing")).rejects.toThrowError(/"nothing".*GALLERY_NAME/);
});

test("every picture of the page is there", () => {
  const page = readFileSync(`${root}/docs/dream.md`, "utf8");
  const shown = [...page.matchAll(/\((images\/dream\/[^)]+)\)/g)].map(([, path]) => path);
  expect(shown.length).toBeGreaterThan(5);
  expect(shown.filter((path) => !existsSync(`${root}/docs/${path}`))).toEqual([]);
});
