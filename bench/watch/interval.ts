/** Of Student's distribution, for 2.5 % at each end, by degrees of freedom. */
const quantiles = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

/** The mean of a few runs with its interval of 95 %; `never` where one of them has none. */
export function intervalOf(values: readonly number[]): string {
  const missing = values.filter((value) => !Number.isFinite(value)).length;
  if (missing === values.length) return "never";
  if (missing > 0) return `never in ${missing} of ${values.length}`;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const shown = (value: number): string => value.toFixed(Math.abs(mean) < 10 ? 1 : 0);
  const quantile = quantiles[Math.min(values.length - 2, quantiles.length - 1)];
  if (quantile === undefined) return shown(mean);
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const half = quantile * Math.sqrt(square / (values.length - 1) / values.length);
  return half === 0 ? shown(mean) : `${shown(mean)} ± ${shown(half)}`;
}
