/** @file What tells one drawn person from another: seven attributes, in values that differ to the eye at 48 grey pixels. */

/** An attribute is unseen where a hat covers it, or where there is no hair. */
const unseen = "unseen";

interface Value {
  /** Its name as the value of a factor. */
  readonly name: string;
  /** How avataaars calls it; colours in hexadecimal. Undefined where nothing is drawn. */
  readonly drawnAs?: string;
}

interface Top extends Value {
  /** No hair of the head is to be seen. */
  readonly hidesHair?: true;
  /** Neither are the neck and the shirt. */
  readonly hidesClothing?: true;
  /** Has the colour of the clothing. */
  readonly clothColoured?: true;
}

/** All leave the eyebrows to be seen: without them sad and neutral are hard to tell apart. */
const tops: readonly Top[] = [
  { name: "bald", hidesHair: true },
  { name: "short", drawnAs: "shortFlat" },
  { name: "quiff", drawnAs: "shortWaved" },
  { name: "spikes", drawnAs: "dreads02" },
  { name: "undercut", drawnAs: "shavedSides" },
  { name: "bun", drawnAs: "bun" },
  { name: "bob", drawnAs: "bob" },
  { name: "long", drawnAs: "straight01" },
  { name: "locks", drawnAs: "dreads" },
  { name: "afro", drawnAs: "fro" },
  { name: "headband", drawnAs: "froBand" },
  { name: "flowers", drawnAs: "frida" },
  { name: "hat", drawnAs: "hat", hidesHair: true, clothColoured: true },
  { name: "knit cap", drawnAs: "winterHat02", hidesHair: true, clothColoured: true },
  { name: "turban", drawnAs: "turban", hidesHair: true, clothColoured: true },
  { name: "headscarf", drawnAs: "hijab", hidesHair: true, hidesClothing: true, clothColoured: true },
];

/** Shades of grey of skins and hairs (ITU-R BT.601) are 30 of 255 apart or more, so that each shows on each. */
const skins: readonly Value[] = [
  { name: "dark", drawnAs: "845437" },
  { name: "tan", drawnAs: "cb9468" },
  { name: "pale", drawnAs: "ffdbb4" },
];

const hairColours: readonly Value[] = [
  { name: "black", drawnAs: "2c1b18" },
  { name: "ginger", drawnAs: "e0602a" },
  { name: "blond", drawnAs: "e6c36a" },
  { name: unseen },
];

/** All leave the mouth to be seen. */
const facialHairs: readonly Value[] = [
  { name: "none" },
  { name: "moustache", drawnAs: "moustacheFancy" },
  { name: "short beard", drawnAs: "beardLight" },
  { name: "full beard", drawnAs: "beardMajestic" },
];

/** The only ones of avataaars that leave eyes and eyebrows to be seen. */
const glasses: readonly Value[] = [{ name: "none" }, { name: "round", drawnAs: "round" }];

const clothings: readonly Value[] = [
  { name: "shirt", drawnAs: "shirtCrewNeck" },
  { name: "hoodie", drawnAs: "hoodie" },
  { name: "overall", drawnAs: "overall" },
  { name: unseen, drawnAs: "shirtCrewNeck" },
];

const clothingColours: readonly Value[] = [
  { name: "navy", drawnAs: "25557c" },
  { name: "red", drawnAs: "ff5c5c" },
  { name: "yellow", drawnAs: "f2c14e" },
];

/** The attributes of a person, in the order of their factors. */
export const attributes = {
  skin: skins,
  top: tops,
  "hair-colour": hairColours,
  "facial-hair": facialHairs,
  glasses,
  clothing: clothings,
  "clothing-colour": clothingColours,
} satisfies Readonly<Record<string, readonly Value[]>>;

export type Attribute = keyof typeof attributes;
export const attributeNames = Object.keys(attributes) as readonly Attribute[];

/** Which value of each attribute a person has: an index into `attributes`. */
export type Person = Readonly<Record<Attribute, number>>;

const unseenHair = hairColours.findIndex(({ name }) => name === unseen);
const unseenClothing = clothings.findIndex(({ name }) => name === unseen);
const noFacialHair = facialHairs.findIndex(({ name }) => name === "none");

/** The person as it can be seen: what a hat hides is unseen, and so is the colour of hair that is nowhere. */
export function asSeen(person: Person): Person {
  const { hidesHair, hidesClothing } = tops[person.top];
  // A headscarf lies where a beard would be.
  const facialHair = hidesClothing ? noFacialHair : person["facial-hair"];
  return {
    ...person,
    "facial-hair": facialHair,
    "hair-colour": hidesHair && facialHair === noFacialHair ? unseenHair : person["hair-colour"],
    clothing: hidesClothing ? unseenClothing : person.clothing,
  };
}

/** How many values of an attribute can be drawn for a person, before it is known what will be seen: all but `unseen`. */
export function drawnValues(attribute: Attribute): number {
  return attributes[attribute].filter(({ name }) => name !== unseen).length;
}

/**
 * How different two people look: 2 for another top, 1 for what shows at once (skin, twice for dark and pale; the colour of
 * hair; a beard; glasses; the colour of a hat), ½ for a moustache alone, and for kind and colour of a shirt each, of which
 * little is in the picture.
 */
export function difference(a: Person, b: Person): number {
  const differ = (attribute: Attribute) => Number(a[attribute] !== b[attribute]);
  const beardless = (person: Person) => !facialHairs[person["facial-hair"]].name.endsWith("beard");
  const hair = a["hair-colour"] === unseenHair || b["hair-colour"] === unseenHair ? 0 : differ("hair-colour");
  return (
    2 * differ("top") +
    Math.abs(a.skin - b.skin) +
    hair +
    differ("facial-hair") * (beardless(a) && beardless(b) ? 0.5 : 1) +
    differ("glasses") +
    differ("clothing") / 2 +
    differ("clothing-colour") * (tops[a.top].clothColoured ? 1 : 0.5)
  );
}
