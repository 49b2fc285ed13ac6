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
  const lines = { re: new Float64Array(height * width), im: new Float64Array(height * width) };
  const alongX = axisTransform(width);
  for (let y = 0; y < height; y++) {
    const { re, im } = alongX((x) => [plane[y * width + x], 0]);
    lines.re.set(re, y * width);
    lines.im.set(im, y * width);
  }
  const out = { re: new Float64Array(rows * width), im: new Float64Array(rows * width) };
  const alongY = axisTransform(height);
  for (let l = 0; l < width; l++) {
    const { re, im } = alongY((y) => [lines.re[y * width + l], lines.im[y * width + l]]);
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

/** The transform of lines of n numbers, by Cooley and Tukey's division into the prime factors of n. What it returns is reused. */
function axisTransform(n: number): (read: (i: number) => readonly [re: number, im: number]) => Line {
  const line = (): Line => ({ re: new Float64Array(n), im: new Float64Array(n) });
  const [given, out, terms] = [line(), line(), line()];
  const cos = Float64Array.from({ length: n }, (_, i) => Math.cos((2 * Math.PI * i) / n));
  const sin = Float64Array.from({ length: n }, (_, i) => -Math.sin((2 * Math.PI * i) / n));

  const transform = (start: number, stride: number, count: number, at: number): void => {
    if (count === 1) {
      out.re[at] = given.re[start];
      out.im[at] = given.im[start];
      return;
    }
    const factor = smallestFactor(count);
    const part = count / factor;
    for (let r = 0; r < factor; r++) transform(start + r * stride, stride * factor, part, at + r * part);
    for (let k = 0; k < part; k++) {
      for (let r = 0; r < factor; r++) {
        terms.re[r] = out.re[at + r * part + k];
        terms.im[r] = out.im[at + r * part + k];
      }
      for (let q = 0; q < factor; q++) {
        const frequency = (k + q * part) * stride;
        let [re, im] = [0, 0];
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

  return (read) => {
    for (let i = 0; i < n; i++) [given.re[i], given.im[i]] = read(i);
    transform(0, 1, n, 0);
    return out;
  };
}

function smallestFactor(n: number): number {
  for (let factor = 2; factor * factor <= n; factor++) if (n % factor === 0) return factor;
  return n;
}
