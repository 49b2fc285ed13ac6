/** @file Colours and shapes that tell classes apart: ten colours, and each of them in four shapes. */

/**
 * Found by a search: of any two, the distance in OKLab (Ottosson 2020) is at least 0.19 for usual sight, and 0.085 without red
 * or green cones (Machado, Oliveira and Fernandes 2009). The first two on light are those of our other figures.
 */
export const classColours = {
  onLight: [
    ...["#b3402a", "#27618c", "#d5b500", "#0ea518", "#ae37be"],
    ...["#3accdd", "#6c1f54", "#de8c9f", "#6a82fe", "#3701aa"],
  ],
  onDark: [
    ...["#fe4073", "#466cfe", "#fde503", "#5ec30f", "#b630bc"],
    ...["#52f4d0", "#ac6f2a", "#f3a686", "#db8efd", "#3ea2ab"],
  ],
} as const;

/** Of what is not known, and of classes beyond those that can be told apart. */
export const otherColour = { onLight: "#9a9892", onDark: "#6b6862" } as const;

export const classShapes = ["circle", "square", "triangle", "diamond"] as const;

/** How many classes can be told apart. */
export const mostClasses = classColours.onLight.length * classShapes.length;

interface LegendEntry {
  readonly name: string;
  /** Points that have it. */
  readonly count: number;
  /** Place in `classColours`, and in `classShapes`; undefined: the colour of others. */
  readonly style?: { readonly colour: number; readonly shape: number };
}

export interface Legend {
  readonly entries: readonly LegendEntry[];
  /** N: which entry each point has. */
  readonly of: Uint8Array;
}

/**
 * What is drawn in which colour: the values in their order; of more than can be told apart the most frequent ones, and the
 * others together.
 */
export function legendOf({
  values,
  of,
}: {
  readonly values: readonly string[];
  readonly of: ArrayLike<number>;
}): Legend {
  const counts = new Uint32Array(values.length);
  let unknown = 0;
  for (let i = 0; i < of.length; i++) {
    if (of[i] < 0) unknown++;
    else counts[of[i]]++;
  }
  const present = [...values.keys()].filter((value) => counts[value] > 0);
  const ranked = [...present].sort((a, b) => counts[b] - counts[a] || a - b).slice(0, mostClasses);
  const shown = present.filter((value) => ranked.includes(value));
  const entries: LegendEntry[] = shown.map((value, i) => ({
    name: values[value],
    count: counts[value],
    style: { colour: i % classColours.onLight.length, shape: Math.floor(i / classColours.onLight.length) },
  }));
  const left = present.filter((value) => !shown.includes(value));
  const place = new Map(shown.map((value, i) => [value, i]));
  const others = entries.length;
  if (left.length > 0) {
    entries.push({ name: `${left.length} others`, count: left.reduce((sum, value) => sum + counts[value], 0) });
  }
  const none = entries.length;
  if (unknown > 0) entries.push({ name: "not known", count: unknown });
  return {
    entries,
    of: Uint8Array.from({ length: of.length }, (_, i) => (of[i] < 0 ? none : (place.get(of[i]) ?? others))),
  };
}
