/** @file The sidecar of a model, MODEL.noema.json: what its file does not say of the pictures it wants. */
import { existsSync, readFileSync } from "node:fs";
import { NoemaError } from "@noema/engine";
import { z } from "zod";
import { reasonOf } from "./read-large-file.js";

const perChannel = z.array(z.number()).min(1).max(64);

/** Everything may be left out; what is missing is guessed. */
const sidecarSchema = z.strictObject({
  input: z.string().min(1).optional().describe("the input that takes pictures, where there are several"),
  layout: z.enum(["NCHW", "NHWC"]).optional().describe("order of that input's axes"),
  channels: z
    .union([z.enum(["RGB", "BGR", "grey"]), z.int().min(1).max(64)])
    .optional()
    .describe("order of its colours, or how many channels it has that are no colours"),
  range: z.tuple([z.number(), z.number()]).optional().describe("the values of black and of white"),
  mean: perChannel.optional().describe("then subtracted, one number per channel in the network's order"),
  scale: perChannel
    .refine((list) => list.every((v) => v !== 0), { error: "must not hold 0" })
    .optional()
    .describe("then divided by, one number per channel in the network's order"),
  colours: z
    .array(z.array(z.number()))
    .optional()
    .describe("a square root of the covariance of the colours of the network's pictures; rows are red, green, blue"),
  labels: z.string().min(1).optional().describe("a text file with one line per class, beside this one"),
});

export type Sidecar = z.infer<typeof sidecarSchema>;

export interface FoundSidecar {
  readonly path: string;
  readonly sidecar: Sidecar;
}

/** Where the sidecar of a model is looked for. */
export const sidecarPathOf = (modelPath: string) => `${modelPath.replace(/\.(onnx|json)$/i, "")}.noema.json`;

/**
 * Reads a sidecar: the one given, else the one beside the model, if there is one.
 *
 * @throws NoemaError SIDECAR_MISSING, SIDECAR_INVALID
 */
export function findSidecar(modelPath: string, given: string | undefined): FoundSidecar | undefined {
  const path = given ?? sidecarPathOf(modelPath);
  if (given === undefined && !existsSync(path)) return undefined;
  return { path, sidecar: readSidecar(path) };
}

function readSidecar(path: string): Sidecar {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    const broken = cause instanceof SyntaxError;
    throw new NoemaError(broken ? "SIDECAR_INVALID" : "SIDECAR_MISSING", {
      where: `sidecar ${path}`,
      found: broken ? `it is not JSON (${cause.message})` : reasonOf(cause),
      cause,
    });
  }
  const result = sidecarSchema.safeParse(json);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new NoemaError("SIDECAR_INVALID", {
    where: `sidecar ${path}${issue.path.length === 0 ? "" : `, "${issue.path.join(".")}"`}`,
    found: issue.message,
    needed: `its fields are ${Object.keys(sidecarSchema.shape).join(", ")}`,
  });
}
