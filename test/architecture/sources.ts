import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";

export const root = join(import.meta.dirname, "..", "..");

/** The source files below a folder, without tests, by their paths in the repository. */
export const sourcesBelow = (folder: string): readonly string[] =>
  globSync(`${folder}/**/*.{ts,tsx}`, {
    cwd: root,
    exclude: (name) => /node_modules|dist/.test(name),
  })
    .map((file) => file.split(sep).join("/"))
    .filter((file) => !file.endsWith(".test.ts"));

export const textOf = (file: string): string => readFileSync(join(root, file), "utf8");

const importForms = [
  /^(?:import|export)\s[^;]*?from\s+"([^"]+)"/gm,
  /^import\s+"([^"]+)"/gm,
  /\bimport\("([^"]+)"\)/g,
];

/** What a file imports, or loads when it is needed, as it is written there. */
export function importsOf(file: string): readonly string[] {
  const text = textOf(file);
  return importForms.flatMap((form) => [...text.matchAll(form)].map((match) => match[1] ?? ""));
}

/** Folders from the lowest to the highest; `""` is the files beside them. */
export type Layers = readonly (readonly string[])[];

/**
 * Imports that do not lead down: to a folder of the same layer, of a higher one, or of none.
 *
 * @param folder whose immediate folders are the layers
 */
export function upwardImports(folder: string, layers: Layers): readonly string[] {
  const rankOf = (name: string): number => layers.findIndex((layer) => layer.includes(name));
  const leadsDown = (from: string, target: string): boolean => {
    if (!target.startsWith(`${folder}/`)) return false;
    const to = layerOf(folder, target);
    return from === to || (rankOf(to) !== -1 && rankOf(to) < rankOf(from));
  };
  return sourcesBelow(folder).flatMap((file) => {
    const from = layerOf(folder, file);
    return importsOf(file)
      .filter((specifier) => specifier.startsWith(".") && !specifier.endsWith(".css"))
      .filter((specifier) => !leadsDown(from, join(dirname(file), specifier)))
      .map((specifier) => `${file} imports ${specifier}`);
  });
}

/** The immediate folder of `folder` that a file is in; `""` for a file beside the folders. */
export function layerOf(folder: string, file: string): string {
  const [first = "", ...rest] = relative(folder, file).split("/");
  return rest.length === 0 ? "" : first;
}
