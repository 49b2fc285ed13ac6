/** @file A page of docs whose numbers and pictures a script makes: where they stand in it, and how they get there. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, runNode } from "./project.mjs";

/** Runs a command of Noema, and ends the script where it fails. */
export async function noema(...words) {
  process.stdout.write(`noema ${words.join(" ")}\n`);
  const status = await runNode(["packages/noema/bin/noema.js", ...words]);
  if (status !== 0) process.exit(status);
}

/**
 * @param name of the page, such as "factors"; its pictures stand in docs/images/NAME
 * @returns `check(part)` ends the script where the page has no place for its numbers, `write(part, table)` puts them there,
 *   `keep(picture, image)` writes an image of sharp as WebP, a tenth of the bytes, or bytes as they are, if the page shows it
 */
export function docsPage(name) {
  const path = join(root, `docs/${name}.md`);
  const pictures = `images/${name}`;
  const placeOf = (part) => {
    const text = readFileSync(path, "utf8");
    const [begin, end] = [`<!-- numbers: ${part} -->`, "<!-- end -->"];
    const from = text.indexOf(begin);
    const to = text.indexOf(end, from);
    if (from >= 0 && to >= 0) return { before: text.slice(0, from + begin.length), after: text.slice(to) };
    process.stderr.write(
      `docs/${name}.md has no place for the numbers of ${part}: ${begin} … ${end}. code: PAGE_PLACE\n`,
    );
    process.exit(2);
  };
  return {
    check: (part) => void placeOf(part),
    write(part, table) {
      const { before, after } = placeOf(part);
      writeFileSync(path, `${before}\n${table}\n${after}`);
    },
    async keep(picture, image) {
      if (!readFileSync(path, "utf8").includes(`${pictures}/${picture}`)) return;
      const folder = join(root, "docs", pictures);
      mkdirSync(folder, { recursive: true });
      const to = join(folder, picture);
      if (Buffer.isBuffer(image)) writeFileSync(to, image);
      else await image.webp({ quality: 86 }).toFile(to);
    },
  };
}
