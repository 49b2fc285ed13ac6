/** @file planStrangers: faces that have nothing to do with each other, each drawn by itself; and what is known of them. */
import { seededRandom } from "@noema/engine";
import type { Factor } from "../dataset.js";
import { attributeNames } from "./attributes.js";
import { avatarSvg } from "./draw-avatar.js";
import type { DrawnPicture } from "./draw-pictures.js";
import { expressions } from "./expressions.js";
import { faceFactors, type PlannedFace } from "./face-factors.js";
import { drawPerson } from "./people.js";
import { middlePose } from "./poses.js";

/** As many as there are avatars, so that what is measured on both is measured on as many. */
export { defaultCount } from "./plan.js";

/** With 9,306 looks in 7 expressions there are 65,142 different pictures: of four times as many, 97 % have been drawn. */
export const mostStrangers = 262_144;

/** Other than those of avatars and of what is done with them, whose seed is often the same. */
const drawingStream = 304;

export interface StrangerPlan {
  /** One of each picture. */
  readonly faces: readonly PlannedFace[];
  /** Looks that occur, numbered by where they first do. */
  readonly looks: number;
}

/**
 * Larger plans of a seed begin with smaller ones.
 *
 * @param most at least 1; what is over `mostStrangers` has no effect
 */
export function planStrangers(most: number, seed: number): StrangerPlan {
  const random = seededRandom(seed, drawingStream);
  const looks = new Map<string, number>();
  const faces = Array.from({ length: Math.min(most, mostStrangers) }, () => {
    const expression = random.below(expressions.length);
    const person = drawPerson(random);
    const look = attributeNames.map((name) => person[name]).join();
    const identity = looks.get(look) ?? looks.size;
    looks.set(look, identity);
    return { expression, identity, person };
  });
  return { faces, looks: looks.size };
}

/** All that is known of the pictures of a plan. */
export function strangerFactors({ faces, looks }: StrangerPlan): Factor[] {
  return faceFactors(
    faces,
    Array.from({ length: looks }, (_, look) => numbered("look", look, 4)),
  );
}

/** Such as "stranger-00012/happy": the picture, the expression. */
export function strangerNames({ faces }: StrangerPlan): string[] {
  return faces.map(({ expression }, at) => `${numbered("stranger", at, 5)}/${expressions[expression].name}`);
}

export function* strangerPictures({ faces }: StrangerPlan): Generator<DrawnPicture> {
  for (const { person, expression } of faces) {
    yield { svg: avatarSvg(person, expressions[expression]), pose: middlePose };
  }
}

function numbered(word: string, at: number, digits: number): string {
  return `${word}-${String(at + 1).padStart(digits, "0")}`;
}
