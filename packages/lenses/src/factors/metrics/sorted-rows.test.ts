import fc from "fast-check";
import { expect, test } from "vitest";
import { sortedRows } from "./sorted-rows.js";

test("sorts rows by any finite floats, equal ones in the order in which they came", () => {
  const values = fc.array(fc.oneof(fc.float({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0, -0, 1e-45)));
  fc.assert(
    fc.property(values, (numbers) => {
      const column = Float32Array.from(numbers);
      const rows = Uint32Array.from(numbers, (_, i) => i).reverse();
      const expected = [...rows].sort((a, b) => column[a] - column[b]);
      expect([...sortedRows(column, rows)]).toEqual(expected);
    }),
  );
});
