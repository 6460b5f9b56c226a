import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Part } from "./part.ts";

/**
 * Packages of npm that are too large for everybody's installation, and that some tests need: a copy
 * of a folder with their `package.json`, installed. The test is given its `node_modules`.
 *
 * @param known one of the packages, by which they are found to be there
 */
export function packages(
  variable: string,
  known: string,
  { folder, title, use }: { readonly folder: string; readonly title: string; readonly use: string },
): Part<string, string> {
  return {
    title,
    use,
    get: `npm install --ignore-scripts --legacy-peer-deps in a copy of ${folder}, and name its node_modules with ${variable}`,
    optional: true,
    variable,
    find() {
      const place = process.env[variable];
      if (place === undefined) return { missing: "are not named" };
      return existsSync(join(place, known, "package.json"))
        ? { place }
        : { missing: `are not at ${place}` };
    },
    open: (place) => Promise.resolve(place),
  };
}
