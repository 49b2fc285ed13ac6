/** @file Cards of atoms, the wall of all of them and the table of what they find, as HTML. */
import { barHtml } from "../../factors/figures-html.js";
import { escapeXml as text } from "../../pictures/lettering.js";
import { spokenNumber } from "../spoken-number.js";
import type { AtomCard } from "./atom-cards.js";

/** What an atom finds. */
export interface FoundValue {
  readonly factor: string;
  readonly value: string;
  readonly atom: number;
  readonly sign: 1 | -1;
  /** Average precision, 0..1, and what chance gives. */
  readonly precision: number;
  readonly chance: number;
  /** Pictures that have the value, of those it was measured on. */
  readonly count: number;
  /** Of the pictures that lacked it, how many classifiers see it in when the atom is added, and how much else they see unchanged. */
  readonly steered?: { readonly flipped: number; readonly unchanged: number } | undefined;
}

const percent = (share: number) => `${spokenNumber(100 * share, 3)} %`;

const image = (source: string, alt: string) => `<img src="${source}" alt="${text(alt)}">`;

/** @param finds what each atom finds best, beyond chance */
export function cardsHtml(cards: readonly AtomCard[], finds: ReadonlyMap<number, FoundValue>): string {
  return `<div class="atoms">${cards.map((card) => cardHtml(card, finds.get(card.atom))).join("\n")}</div>`;
}

function cardHtml({ atom, drawn, sides, share, positive, high }: AtomCard, found: FoundValue | undefined): string {
  const facts = [
    `in ${percent(share)} of vectors`,
    ...(positive === 1 ? [] : [`${percent(positive)} of them +`]),
    `${spokenNumber(high)} is a lot`,
  ];
  const finds =
    found === undefined
      ? ""
      : `<p class="finds">${text(`${found.factor}: ${found.value}`)} <small>average precision ${found.precision.toFixed(2)}, chance ${found.chance.toFixed(2)}${found.sign === 1 ? "" : ", by its opposite"}</small></p>`;
  const pictures = drawn.map(
    ({ source, words }) =>
      `<figure>${image(source, `atom ${atom}, ${words}`)}<figcaption>${text(words)}</figcaption></figure>`,
  );
  const rows = sides.map(({ sign, bands }) => {
    const cells = bands.map(
      ({ strongest, weakest, sources }, i) =>
        `<figure><div>${sources.map((source) => image(source, `atom ${atom}, ${bandName(i, bands.length)}`)).join("")}</div><figcaption>${spokenNumber(strongest)} … ${spokenNumber(weakest)}</figcaption></figure>`,
    );
    return `<div class="bands"><b>${sign === 1 ? "+" : "−"}</b>${cells.join("")}</div>`;
  });
  return `<article class="atom" id="atom-${atom}"><div class="what"><h3>Atom ${atom}</h3>${finds}<p class="small">${facts.map(text).join("<br>")}</p></div><div class="drawn">${pictures.join("")}</div><div class="examples">${rows.join("")}</div></article>`;
}

const bandName = (band: number, count: number) =>
  `${["strongest", "second", "third", "fourth", "fifth"][band] ?? "a"} of ${count} parts`;

/** Every atom once, small; those that have a card lead to it. */
export function wallHtml(
  wall: readonly { readonly atom: number; readonly share: number; readonly source: string }[],
  cards: ReadonlySet<number>,
): string {
  const figures = wall.map(({ atom, share, source }) => {
    const title = `atom ${atom}, in ${percent(share)} of vectors`;
    const inside = `${image(source, title)}<figcaption>${atom}</figcaption>`;
    const linked = cards.has(atom) ? `<a href="#atom-${atom}">${inside}</a>` : inside;
    return `<figure title="${text(title)}">${linked}</figure>`;
  });
  return `<div class="wall">${figures.join("")}</div>`;
}

/** A row for each value, the best found first. */
export function foundHtml(
  values: readonly FoundValue[],
  { pictures, cards }: { readonly pictures: ReadonlyMap<number, string>; readonly cards: ReadonlySet<number> },
): string {
  const steered = values.some((value) => value.steered !== undefined);
  const rows = values.map(({ factor, value, atom, sign, precision, chance, count, steered: own }) => {
    const name = `${sign === 1 ? "" : "−"}${atom}`;
    const source = pictures.get(atom);
    const linked = cards.has(atom) ? `<a href="#atom-${atom}">${name}</a>` : name;
    const flips =
      own === undefined
        ? ""
        : `added to pictures that lack it, a classifier sees it in ${percent(own.flipped)}; the rest stays in ${percent(own.unchanged)}. `;
    return `<tr><th scope="row">${text(value)}<small>${text(factor)}</small></th><td class="by">${source === undefined ? "" : image(source, `atom ${name}`)}<span>atom ${linked}</span></td><td class="value">${precision.toFixed(2)}</td><td class="gauge">${barHtml(precision, { chance })}</td><td class="sentence">${text(`${flips}${count} pictures have it; chance gives ${chance.toFixed(2)}.`)}</td></tr>`;
  });
  return `<table class="figures found"><tbody>${rows.join("")}</tbody></table><p class="small">Bars are average precision, from 0 to 1; the mark in a bar is what chance gives.${steered ? " Classifiers never saw the network or the atoms." : ""}</p>`;
}
