/** Narrower than this, a column tells nothing. */
const least = 8;
/** What stands between two columns. */
const gap = 2;

/**
 * Shortens the widest cells until a row fits the terminal. What is cut ends in an ellipsis; `--json`
 * holds it whole.
 */
export function fitColumns(
  rows: readonly (readonly string[])[],
  width: number,
): readonly (readonly string[])[] {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, cell.length)));
  const room = width - gap * (widths.length - 1);
  while (widths.reduce((sum, one) => sum + one, 0) > room) {
    const widest = Math.max(...widths);
    if (widest <= least) break;
    widths[widths.indexOf(widest)] = widest - 1;
  }
  return rows.map((row) =>
    row.map((cell, index) => {
      const most = widths[index] ?? cell.length;
      return cell.length <= most ? cell : `${cell.slice(0, most - 1)}…`;
    }),
  );
}
