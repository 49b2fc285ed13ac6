/** @file forwardFourier: the spectrum of one plane of pixels, in double precision, of any size. */

export interface HalfSpectrum {
  /** Vertical frequencies 0 … ⌊H/2⌋; the others are their mirror images. */
  readonly rows: number;
  /** Horizontal frequencies 0 … W − 1. */
  readonly columns: number;
  /** Real parts, row by row. */
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** @param plane H×W */
export function forwardFourier(plane: ArrayLike<number>, height: number, width: number): HalfSpectrum {
  const rows = Math.floor(height / 2) + 1;
  const lines = { re: Float64Array.from(plane), im: new Float64Array(height * width) };
  const alongX = axisTransform(width);
  for (let y = 0; y < height; y++) {
    const { re, im } = alongX(lines, y * width, 1);
    lines.re.set(re, y * width);
    lines.im.set(im, y * width);
  }
  const out = { re: new Float64Array(rows * width), im: new Float64Array(rows * width) };
  const alongY = axisTransform(height);
  for (let l = 0; l < width; l++) {
    const { re, im } = alongY(lines, l, width);
    for (let k = 0; k < rows; k++) {
      out.re[k * width + l] = re[k];
      out.im[k * width + l] = im[k];
    }
  }
  return { rows, columns: width, ...out };
}

interface Line {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/**
 * The transform of lines of n numbers, by Cooley and Tukey's division into the prime factors of n. A line starts at a place
 * and goes on by a stride; what comes back is reused for the next.
 */
function axisTransform(n: number): (from: Line, start: number, stride: number) => Line {
  const line = (): Line => ({ re: new Float64Array(n), im: new Float64Array(n) });
  const [out, terms] = [line(), line()];
  const cos = Float64Array.from({ length: n }, (_, i) => Math.cos((2 * Math.PI * i) / n));
  const sin = Float64Array.from({ length: n }, (_, i) => -Math.sin((2 * Math.PI * i) / n));

  /** @param turns how many times n is the length of this part: its waves are those of the whole, so many times faster */
  const transform = (from: Line, start: number, stride: number, length: number, turns: number, at: number): void => {
    if (length === 1) {
      out.re[at] = from.re[start];
      out.im[at] = from.im[start];
      return;
    }
    const factor = smallestFactor(length);
    const part = length / factor;
    for (let r = 0; r < factor; r++) {
      transform(from, start + r * stride, stride * factor, part, turns * factor, at + r * part);
    }
    for (let k = 0; k < part; k++) {
      for (let r = 0; r < factor; r++) {
        terms.re[r] = out.re[at + r * part + k];
        terms.im[r] = out.im[at + r * part + k];
      }
      for (let q = 0; q < factor; q++) {
        const frequency = (k + q * part) * turns;
        let re = 0;
        let im = 0;
        for (let r = 0; r < factor; r++) {
          const turn = (frequency * r) % n;
          re += terms.re[r] * cos[turn] - terms.im[r] * sin[turn];
          im += terms.re[r] * sin[turn] + terms.im[r] * cos[turn];
        }
        out.re[at + q * part + k] = re;
        out.im[at + q * part + k] = im;
      }
    }
  };

  return (from, start, stride) => {
    transform(from, start, stride, n, 1, 0);
    return out;
  };
}

/** Four first: half as many passes as two by two. */
function smallestFactor(n: number): number {
  if (n % 4 === 0) return 4;
  for (let factor = 2; factor * factor <= n; factor++) if (n % factor === 0) return factor;
  return n;
}
