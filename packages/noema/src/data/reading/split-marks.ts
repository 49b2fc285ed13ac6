/** @file splitMarks: the test part of data, where its folders or a column are called train, validation and test. */

const parts: Readonly<Record<string, "training" | "validation" | "test">> = {
  train: "training",
  training: "training",
  val: "validation",
  valid: "validation",
  validation: "validation",
  test: "test",
  testing: "test",
};

/**
 * For each picture 1 if it is for testing: what is called so, or validation where nothing is. Undefined where the names are
 * others, or all the same.
 */
export function splitMarks(names: readonly (string | undefined)[]): Uint8Array | undefined {
  const found = names.map((name) => (name === undefined ? undefined : parts[name.toLowerCase()]));
  if (names.some((name, i) => name !== undefined && found[i] === undefined)) return undefined;
  const tested = found.includes("test") ? "test" : "validation";
  if (!found.includes("training") || !found.includes(tested)) return undefined;
  return Uint8Array.from(found, (part) => Number(part === tested));
}
