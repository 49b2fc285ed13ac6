/** @file faceFactors: what is known of drawn faces, whoever planned them: expression, identity and the seven attributes. */
import type { Factor } from "../dataset.js";
import { attributeNames, attributes, type Person } from "./attributes.js";
import { expressions } from "./expressions.js";

export interface PlannedFace {
  readonly expression: number;
  readonly identity: number;
  /** As it can be seen. */
  readonly person: Person;
}

/** @param identities names of them */
export function faceFactors(faces: readonly PlannedFace[], identities: readonly string[]): Factor[] {
  return [
    factorBy(
      faces,
      "expression",
      expressions.map(({ name }) => name),
      ({ expression }) => expression,
    ),
    factorBy(faces, "identity", identities, ({ identity }) => identity),
    ...attributeNames.map((name) =>
      factorBy(
        faces,
        name,
        attributes[name].map((value) => value.name),
        ({ person }) => person[name],
      ),
    ),
  ];
}

/** @param of which value a picture has */
export function factorBy<T>(
  pictures: readonly T[],
  name: string,
  values: readonly string[],
  of: (picture: T) => number,
): Factor {
  return { name, values, of: Int32Array.from(pictures, of) };
}
