/** @file An inspected model as lines of text: aligned, complete, names as they are typed into other commands. */
import type { ArrayDescription, Inspection, LayerDescription } from "@noema/engine";
import type { OpenModel } from "../models/open-model.js";

/** Cells that are wider than this push what follows them aside, instead of widening the column for all. */
const widestCell = 56;

/** The lines of `noema inspect`. */
export function describeInspection(
  { name, path, inputs: declared }: Pick<OpenModel, "name" | "path" | "inputs">,
  inspection: Inspection,
): string[] {
  const { inputs, outputs, layers, opset, producer } = inspection;
  const open = new Map(declared.map((input) => [input.name, input.dims]));
  return [
    name === path ? name : `${name} (${path})`,
    [`operator set ${opset}`, ...(producer === "" ? [] : [`written by ${producer}`])].join(", "),
    "",
    ...table([
      ...inputs.map((value) => [
        "input",
        value.name,
        value.dtype,
        shapeText(value),
        declaredText(open.get(value.name)),
      ]),
      ...outputs.map((value) => ["output", value.name, value.dtype, shapeText(value), ""]),
    ]),
    "",
    ...table(
      [["layer", "operator", "output", "parameters", "multiply-adds", "gradient"], ...layers.map(layerRow)],
      [3, 4],
    ),
    "",
    ...summary(inspection),
  ];
}

function layerRow({ name, operator, outputs, parameters, multiplyAdds, gradient }: LayerDescription): string[] {
  const [first] = outputs;
  return [
    name,
    operator,
    first === undefined ? "" : shapeText(first),
    parameters === 0 ? "" : count(parameters),
    multiplyAdds === null ? "?" : multiplyAdds === 0 ? "" : count(multiplyAdds),
    gradient,
  ];
}

function summary({ layers, constantLayers, operators, parameters, multiplyAdds }: Inspection): string[] {
  const megabytes = ((4 * parameters) / 1e6).toPrecision(3);
  const computed = constantLayers === 0 ? "" : ` (and ${count(constantLayers)} computed while reading)`;
  const unknown = layers.filter((layer) => layer.multiplyAdds === null).length;
  const without = operators.filter(({ gradient }) => gradient === "none");
  const zero = operators.filter(({ gradient }) => gradient === "zero");
  const unshaped = layers.find(({ outputs }) => outputs.some(({ shape }) => shape === null));
  return [
    `${count(layers.length)} layers${computed}, ${count(parameters)} parameters (${megabytes} MB), ` +
      `${count(multiplyAdds)} multiply-adds${unknown === 0 ? "" : ` without the ${unknown} layers marked "?"`}`,
    `operators: ${operators.map(({ operator, layers: uses }) => `${operator} ${uses}`).join(", ")}`,
    ...(zero.length === 0 ? [] : [`gradient zero: ${zero.map(({ operator }) => operator).join(", ")}`]),
    ...without.map(({ operator, reason }) => `no gradient: ${operator}${reason === undefined ? "" : `: ${reason}`}`),
    ...(without.length === 0 ? [`gradients: every operator has one`] : []),
    ...(unshaped === undefined ? [] : [`shapes: unknown from "${unshaped.name}" on: ${unshaped.reason ?? ""}`]),
  ];
}

const count = (value: number) => value.toLocaleString("en-US");

const shapeText = ({ shape }: ArrayDescription) =>
  shape === null ? "?" : shape.length === 0 ? "scalar" : shape.join("×");

/** What the file says of a shape, where it leaves something open. */
function declaredText(dims: readonly (number | string | null)[] | null | undefined): string {
  if (dims === null || dims === undefined || dims.every((dim) => typeof dim === "number")) return "";
  return `declared ${dims.map((dim) => dim ?? "?").join("×")}`;
}

/** Rows with their columns aligned; those named are aligned to the right. */
function table(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) =>
    Math.max(...rows.map((row) => ((row[i]?.length ?? 0) <= widestCell ? (row[i]?.length ?? 0) : 0))),
  );
  return rows.map((row) =>
    row
      .map((cell, i) => (right.includes(i) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join("  ")
      .trimEnd(),
  );
}
