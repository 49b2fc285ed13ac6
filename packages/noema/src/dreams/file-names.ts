/** @file Names of files for pictures, from what they show. */
import type { Job } from "./job.js";

/** Longer names are cut: file systems take 255 bytes, and something is added. */
const longestName = 120;

/** One name without ending per job: all different, in letters, digits and signs that any file system takes. */
export function fileNames(jobs: readonly Job[], titles: Readonly<Record<string, string>>): string[] {
  const several = new Set(jobs.map(({ seed }) => seed)).size > 1;
  const taken = new Map<string, number>();
  return jobs.map(({ objective, seed }) => {
    const title = titles[objective];
    const name = plain(title === undefined ? objective : `${objective}-${title}`) + (several ? `-seed-${seed}` : "");
    const before = taken.get(name.toLowerCase()) ?? 0;
    taken.set(name.toLowerCase(), before + 1);
    return before === 0 ? name : `${name}--${before + 1}`;
  });
}

function plain(text: string): string {
  const name = text.replaceAll(/[^\p{L}\p{N}._+*-]+/gu, "-").replaceAll("*", "x");
  return name.replace(/^[.-]+|[.-]+$/g, "").slice(0, longestName) || "dream";
}
