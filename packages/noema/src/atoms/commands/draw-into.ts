/** @file drawInto: a view of atoms as a picture in a file. */
import type { View } from "@noema/lenses";
import { drawView } from "../../factors/draw-view.js";
import type { ViewName } from "../../factors/reading.js";
import { encodePng } from "../../pictures/png.js";
import { checkOutput, writeBeside } from "../../pictures/write-beside.js";
import type { Terminal } from "../../terminal/command.js";
import { type AtomsPlaces, OpenAtoms } from "../open-atoms.js";

export interface DrawInto extends AtomsPlaces {
  readonly folder: string;
  readonly view: ViewName;
  readonly out: string;
  readonly cell?: number | undefined;
}

/** @throws NoemaError OUT_FORMAT, OUT_PATH, and what opening the atoms and making the view throw */
export async function drawInto(
  { folder, view: name, out, cell, ...places }: DrawInto,
  terminal: Terminal,
  make: (atoms: OpenAtoms) => Promise<View>,
): Promise<void> {
  checkOutput(out, ".png");
  const atoms = await OpenAtoms.open(folder, places, terminal);
  try {
    const view = await make(atoms);
    await writeBeside(out, await encodePng(drawView(name, view, cell === undefined ? {} : { cellPx: cell })));
    terminal.print(out);
  } finally {
    await atoms.close();
  }
}
