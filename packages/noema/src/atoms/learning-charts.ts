/** @file learningCharts: how learning went, and how much of a vector so many atoms explain. */
import { figure } from "../factors/curves.js";
import type { AtomsFile } from "./atoms-file.js";
import type { LineChart } from "./charts.js";

const percent = (value: number) => `${Math.round(100 * value)} %`;

/** The error against steps, and explained variance against sparsity. */
export function learningCharts({
  history,
  curve,
  split,
  recipe,
}: Pick<AtomsFile, "history" | "curve" | "split"> & Partial<Pick<AtomsFile, "recipe">>): LineChart[] {
  const errors = history.map(({ step, error }) => [step, error] as const);
  const last = history.at(-1);
  const of = split.test > 0 ? `${count(split.test)} vectors set apart` : `all ${count(split.training)} vectors`;
  return [
    {
      heading: "Error while learning",
      note: `squared, as a share of the vectors' squares; of vectors that teach${recipe?.general === undefined ? "" : `, then of what the first ${recipe.general} atoms leave of them`}`,
      x: { words: "step", ...(history.length < 2 && { range: [0, 1] as const, ticks: [] }) },
      y: { words: "" },
      lines: [{ points: errors, ...(last && { end: figure(last.error) }) }],
    },
    {
      heading: "Explained variance",
      note: `by at most so many atoms of each vector; ${of}`,
      x: { words: "atoms of a vector", range: [0, curve.length - 1], ticks: wholeTicks(curve.length - 1) },
      y: { words: "", range: [0, 1], ticks: [0, 0.25, 0.5, 0.75, 1], tick: percent },
      lines: [
        {
          points: curve.map((value, k) => [k, value] as const),
          dots: curve.length <= 33,
          end: `${(100 * curve[curve.length - 1]).toFixed(1)} %`,
        },
      ],
    },
  ];
}

const count = (n: number) => n.toLocaleString("en-US");

/** From 0 on, at most nine. */
function wholeTicks(most: number): number[] {
  const step = Math.max(1, Math.ceil(most / 8));
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => i * step);
}
