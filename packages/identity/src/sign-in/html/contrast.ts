/** The ink of the light pages, and their paper. */
const inks = ["#ffffff", "#1c2321"] as const;

/** The text that is easier to read on a colour: white where both are. */
export const textOn = (background: string): string =>
  contrast(inks[0], background) >= leastContrast ||
  contrast(inks[0], background) >= contrast(inks[1], background)
    ? inks[0]
    : inks[1];

/** Of text and what is behind it (WCAG 2.2, 1.4.3). */
const leastContrast = 4.5;

/** Between two colours such as `#0b6e4f`, from 1 to 21 (WCAG 2.2, contrast ratio). */
export function contrast(one: string, other: string): number {
  const [lighter = 0, darker = 0] = [luminance(one), luminance(other)].toSorted(
    (first, second) => second - first,
  );
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
