import { problemCatalogue } from "@portcullis/guard/problems";

/** The mode key of a problem; empty for a code that is none. */
export const keyOfCode = (code: string): string => problemCatalogue.get(code)?.mode ?? "";
