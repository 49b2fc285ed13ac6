/** @file drawPerson: anyone at all; drawPeople: people that anyone could tell apart, drawn one after the other. */
import type { Random } from "@noema/engine";
import { asSeen, attributeNames, difference, drawnValues, type Person } from "./attributes.js";

/** No two people are more alike than this, by `difference`. */
export const leastDifference = 2;

/** There is room for about 560 people this different; up to here one draw in fourteen is a new one. */
export const mostPeople = 500;

/** Every value of every attribute is as likely as the others, before a hat hides what it hides. */
export function drawPerson(random: Random): Person {
  const drawn = attributeNames.map((name) => [name, random.below(drawnValues(name))] as const);
  return asSeen(Object.fromEntries(drawn) as Person);
}

/**
 * The first people of a seed: whoever asks for more gets the same ones and then others.
 *
 * @param count at most `mostPeople`
 */
export function drawPeople(count: number, random: Random): Person[] {
  const people: Person[] = [];
  while (people.length < count) {
    const person = drawPerson(random);
    if (people.every((other) => difference(person, other) >= leastDifference)) people.push(person);
  }
  return people;
}
