/** @file The architectures by name. */
import { unknownName } from "@noema/engine";
import type { Architecture } from "./architecture.js";
import { architecture as conv } from "./conv.js";
import { architecture as jaffe } from "./jaffe.js";
import { architecture as mnist } from "./mnist.js";
import { architecture as paired } from "./paired.js";

export type { Architecture };

export const architectures: readonly Architecture[] = [conv, jaffe, mnist, paired];

/** @throws NoemaError ARCHITECTURE_UNKNOWN */
export function architectureOf(name: string): Architecture {
  const found = architectures.find((one) => one.name === name);
  if (found !== undefined) return found;
  throw unknownName(
    "ARCHITECTURE_UNKNOWN",
    "architecture",
    name,
    architectures.map((one) => one.name),
  );
}
