/** @file A Chromium for tests: the machine's own, else the one that npm brings. */
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** Where browsers of Chromium's family are installed, by system. */
const usualPlaces: readonly string[] = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe",
];

/** No sandbox, for containers; WebGPU without a graphics card; nothing that asks the network. */
const flags = [
  "--no-sandbox",
  "--enable-unsafe-webgpu",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * Starts a headless Chromium: that of CHROME_PATH, else one in a usual place, else the one of @sparticuz/chromium.
 * CHROME_PATH=npm takes the last at once. Throws where there is none: a browser test that did not run has not passed.
 */
export async function launchChromium(): Promise<{ browser: Browser; executable: string }> {
  const { CHROME_PATH: wished } = process.env;
  const own = wished === undefined || wished === "" ? usualPlaces.find((path) => existsSync(path)) : wished;
  if (own !== undefined && own !== "npm") {
    if (!existsSync(own)) throw new Error(`CHROME_PATH names ${own}, which is not there`);
    return { browser: await chromium.launch({ executablePath: own, args: flags }), executable: own };
  }
  // Its own list of flags takes shared memory and WebGPU away from pages, so it is not used.
  const { default: packaged } = await import("@sparticuz/chromium");
  const executable = await packaged.executablePath();
  return { browser: await chromium.launch({ executablePath: executable, args: flags }), executable };
}
