/**
 * @file What the engine does with each operator, as the page docs/operators.md. It is read from the definitions themselves,
 * translated file by file into node_modules/.cache: no build is needed, and type errors elsewhere do not matter.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./project.mjs";

/** The text of docs/operators.md. Needs the packages of package-lock.json. */
export async function operatorTable() {
  const engine = await loadEngine(["graph", "ops", "autodiff", "inspect", "index.ts"]);
  const { operatorSupport } = await engine("inspect/operator-support.js");
  const { findOp } = await engine("graph/op.js");
  const { newestOpset } = await engine("graph/read-model.js");
  const secondOrder = await secondOrderOf(engine);
  const rows = operatorSupport().map((support) => {
    const definition = findOp(support.name, support.domain);
    return { ...support, second: definition === undefined ? undefined : secondOrder(definition) };
  });
  return page(rows, newestOpset);
}

/** Translates parts of the engine's sources; returns what imports them. */
async function loadEngine(parts) {
  const { default: ts } = await import("typescript");
  const source = join(root, "packages/engine/src");
  const target = join(root, "node_modules/.cache/noema-operators");
  rmSync(target, { recursive: true, force: true });
  const files = parts.flatMap((part) =>
    part.endsWith(".ts")
      ? [part]
      : readdirSync(join(source, part), { recursive: true }).map((file) => join(part, file)),
  );
  for (const file of files.filter((name) => /(?<![.]test|[.]testing)[.]ts$/.test(name))) {
    const { outputText } = ts.transpileModule(readFileSync(join(source, file), "utf8"), {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
    });
    const path = join(target, file.replace(/[.]ts$/, ".js"));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, outputText);
  }
  writeFileSync(join(target, "package.json"), '{ "type": "module" }\n');
  const load = (file) => import(pathToFileURL(join(target, file)).href);
  await load("ops/index.js");
  return load;
}

/** Whether the gradient of an operator has a gradient: tried on the first of its cases that has a gradient at all. */
async function secondOrderOf(engine) {
  const { gradient } = await engine("autodiff/gradient.js");
  const { constant, emit, input } = await engine("graph/emit.js");
  const { Tensor } = await engine("graph/tensor.js");
  return (definition) => {
    for (const { inputs, attributes = {}, outputs = 1 } of definition.cases) {
      const values = inputs.map((spec, i) => {
        if (spec === null) return null;
        const { dtype, dims } = spec;
        if (!spec.constant) return input(`x${i}`, dims, dtype);
        return constant(Tensor.ofNumbers(dtype, dims, spec.draw(varying())));
      });
      const floats = values.filter((value) => value?.dtype === "float32");
      const results = emit(definition.name, values, attributes, { domain: definition.domain ?? "", outputs });
      const smooth = results.filter(({ dtype }) => dtype === "float32");
      if (floats.length === 0 || smooth.length === 0) continue;
      try {
        const first = gradient(smooth, floats);
        gradient(first, floats);
        return { yes: true };
      } catch (error) {
        if (error.code !== "GRADIENT_UNDEFINED") throw error;
        return { yes: false, reason: error.parts.needed };
      }
    }
    return undefined;
  };
}

/** Draws that differ from each other, so that drawing apart comes to an end. */
function varying() {
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

function page(rows, newestOpset) {
  const standard = rows.filter(({ domain }) => domain === "");
  const domains = [...new Set(rows.map(({ domain }) => domain))].filter((domain) => domain !== "");
  const withGradient = standard.filter(({ gradient }) => gradient === "rule").length;
  return `# Operators

Written by \`npm run generate\` from the definitions in \`packages/engine/src/ops\`; do not edit.

Models of ONNX operator sets 7 to ${newestOpset} are read. Each operator has one form inside, that of the set named here; where a
model has another form, reading rewrites it. ${standard.length} operators of the standard are read; through ${withGradient} of them a gradient
flows. *Zero* means constant wherever it is differentiable, so that nothing flows. An operator *in parts* is read as
others, and has their gradient. Gradients of gradients work where the last column says yes.

An operator that is not listed may still run, if ONNX Runtime knows it; no gradient passes through it.
How each does on the ONNX standard's own tests is on [a page of its own](onnx-node-tests.md).

${table(standard)}
${domains.map((domain) => `\n## ${domain}\n\n${table(rows.filter((row) => row.domain === domain))}\n`).join("")}`;
}

function table(rows) {
  return `| operator | form of | other forms | gradient | gradient of the gradient |
|---|---|---|---|---|
${rows.map(row).join("\n")}`;
}

function row({ name, since, rewritten, gradient, reason, second }) {
  const flows = { rule: "yes", zero: "zero", parts: "in parts", none: `no: ${reason}` }[gradient];
  const again = gradient !== "rule" ? "" : second === undefined ? "" : second.yes ? "yes" : `no: ${second.reason}`;
  const other = since === null ? "read as other operators" : rewritten ? "rewritten" : "";
  return `| ${[name, since ?? "", other, flows, again].join(" | ")} |`.replaceAll(/ +\|/g, " |");
}
