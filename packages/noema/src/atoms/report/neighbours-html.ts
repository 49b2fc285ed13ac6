/** @file neighboursHtml: atoms beside those that are like them, against them and together with them, as HTML. */
import { pictureSource } from "../../factors/panel-html.js";
import { escapeXml as text } from "../../pictures/lettering.js";
import { atomPictures, type Neighbours } from "../neighbours-view.js";
import type { OpenAtoms } from "../open-atoms.js";
import { spokenNumber } from "../spoken-number.js";

/** @throws NoemaError what the decoder and the pictures refuse */
export async function neighboursHtml(atoms: OpenAtoms, found: readonly Neighbours[]): Promise<string> {
  const groups = found.map(({ atom, nearest, opposite, together }) => ({
    atom,
    groups: [
      {
        words: "the same way",
        atoms: nearest.map((one) => ({ atom: one.atom, note: `cos ${spokenNumber(one.cosine)}` })),
      },
      {
        words: "the other way",
        atoms: opposite.map((one) => ({ atom: one.atom, note: `cos ${spokenNumber(one.cosine)}` })),
      },
      {
        words: "in the same pictures",
        atoms: together.map((one) => ({ atom: one.atom, note: `both: ${spokenNumber(100 * one.jaccard)} %` })),
      },
    ],
  }));
  const all = [
    ...new Set(groups.flatMap((one) => [one.atom, ...one.groups.flatMap((own) => own.atoms.map(({ atom }) => atom))])),
  ];
  const { picture, of } = await atomPictures(atoms, all);
  const sources = new Map(
    await Promise.all(all.map(async (atom) => [atom, await pictureSource(of(atom), picture, {})] as const)),
  );
  const figure = (atom: number, note: string) =>
    `<figure><img src="${sources.get(atom)}" alt="atom ${atom}"><figcaption><b>${atom}</b><small>${text(note)}</small></figcaption></figure>`;
  const rows = groups.map(({ atom, groups: own }) => {
    const beside = own.map(
      ({ words, atoms: some }) =>
        `<div><p class="small">${words}</p><div>${some.length === 0 ? "none" : some.map((one) => figure(one.atom, one.note)).join("")}</div></div>`,
    );
    return `<div class="near"><div><p class="small">atom</p><div>${figure(atom, "")}</div></div>${beside.join("")}</div>`;
  });
  return rows.join("\n");
}
