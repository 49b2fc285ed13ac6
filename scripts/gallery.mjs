/**
 * @file Runs the commands of the gallery, docs/dream.md, and puts their pictures into it.
 *
 *   node scripts/gallery.mjs [--models FOLDER] [--only NAME,NAME…] [--short]
 *
 * The page itself says what is run: every picture of docs/images/dream is followed by the command that made it, whose --out
 * names the same file as a PNG. FOLDER holds the networks that are not built in; commands whose network is not there are
 * left out, and it is said which. With --short every command takes two steps and its picture is looked at and thrown away:
 * the page is left as it is, but nothing in it can have stopped working.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { build, install, requireNode, root, runNode } from "./project.mjs";

const page = "docs/dream.md";
const pictures = "docs/images/dream";
/** What makes a command quick, by command; a number that is given already is replaced. */
const quick = { dream: { steps: "2" }, deepdream: { iterations: "1", octaves: "1" } };
const webp = { quality: 88 };

const { values } = parseArgs({
  options: {
    models: { type: "string", default: "." },
    only: { type: "string" },
    short: { type: "boolean", default: false },
    "no-build": { type: "boolean", default: false },
  },
});

const all = commandsOf(readFileSync(join(root, page), "utf8"));
const names = values.only?.split(",") ?? all.map(({ name }) => name);
const unknown = names.find((name) => all.every((one) => one.name !== name));
if (unknown !== undefined) stop(`There is no "${unknown}" in ${page}. code: GALLERY_NAME`);

requireNode(20);
if (!values["no-build"]) {
  await install();
  await build();
}
const { default: sharp } = await import("sharp");

const folder = values.short ? mkdtempSync(join(tmpdir(), "noema-gallery-")) : join(root, "out/gallery");
mkdirSync(folder, { recursive: true });
let done = 0;
try {
  for (const { name, words } of all.filter((one) => names.includes(one.name))) {
    const missing = words.find((word) => word.endsWith(".onnx") && !existsSync(join(values.models, word)));
    if (missing !== undefined) {
      process.stdout.write(`${name}: left out, since ${missing} is not in ${values.models}\n`);
      continue;
    }
    const started = performance.now();
    const file = join(folder, `${name}.png`);
    const args = words.map((word) => (word.endsWith(".onnx") ? join(values.models, word) : word));
    const status = await runNode([
      "packages/noema/bin/noema.js",
      ...withOption(values.short ? quickened(args) : args, "out", file),
    ]);
    if (status !== 0) stop(`${name}: the command failed with status ${status}. code: GALLERY_FAILED`);
    const { width, height } = await sharp(file).metadata();
    process.stdout.write(`${name}: ${width}×${height}, ${((performance.now() - started) / 1000).toFixed(0)} s\n`);
    if (!values.short) {
      mkdirSync(join(root, pictures), { recursive: true });
      await sharp(file)
        .webp(webp)
        .toFile(join(root, pictures, `${name}.webp`));
    }
    done++;
  }
} finally {
  if (values.short) rmSync(folder, { recursive: true, force: true });
}
if (done === 0) stop("Not one command was run. code: GALLERY_EMPTY");
process.stdout.write(`${done} of ${names.length} commands were run.\n`);

/** The commands under the pictures, as words, without `npx noema`. */
function commandsOf(text) {
  const form = /!\[[^\]]*\]\(images\/dream\/([\w-]+)\.webp\)\s+```sh\n([\s\S]*?)```/g;
  const found = [...text.matchAll(form)].map(([, name, block]) => {
    const words = [...block.replaceAll("\\\n", " ").matchAll(/"([^"]*)"|(\S+)/g)].map(
      ([, quoted, plain]) => quoted ?? plain,
    );
    const out = words[words.indexOf("--out") + 1];
    if (words[0] !== "npx" || words[1] !== "noema" || basename(out) !== `${name}.png`) {
      stop(`${page}, under ${name}.webp: not an npx noema command that writes ${name}.png. code: GALLERY_COMMAND`);
    }
    return { name, words: words.slice(2) };
  });
  const shown = [...text.matchAll(/\(images\/dream\/[^)]*\)/g)].length;
  if (found.length === 0 || found.length !== shown) {
    stop(
      `${page} shows ${shown} pictures, of which ${found.length} have their command under them. code: GALLERY_COMMAND`,
    );
  }
  return found;
}

function quickened(words) {
  return Object.entries(quick[words[0]] ?? {}).reduce((args, [name, value]) => withOption(args, name, value), words);
}

function withOption(words, name, value) {
  const at = words.indexOf(`--${name}`);
  return at < 0 ? [...words, `--${name}`, value] : words.with(at + 1, value);
}

function stop(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
