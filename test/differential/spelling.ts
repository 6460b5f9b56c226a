import type { Random } from "./random.ts";

const letters = /[A-Za-z]/g;
/** Changes some of the letters. */
export const randomly = (text: string, random: Random, change: (one: string) => string): string =>
  text.replace(letters, (one) => (random.chance(2) ? change(one) : one));
export const swapCase = (one: string): string =>
  one === one.toLowerCase() ? one.toUpperCase() : one.toLowerCase();
export const escaped = (one: string): string =>
  `%${one.charCodeAt(0).toString(16).padStart(2, "0")}`;
