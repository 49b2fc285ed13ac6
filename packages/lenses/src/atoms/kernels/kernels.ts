/** @file Kernels: the few loops that sparse coding spends its time in, as WebAssembly that takes four numbers at once. */
import { NoemaError } from "@noema/engine";
import {
  type Assembled,
  type Expression,
  FunctionAssembler,
  f32,
  f32x4,
  i32,
  type Local,
  moduleBytes,
  repeatWhile,
  type Statement,
  when,
} from "./assembler.js";

/** What is used of the WebAssembly of browsers and Node, of which the language's own types know nothing. */
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
  instantiate(
    bytes: Uint8Array,
    imports: object,
  ): Promise<{ readonly instance: { readonly exports: Readonly<Record<string, unknown>> } }>;
};

/** Rows are made this many floats long, or a multiple of it, with zeros: eight registers of four are filled at once. */
const block = 32;
const registers = block / 4;
const pageBytes = 65_536;
/** What a pointer of 32 bits reaches. */
const mostBytes = 2 ** 32 - pageBytes;

/** Pointers are bytes from the beginning of the memory; rows are `padded` floats long. A list is of pairs: a pointer to a row, a factor. */
interface Functions {
  /** out = base + Σ factor·row. */
  combine(out: number, base: number, list: number, count: number, bytes: number): void;
  /** The block of base + Σ factor·row with the number farthest from 0, if farther than `least`: written to `out`; else −1. */
  strongest(out: number, base: number, list: number, count: number, bytes: number, least: number): number;
  /** The block with the largest number, likewise. */
  largest(out: number, base: number, list: number, count: number, bytes: number, least: number): number;
  /** out[i] = rowᵢ · vector. */
  dots(out: number, list: number, count: number, vector: number, bytes: number): void;
  /** rowᵢ += factorᵢ·first + secondFactorsᵢ·second. */
  spread(list: number, count: number, first: number, secondFactors: number, second: number, bytes: number): void;
}

/** Numbers in the memory of the kernels, and where they are. */
export interface Floats {
  readonly pointer: number;
  readonly values: Float32Array;
}

/** Rows and a factor for each, as the kernels take them. */
export interface RowList {
  readonly pointer: number;
  set(position: number, row: number, factor: number): void;
}

/** How long rows of so many floats are in the memory of the kernels. */
export const padded = (floats: number): number => Math.ceil(floats / block) * block;

/** The kernels with a memory of their own, which is let go with them. */
export class Kernels {
  readonly functions: Functions;
  readonly #buffer: ArrayBuffer;
  #used = 0;

  private constructor(buffer: ArrayBuffer, functions: Functions) {
    this.#buffer = buffer;
    this.functions = functions;
  }

  /**
   * @param floats how many numbers there is room for, over all rows and lists
   * @param where whose memory it is, for messages
   * @throws NoemaError KERNEL_MEMORY where so much cannot be had
   */
  static async open(floats: number, where: string): Promise<Kernels> {
    const bytes = 4 * floats + pageBytes;
    const refuse = (cause?: unknown) =>
      new NoemaError("KERNEL_MEMORY", {
        where,
        found: `${(bytes / 2 ** 30).toFixed(1)} GiB would be needed at once`,
        needed: `less than ${Math.floor(mostBytes / 2 ** 30) + 1} GiB, and as much as this machine has free`,
        remedy: "Take fewer vectors or atoms; learning online needs memory for one batch only.",
        cause,
      });
    if (!(bytes <= mostBytes)) throw refuse();
    const pages = Math.ceil(bytes / pageBytes);
    let memory: { readonly buffer: ArrayBuffer };
    try {
      memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    } catch (cause) {
      throw refuse(cause);
    }
    const { instance } = await WebAssembly.instantiate(kernelBytes(), { env: { memory } });
    return new Kernels(memory.buffer, instance.exports as unknown as Functions);
  }

  /** Room for some numbers, all 0, that begin where a row may begin. */
  floats(count: number): Floats {
    const pointer = this.#used;
    this.#used += 4 * padded(count);
    return { pointer, values: new Float32Array(this.#buffer, pointer, count) };
  }

  /** A list of up to so many rows. */
  list(most: number): RowList {
    const { pointer, values } = this.floats(2 * most);
    const pointers = new Uint32Array(values.buffer, pointer, 2 * most);
    return {
      pointer,
      set: (position, row, factor) => {
        pointers[2 * position] = row;
        values[2 * position + 1] = factor;
      },
    };
  }
}

let assembled: Uint8Array<ArrayBuffer> | undefined;

function kernelBytes(): Uint8Array<ArrayBuffer> {
  assembled ??= moduleBytes([
    combine(),
    extreme("strongest", f32x4.abs),
    extreme("largest", (value) => value),
    dots(),
    spread(),
  ]);
  return assembled;
}

const pairBytes = 8;
const blockBytes = 4 * block;

/** Fills the registers with a block of base + Σ factor·row. `at`: where the block begins in every row. */
function accumulate(
  f: FunctionAssembler,
  sums: readonly Local<"v128">[],
  from: { readonly base: Local<"i32">; readonly list: Local<"i32">; readonly end: Local<"i32"> },
  at: Local<"i32">,
): readonly Statement[] {
  const [pointer, pair, factor] = [f.variable("i32"), f.variable("i32"), f.variable("v128")];
  return [
    pointer.set(i32.add(from.base, at)),
    ...sums.map((sum, k) => sum.set(f32x4.load(pointer, 16 * k))),
    pair.set(from.list),
    when(
      i32.less(pair, from.end),
      repeatWhile(
        i32.less(pair, from.end),
        pointer.set(i32.add(i32.load(pair), at)),
        factor.set(f32x4.loadSplat(pair, 4)),
        ...sums.map((sum, k) => sum.set(f32x4.add(sum, f32x4.multiply(factor, f32x4.load(pointer, 16 * k))))),
        pair.set(i32.add(pair, i32.of(pairBytes))),
      ),
    ),
  ];
}

/** list + 8·count, without a multiplication: three doublings. */
function endOf(list: Local<"i32">, count: Local<"i32">, end: Local<"i32">): readonly Statement[] {
  const twice = end.set(i32.add(end, end));
  return [end.set(count), twice, twice, twice, end.set(i32.add(end, list))];
}

function combine(): Assembled {
  const f = new FunctionAssembler();
  const [out, base, list, count, bytes] = Array.from({ length: 5 }, () => f.parameter("i32"));
  const [at, end, pointer] = Array.from({ length: 3 }, () => f.variable("i32"));
  const sums = Array.from({ length: registers }, () => f.variable("v128"));
  return f.assemble("combine", [
    ...endOf(list, count, end),
    repeatWhile(
      i32.less(at, bytes),
      ...accumulate(f, sums, { base, list, end }, at),
      pointer.set(i32.add(out, at)),
      ...sums.map((sum, k) => f32x4.store(pointer, sum, 16 * k)),
      at.set(i32.add(at, i32.of(blockBytes))),
    ),
  ]);
}

function extreme(name: string, measure: (value: Expression<"v128">) => Expression<"v128">): Assembled {
  const f = new FunctionAssembler();
  const [out, base, list, count, bytes] = Array.from({ length: 5 }, () => f.parameter("i32"));
  const least = f.parameter("f32");
  const [at, end, found] = Array.from({ length: 3 }, () => f.variable("i32"));
  const [most, best] = [f.variable("v128"), f.variable("v128")];
  const sums = Array.from({ length: registers }, () => f.variable("v128"));
  const all = sums.map(measure).reduce((a, b) => f32x4.larger(a, b));
  const [first, second, third, fourth] = ([0, 1, 2, 3] as const).map((lane) => f32x4.lane(most, lane));
  return f.assemble(
    name,
    [
      ...endOf(list, count, end),
      found.set(i32.of(-1)),
      best.set(f32x4.splat(least)),
      repeatWhile(
        i32.less(at, bytes),
        ...accumulate(f, sums, { base, list, end }, at),
        most.set(all),
        // Seldom: of many blocks only few are larger than all before them.
        when(
          f32x4.anyMore(most, best),
          best.set(f32x4.splat(f32.max(f32.max(first, second), f32.max(third, fourth)))),
          found.set(at),
          ...sums.map((sum, k) => f32x4.store(out, sum, 16 * k)),
        ),
        at.set(i32.add(at, i32.of(blockBytes))),
      ),
    ],
    found,
  );
}

function dots(): Assembled {
  const f = new FunctionAssembler();
  const [out, list, count, vector, bytes] = Array.from({ length: 5 }, () => f.parameter("i32"));
  const [at, end, row, other, pair, to] = Array.from({ length: 6 }, () => f.variable("i32"));
  const sums = Array.from({ length: registers }, () => f.variable("v128"));
  const [total] = [f.variable("v128")];
  const whole = sums.map((sum) => sum as Expression<"v128">).reduce((a, b) => f32x4.add(a, b));
  const [first, second, third, fourth] = ([0, 1, 2, 3] as const).map((lane) => f32x4.lane(total, lane));
  return f.assemble("dots", [
    ...endOf(list, count, end),
    pair.set(list),
    to.set(out),
    when(
      i32.less(pair, end),
      repeatWhile(
        i32.less(pair, end),
        ...sums.map((sum) => sum.set(f32x4.zero)),
        at.set(i32.of(0)),
        repeatWhile(
          i32.less(at, bytes),
          row.set(i32.add(i32.load(pair), at)),
          other.set(i32.add(vector, at)),
          ...sums.map((sum, k) =>
            sum.set(f32x4.add(sum, f32x4.multiply(f32x4.load(row, 16 * k), f32x4.load(other, 16 * k)))),
          ),
          at.set(i32.add(at, i32.of(blockBytes))),
        ),
        total.set(whole),
        f32.store(to, f32.add(f32.add(first, second), f32.add(third, fourth))),
        to.set(i32.add(to, i32.of(4))),
        pair.set(i32.add(pair, i32.of(pairBytes))),
      ),
    ),
  ]);
}

function spread(): Assembled {
  const f = new FunctionAssembler();
  const [list, count, first, secondFactors, second, bytes] = Array.from({ length: 6 }, () => f.parameter("i32"));
  const [at, end, row, one, other, pair, from] = Array.from({ length: 7 }, () => f.variable("i32"));
  const [factor, secondFactor] = [f.variable("v128"), f.variable("v128")];
  return f.assemble("spread", [
    ...endOf(list, count, end),
    pair.set(list),
    from.set(secondFactors),
    when(
      i32.less(pair, end),
      repeatWhile(
        i32.less(pair, end),
        factor.set(f32x4.loadSplat(pair, 4)),
        secondFactor.set(f32x4.loadSplat(from)),
        at.set(i32.of(0)),
        repeatWhile(
          i32.less(at, bytes),
          row.set(i32.add(i32.load(pair), at)),
          one.set(i32.add(first, at)),
          other.set(i32.add(second, at)),
          ...Array.from({ length: registers }, (_, k) => {
            const a = f32x4.multiply(factor, f32x4.load(one, 16 * k));
            const b = f32x4.multiply(secondFactor, f32x4.load(other, 16 * k));
            return f32x4.store(row, f32x4.add(f32x4.load(row, 16 * k), f32x4.add(a, b)), 16 * k);
          }),
          at.set(i32.add(at, i32.of(blockBytes))),
        ),
        from.set(i32.add(from, i32.of(4))),
        pair.set(i32.add(pair, i32.of(pairBytes))),
      ),
    ),
  ]);
}
