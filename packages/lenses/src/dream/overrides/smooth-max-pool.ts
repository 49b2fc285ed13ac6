/**
 * @file smooth-max-pool: a max pool's gradient as that of mean(x²) / (0.01 + mean|x|) over its window, so that not one
 * pixel alone gets it (Olah et al., The Building Blocks of Interpretability, 2018).
 */
import { build, emit, gradient } from "@noema/engine";
import { defineOverride } from "./override.js";

/** Keeps the ratio finite where the whole window is 0 (lucid, notebooks/building-blocks/AttrSpatial). */
const epsilon = 1e-2;

export const smoothMaxPool = defineOverride({
  name: "smooth-max-pool",
  summary: "spreads a max pool's gradient over its window, as that of mean(x²) / mean|x|",
  when: "always",
  rules: () => ({
    MaxPool: ({ inputs: [x], outputGradients: [g], attributes }) => {
      const given = Object.fromEntries(
        ["auto_pad", "ceil_mode", "dilations", "kernel_shape", "pads", "strides"].flatMap((name) =>
          attributes[name] === undefined || attributes[name] === null ? [] : [[name, attributes[name]]],
        ),
      );
      const mean = (v: typeof x) => emit("AveragePool", [v], given as never)[0];
      const smooth = build.div(mean(build.mul(x, x)), build.add(mean(build.abs(x)), epsilon));
      return gradient(smooth, [x], { outputGradients: [g], independent: true });
    },
  }),
});
