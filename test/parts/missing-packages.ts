// Prints the Debian packages of the parts that this machine does not have, for .ci/run to install.
import { findPart, type Part } from "./part.ts";
import { parts } from "./parts.ts";

const rows: readonly (readonly [string, Part<unknown, unknown>])[] = Object.entries(parts);
const missing = rows.flatMap(([name, part]) =>
  typeof part.get === "object" && part.optional === undefined && "missing" in findPart(name, part)
    ? part.get.debian
    : [],
);
console.log(missing.join(" "));
