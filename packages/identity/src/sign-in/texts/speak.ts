import { dutch } from "./dutch.ts";
import { english, type TextName, type Texts } from "./english.ts";
import { german } from "./german.ts";

const languages: Readonly<Record<string, Texts>> = { en: english, de: german, nl: dutch };

export interface Say {
  readonly locale: string;
  (name: TextName, ...values: readonly (string | number)[]): string;
}

/**
 * The reader's language, as far as it is spoken here: `ui_locales` of the app first, then what the
 * browser asks for.
 */
export function speak(
  asked: string | undefined,
  accepted: string | undefined,
  offered: readonly string[],
): Say {
  const wanted = [
    ...(asked ?? "").split(" "),
    ...(accepted ?? "").split(",").map((one) => one.split(";", 1)[0] ?? ""),
  ].map((one) => one.trim().slice(0, 2).toLowerCase());
  const locale =
    wanted.find((one) => offered.includes(one) && Object.hasOwn(languages, one)) ??
    offered[0] ??
    "en";
  const texts = languages[locale] ?? english;
  const say = (name: TextName, ...values: readonly (string | number)[]): string =>
    texts[name].replaceAll(/\{(\d)\}/g, (_, index: string) => String(values[Number(index)] ?? ""));
  return Object.assign(say, { locale });
}
