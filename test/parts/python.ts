import { spawnSync } from "node:child_process";
import { findProgram, isExecutable } from "./find-program.ts";
import type { Find, Part } from "./part.ts";

const variable = "PORTCULLIS_TEST_PYTHON";

/** A Python that has these modules; the test is given its path. */
export function python(
  title: string,
  use: string,
  modules: readonly string[],
  debian: readonly string[],
): Part<string, string> {
  return {
    title,
    use,
    get: { debian },
    variable,
    find: () => findPython(modules),
    open: (place) => Promise.resolve(place),
  };
}

/** The system's own comes first: Debian's packages are for it. */
function findPython(modules: readonly string[]): Find<string> {
  const named = process.env[variable];
  const candidates =
    named === undefined ? ["/usr/bin/python3", findProgram(["python3"]) ?? ""] : [named];
  const script = modules.map((name) => `import ${name}`).join("\n");
  const place = candidates.find(
    (file) =>
      isExecutable(file) && spawnSync(file, ["-c", script], { timeout: 20_000 }).status === 0,
  );
  return place === undefined ? { missing: `is not installed for Python` } : { place };
}
