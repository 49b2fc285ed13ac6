import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listPictures } from "./list-pictures.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "noema-list-pictures-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function make(...paths: string[]): void {
  for (const path of paths) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), "");
  }
}
const listed = async () => (await listPictures(folder)).map((path) => relative(folder, path));

test("lists pictures by their endings, in folders within folders, in one order", async () => {
  make("b.jpg", "a/z.PNG", "a/b/c.webp", "B.jpeg", "notes.txt", "ä.avif", "x.tiff", "jpg", "picture.jpg.part");
  expect(await listed()).toEqual(["B.jpeg", "a/b/c.webp", "a/z.PNG", "b.jpg", "x.tiff", "ä.avif"]);
});

test("leaves out what is hidden", async () => {
  make("a.jpg", ".b.jpg", ".thumbnails/c.jpg", "._a.jpg");
  expect(await listed()).toEqual(["a.jpg"]);
});

test("follows links, enters each folder once, and passes over links to nothing", async () => {
  make("real/a.jpg");
  symlinkSync(join(folder, "real"), join(folder, "again"));
  symlinkSync(folder, join(folder, "real", "up"));
  symlinkSync(join(folder, "real", "a.jpg"), join(folder, "b.jpg"));
  symlinkSync(join(folder, "gone.jpg"), join(folder, "c.jpg"));
  symlinkSync("loop.jpg", join(folder, "loop.jpg"));
  expect(await listed()).toEqual(["again/a.jpg", "b.jpg"]);
});

test("refuses a folder without pictures, one that is not there, and a file", async () => {
  make("notes.txt");
  await expect(listed()).rejects.toThrowError(/there is no picture in it.*FOLDER_NO_PICTURES/);
  await expect(listPictures(join(folder, "none"))).rejects.toThrowError(/no such folder.*FOLDER_UNREADABLE/);
  await expect(listPictures(join(folder, "notes.txt"))).rejects.toThrowError(/not a folder.*FOLDER_UNREADABLE/);
});
