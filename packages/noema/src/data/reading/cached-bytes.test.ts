import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { cacheFolder } from "./cache-folder.js";
import { cachedBytes } from "./cached-bytes.js";

describe("where", () => {
  const folder = (platform: NodeJS.Platform, environment: Record<string, string> = {}) =>
    cacheFolder({ platform, home: "/home/a", environment });
  test("each system's own place", () => {
    expect(folder("linux")).toBe(join("/home/a", ".cache", "noema"));
    expect(folder("linux", { XDG_CACHE_HOME: "/tmp/c" })).toBe(join("/tmp/c", "noema"));
    expect(folder("linux", { XDG_CACHE_HOME: "c" })).toBe(join("/home/a", ".cache", "noema"));
    expect(folder("linux", { XDG_CACHE_HOME: "" })).toBe(join("/home/a", ".cache", "noema"));
    expect(folder("darwin", { XDG_CACHE_HOME: "/tmp/c" })).toBe(join("/home/a", "Library", "Caches", "noema"));
    expect(folder("win32", { LOCALAPPDATA: "/l" })).toBe(join("/l", "noema"));
    expect(folder("win32")).toBe(join("/home/a", "AppData", "Local", "noema"));
  });

  test("NOEMA_CACHE comes before all", () => {
    for (const platform of ["linux", "darwin", "win32"] as const) {
      expect(folder(platform, { NOEMA_CACHE: "/own", XDG_CACHE_HOME: "/x", LOCALAPPDATA: "/l" })).toBe("/own");
    }
    expect(folder("linux", { NOEMA_CACHE: "" })).toBe(join("/home/a", ".cache", "noema"));
  });
});

describe("what", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "noema-cache-"));
    vi.stubEnv("NOEMA_CACHE", join(folder, "deep", "er"));
    return () => {
      vi.unstubAllEnvs();
      rmSync(folder, { recursive: true });
    };
  });
  const files = () => readdirSync(join(folder, "deep", "er")).map((name) => join(folder, "deep", "er", name));
  const warnings: string[] = [];
  let made = 0;
  const bytes = async (key = "k", failure?: Error) => {
    warnings.length = 0;
    const make = async (into: Uint8Array) => {
      made++;
      into.fill(7);
      if (failure !== undefined) throw failure;
    };
    return [...(await cachedBytes({ name: "sevens", key, length: 5, make, warn: (line) => warnings.push(line) }))];
  };
  const madeBy = async (run: () => Promise<unknown>) => {
    const before = made;
    await run();
    return made - before;
  };

  test("is made once for a key", async () => {
    expect(await bytes()).toEqual([7, 7, 7, 7, 7]);
    expect(await madeBy(async () => expect(await bytes()).toEqual([7, 7, 7, 7, 7]))).toBe(0);
    expect(await madeBy(() => bytes("another"))).toBe(1);
    expect(files().length).toBe(2);
    expect(warnings).toEqual([]);
  });

  test.each<[string, (path: string) => void]>([
    ["cut", (path) => truncateSync(path, 36)],
    ["empty", (path) => truncateSync(path, 0)],
    ["longer", (path) => writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.of(1)]))],
    [
      "changed in one bit",
      (path) =>
        writeFileSync(
          path,
          readFileSync(path).map((v, i) => (i === 2 ? v ^ 1 : v)),
        ),
    ],
    [
      "changed in its hash",
      (path) =>
        writeFileSync(
          path,
          readFileSync(path).map((v, i) => (i === 36 ? v ^ 1 : v)),
        ),
    ],
  ])("a file that was %s is made again, with a word", async (_, damage) => {
    await bytes();
    damage(files()[0]);
    expect(await madeBy(async () => expect(await bytes()).toEqual([7, 7, 7, 7, 7]))).toBe(1);
    expect(warnings).toEqual([expect.stringContaining("it is made again")]);
    expect(await madeBy(bytes)).toBe(0);
    expect(warnings).toEqual([]);
  });

  test("the file of another key is not taken for this one's", async () => {
    await bytes("one");
    const [one] = files();
    const content = readFileSync(one);
    rmSync(one);
    await bytes("two");
    writeFileSync(files()[0], content);
    expect(await madeBy(() => bytes("two"))).toBe(1);
  });

  test("nothing is left of what was not finished", async () => {
    await expect(bytes("k", new Error("stopped"))).rejects.toThrowError("stopped");
    expect(existsSync(join(folder, "deep"))).toBe(false);
  });

  test("a folder that cannot be written keeps nobody from the bytes", async () => {
    writeFileSync(join(folder, "file"), "");
    vi.stubEnv("NOEMA_CACHE", join(folder, "file"));
    expect(await bytes()).toEqual([7, 7, 7, 7, 7]);
    expect(warnings).toEqual([expect.stringMatching(/cannot be written.*NOEMA_CACHE/)]);
  });
});
