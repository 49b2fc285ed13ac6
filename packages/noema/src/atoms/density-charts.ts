/** @file densityCharts: how many vectors atoms have, and which atoms few or none have. */
import { type Density, density } from "@noema/lenses";
import type { BarChart, LineChart } from "./charts.js";
import type { OpenAtoms } from "./open-atoms.js";

/** Of the codes as they are; of very many vectors estimated from a part, but for how often each atom is used. */
export function densityOf(atoms: OpenAtoms): Density {
  return density(atoms.uses.byAtom);
}

const percent = (power: number) => {
  const value = 100 * 10 ** power;
  return value >= 0.01 ? `${Number(value.toPrecision(2))} %` : `${value.toExponential(0).replace("-", "−")} %`;
};

export function densityCharts({ histogram, shares, dead, rare, perVector }: Density): {
  readonly histogram: BarChart;
  readonly ranks: LineChart;
} {
  const edges = Array.from(histogram.edges);
  const first = histogram.counts.findIndex((count) => count > 0);
  const from = Math.floor(edges[Math.max(0, first)]);
  const powers = Array.from({ length: -from + 1 }, (_, i) => from + i);
  const sorted = Array.from(shares)
    .filter((share) => share > 0)
    .sort((a, b) => b - a);
  const most = sorted[0] ?? 1;
  return {
    histogram: {
      heading: "How many vectors have an atom",
      note: `${dead.length} of ${shares.length} atoms are in none, not drawn; ${rare.length} are rare`,
      x: { words: "share of vectors, logarithmic", range: [from, 0], ticks: powers, tick: percent },
      y: { words: "atoms", range: [0, Math.max(1, ...histogram.counts)] },
      bars: Array.from(histogram.counts, (height, i) => ({ from: edges[i], to: edges[i + 1], height })).slice(
        Math.max(0, first),
      ),
    },
    ranks: {
      heading: "Atoms by how often they are used",
      note: `a vector has ${Number(perVector.toPrecision(3))} on average`,
      x: { words: "atoms, the most frequent first", range: [0, Math.max(1, sorted.length - 1)] },
      y: { words: "share of vectors", range: [0, most], tick: (value) => `${Number((100 * value).toPrecision(2))} %` },
      lines: [{ points: sorted.map((share, i) => [i, share] as const) }],
    },
  };
}
