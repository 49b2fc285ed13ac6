/** @file niceTicks: round numbers along an axis, and how they are written. */

/** About `count` round numbers within a range: 1, 2 or 5 times a power of ten apart. */
export function niceTicks(low: number, high: number, count: number): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((one) => one >= rough * 0.999)!;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}

/** As many decimals as the ticks need to be told apart, and no more. */
export function tickText(value: number, ticks: readonly number[]): string {
  const step = ticks.length > 1 ? Math.abs(ticks[1] - ticks[0]) : Math.abs(value);
  if (step > 0 && (step < 0.99e-4 || Math.abs(value) >= 1e6)) {
    return Math.abs(value) < step / 2 ? "0" : value.toExponential(1).replaceAll("-", "−").replace("e+", "e");
  }
  const decimals = step === 0 ? 0 : Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
  const text = value.toFixed(Math.min(6, decimals));
  return Number(text) === 0 ? "0" : text.replace("-", "−");
}
