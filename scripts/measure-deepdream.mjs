/**
 * @file `node scripts/measure-deepdream.mjs [MODEL]`: seconds and peak memory of `noema deepdream` on a photograph of
 * 4000×3000 pixels, which it makes itself. Needs `npm run build` first.
 *
 * Options beyond those below go to noema deepdream, such as `--iterations 1` for a short run.
 *
 * --photo SIZE  another size, as 2000x1500
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";

const noema = fileURLToPath(new URL("../packages/noema/bin/noema.js", import.meta.url));
const words = process.argv.slice(2);
const model = words[0] === undefined || words[0].startsWith("-") ? "centernet" : words.shift();
const at = words.indexOf("--photo");
const size = at < 0 ? "4000x3000" : words.splice(at, 2)[1];
const [width, height] = (size ?? "").split("x").map(Number);
if (!(width > 0 && height > 0)) {
  process.stderr.write(`--photo "${size}" is no size such as 4000x3000. code: OPTION_VALUE\n`);
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), "noema-measure-"));
try {
  const photo = join(folder, "photo.jpg");
  await sharp(Buffer.from(landscape(width, height)))
    .flatten()
    .jpeg({ quality: 92 })
    .toFile(photo);
  const { seconds, peakMiB, status } = await measured([model, photo, "--out", join(folder, "dream.png"), ...words]);
  if (status !== 0) process.exitCode = status;
  else {
    const pixels = `${width}×${height}`;
    process.stdout.write(
      `${["deepdream", model, ...words].join(" ")}, ${pixels} pixels, ${cpus().length} cores: ${seconds.toFixed(0)} s, peak ${peakMiB.toFixed(0)} MiB\n`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Hills, clouds and a sun: something with edges and textures at every size. */
function landscape(width, height) {
  const hill = (level, roughness, colour) => {
    const points = Array.from({ length: 161 }, (_, i) => {
      const x = i / 160;
      const y = level + roughness * (Math.sin(9 * x + 40 * level) + 0.5 * Math.sin(23 * x) + 0.2 * Math.sin(71 * x));
      return `${(x * width).toFixed(1)},${(y * height).toFixed(1)}`;
    });
    return `<polygon fill="${colour}" points="0,${height} ${points.join(" ")} ${width},${height}"/>`;
  };
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
<filter id="grain" x="0" y="0" width="100%" height="100%"><feTurbulence type="fractalNoise" baseFrequency="0.02" numOctaves="5" seed="3"/></filter>
<rect width="100%" height="100%" fill="#8fb4d8"/><circle cx="${width * 0.75}" cy="${height * 0.2}" r="${height * 0.07}" fill="#fff2c8"/>
${hill(0.5, 0.06, "#6d7f96")}${hill(0.62, 0.05, "#557052")}${hill(0.8, 0.04, "#7a6a3f")}
<rect width="100%" height="100%" filter="url(#grain)" opacity="0.35"/></svg>`;
}

/** Runs the command in a process of its own, which says at its end how much memory it had at most. */
function measured(args) {
  const atExit = 'process.on("exit", () => console.error("peak", process.resourceUsage().maxRSS));';
  const start = performance.now();
  return new Promise((done, failed) => {
    const preload = `data:text/javascript,${encodeURIComponent(atExit)}`;
    const child = spawn(process.execPath, ["--import", preload, noema, "deepdream", ...args], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let [said, peak] = ["", 0];
    child.stderr.on("data", (text) => {
      said += text;
      peak = Number(/^peak (\d+)$/m.exec(said)?.[1] ?? 0);
      if (!/^peak/.test(text)) process.stderr.write(text);
    });
    child.on("error", failed);
    child.on("close", (status) =>
      done({ seconds: (performance.now() - start) / 1000, peakMiB: peak / 1024, status: status ?? 2 }),
    );
  });
}
