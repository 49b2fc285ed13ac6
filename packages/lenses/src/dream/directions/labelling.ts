/** @file Labelling: one way of telling pictures apart, and halves of the pictures in which every label is found. */
import { NoemaError, type Random } from "@noema/engine";

export interface Labelling {
  /** What is told apart, such as a column's name. */
  readonly name: string;
  readonly labels: readonly string[];
  /** The label of each picture, an index of `labels`; −1 where it is not known. */
  readonly of: Int32Array;
}

/** So many pictures of a label each half must have: one to find, and one more so that it is not one picture's name. */
const leastOfLabel = 2;

/** Indices of pictures, rising. */
export interface Halves {
  /** On these directions are fitted, and labels chosen for them. */
  readonly choosing: Uint32Array;
  /** On these, never seen before, the choice is measured. */
  readonly measuring: Uint32Array;
}

/** Halves every group of pictures that have all labels in common; what is left over of odd groups alternates. */
export function halved(labellings: readonly Labelling[], pictures: number, random: Random): Halves {
  const groups = new Map<string, number[]>();
  for (let i = 0; i < pictures; i++) {
    const key = labellings.map((labelling) => labelling.of[i]).join();
    groups.set(key, [...(groups.get(key) ?? []), i]);
  }
  const halves: [number[], number[]] = [[], []];
  let larger = random.below(2);
  for (const group of groups.values()) {
    for (let i = group.length - 1; i > 0; i--) {
      const j = random.below(i + 1);
      [group[i], group[j]] = [group[j], group[i]];
    }
    const middle = group.length >> 1;
    halves[1 - larger].push(...group.slice(0, middle));
    halves[larger].push(...group.slice(middle));
    if (group.length % 2 === 1) larger = 1 - larger;
  }
  const [choosing, measuring] = halves.map((half) => Uint32Array.from(half).sort());
  return { choosing, measuring };
}

/** How many of these pictures have each label. */
export function labelCounts({ labels, of }: Labelling, pictures: Uint32Array): Uint32Array {
  const counts = new Uint32Array(labels.length);
  for (const picture of pictures) if (of[picture] >= 0) counts[of[picture]]++;
  return counts;
}

/**
 * Which labels of a labelling a direction can be selective for: those with enough pictures in both halves, and enough
 * pictures of other labels.
 */
export function usableLabels(labelling: Labelling, { choosing, measuring }: Halves): boolean[] {
  const halves = [choosing, measuring].map((half) => labelCounts(labelling, half));
  return labelling.labels.map((_, label) =>
    halves.every((counts) => {
      const others = counts.reduce((sum, count) => sum + count, 0) - counts[label];
      return counts[label] >= leastOfLabel && others >= leastOfLabel;
    }),
  );
}

/** @throws NoemaError LABELS_FEW where no labelling has two labels, one of them usable */
export function checkLabels(labellings: readonly Labelling[], halves: Halves): void {
  if (labellings.some((labelling) => usableLabels(labelling, halves).includes(true))) return;
  const found = labellings.map(({ name, labels, of }) => {
    const largest = Math.max(0, ...labels.map((_, label) => of.filter((one) => one === label).length));
    return `"${name}" has ${labels.length} label${labels.length === 1 ? "" : "s"}, the most frequent on ${largest} pictures`;
  });
  throw new NoemaError("LABELS_FEW", {
    where: "the labels of the pictures",
    found: found.join("; ") || "no labels",
    needed: `two labels at least, and ${2 * leastOfLabel} pictures of one of them`,
  });
}
