/** @file noema inspect: what a model is made of. */
import { inspect, NoemaError } from "@noema/engine";
import { z } from "zod";
import { openModel } from "../models/open-model.js";
import { defineCommand } from "../terminal/command.js";
import { describeInspection } from "../terminal/describe-inspection.js";
import { modelOption } from "../terminal/model-options.js";

const options = z.object({
  model: modelOption,
  json: z.boolean().default(false).meta({ description: "prints one JSON object, for programs" }),
  dim: z.string().optional().meta({
    description: "sizes of dimensions that the model leaves open, by name",
    placeholder: "NAME=SIZE[,NAME=SIZE]",
  }),
  inputShape: z.string().optional().meta({
    description: "whole shapes of inputs, in place of the model's",
    placeholder: "NAME=1x3x224x224[,…]",
  }),
});

export const command = defineCommand({
  name: "inspect",
  summary: "lists inputs, outputs and layers of a model, and what has gradients",
  options,
  positionals: ["model"],
  examples: ["noema inspect centernet", "noema inspect model.onnx --input-shape data=1x3x224x224 --json"],
  run: async ({ model, json, dim, inputShape }, terminal) => {
    const dimensions = readAssignments("--dim", dim, readSize);
    const inputShapes = readAssignments("--input-shape", inputShape, readShape);
    const opened = await openModel(model);
    const inspection = inspect(await opened.read({ dimensions, inputShapes, partial: true }));
    if (json) terminal.print(JSON.stringify({ model: opened.name, format: opened.format, ...inspection }, null, 2));
    else for (const line of describeInspection(opened, inspection)) terminal.print(line);
  },
});

/** `a=1,b=2` to { a: 1, b: 2 }. Names may hold anything but commas. */
function readAssignments<T>(
  where: string,
  text: string | undefined,
  read: (text: string) => T | undefined,
): Record<string, T> {
  if (text === undefined) return {};
  return Object.fromEntries(
    text.split(",").map((part) => {
      const at = part.lastIndexOf("=");
      const value = at < 1 ? undefined : read(part.slice(at + 1));
      if (value !== undefined) return [part.slice(0, at), value];
      throw new NoemaError("OPTION_VALUE", {
        where,
        found: `"${part}"`,
        needed:
          where === "--dim" ? "it must be NAME=SIZE, as in height=224" : "it must be NAME=SHAPE, as in x=1x3x224x224",
      });
    }),
  );
}

const readSize = (text: string) => (/^[1-9]\d{0,9}$/.test(text) ? Number(text) : undefined);

function readShape(text: string): number[] | undefined {
  const sizes = text.split(/[x×]/).map(readSize);
  return sizes.every((size) => size !== undefined) ? sizes : undefined;
}
