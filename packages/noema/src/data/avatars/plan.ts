/** @file planAvatars: which pictures there are: people × poses × all seven expressions; and what is known of each. */
import { seededRandom } from "@noema/engine";
import type { Factor } from "../dataset.js";
import type { Person } from "./attributes.js";
import { avatarSvg } from "./draw-avatar.js";
import type { DrawnPicture } from "./draw-pictures.js";
import { expressions } from "./expressions.js";
import { faceFactors, factorBy, type PlannedFace } from "./face-factors.js";
import { drawPeople, mostPeople } from "./people.js";
import { drawPoses, poseCount, poseNames, poseOf, poseParts } from "./poses.js";

/** 480 people in 6 poses. */
export const defaultCount = 20_160;

/** So many poses of each person, where there are so many people at least. */
const usualPoses = 6;
const fewPeople = 20;

export interface AvatarPlan {
  readonly people: readonly Person[];
  /** Of each person, the same number for all: 0 … poseCount − 1. */
  readonly poses: readonly (readonly number[])[];
  /** Pictures: people × poses × expressions, in this order. */
  readonly count: number;
}

/**
 * As many whole sets of the seven expressions as `most` pictures allow, the same number for each person. Larger plans of a
 * seed hold the people of smaller ones, alike.
 *
 * @param most at least 7; what is over 262,500 has no effect
 */
export function planAvatars(most: number, seed: number): AvatarPlan {
  const sets = Math.floor(most / expressions.length);
  const few = Math.min(usualPoses, Math.max(1, Math.floor(sets / fewPeople)));
  const peopleCount = Math.min(mostPeople, Math.floor(sets / few));
  const posesEach = Math.min(poseCount, Math.floor(sets / peopleCount));
  // Stream 0 draws the people, and each of them has one for the poses.
  const people = drawPeople(peopleCount, seededRandom(seed));
  const poses = people.map((_, person) => drawPoses(posesEach, seededRandom(seed, 1 + person)));
  return { people, poses, count: peopleCount * posesEach * expressions.length };
}

interface PlannedPicture extends PlannedFace {
  readonly pose: number;
}

/** What the picture at a place shows. */
function pictureAt({ people, poses }: AvatarPlan, at: number): PlannedPicture {
  const expression = at % expressions.length;
  const set = Math.floor(at / expressions.length);
  const posesEach = poses[0].length;
  const identity = Math.floor(set / posesEach);
  return { identity, person: people[identity], pose: poses[identity][set % posesEach], expression };
}

/** All that is known of the pictures of a plan. */
export function factorsOf(plan: AvatarPlan): Factor[] {
  const pictures = Array.from({ length: plan.count }, (_, at) => pictureAt(plan, at));
  const identities = plan.people.map((_, person) => personName(person));
  return [
    ...faceFactors(pictures, identities),
    factorBy(pictures, "pose", poseNames, ({ pose }) => pose),
    ...poseParts.map(({ name, values, of }) => factorBy(pictures, name, values, ({ pose }) => of(pose))),
  ];
}

/** A face is described once for all its poses. */
export function* avatarPictures({ people, poses }: AvatarPlan): Generator<DrawnPicture> {
  for (const [i, person] of people.entries()) {
    const svgs = expressions.map((expression) => avatarSvg(person, expression));
    for (const pose of poses[i].map(poseOf)) for (const svg of svgs) yield { svg, pose };
  }
}

/** Such as "person-012/3/happy": the person, which of its poses, the expression. */
export function pictureNames(plan: AvatarPlan): string[] {
  const posesEach = plan.poses[0].length;
  return plan.people.flatMap((_, person) =>
    Array.from({ length: posesEach }, (_, pose) =>
      expressions.map(({ name }) => `${personName(person)}/${pose + 1}/${name}`),
    ).flat(),
  );
}

function personName(person: number): string {
  return `person-${String(person + 1).padStart(3, "0")}`;
}
