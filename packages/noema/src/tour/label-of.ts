/** @file labelOf: what a photograph is called, as its folder or file says. */

/** `n01440764_tench`: a WordNet synset, as ImageNet's classes have, and a label; a number alone is none. */
const synsetAndLabel = /^n\d{8}_(?!\d+$)(.+?)(?:_\d+)?$/;

/** A WordNet synset alone, as ImageNet's folders are named. */
const synset = /^n\d{8}$/;

/**
 * The first folder it lies in, else what follows a WordNet synset in its name; underscores are spaces. Null where neither
 * says anything.
 *
 * @param name path of the photograph within the folder that was given, with slashes
 */
export function labelOf(name: string): string | null {
  const parts = name.split("/");
  const file = parts[parts.length - 1].replace(/\.[^.]*$/, "");
  const inName = synsetAndLabel.exec(file)?.[1];
  const folder = parts.length > 1 ? parts[0] : undefined;
  const inFolder = folder === undefined ? undefined : (synsetAndLabel.exec(folder)?.[1] ?? folder);
  const label = inFolder === undefined || (synset.test(inFolder) && inName !== undefined) ? inName : inFolder;
  return label === undefined ? null : label.replaceAll("_", " ").trim() || null;
}
