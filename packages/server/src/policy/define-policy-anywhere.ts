import { registerHooks } from "node:module";

const name = "portcullis/define-policy";
const own = new URL(
  import.meta.url.endsWith(".ts") ? "../define-policy.ts" : "../define-policy.js",
  import.meta.url,
).href;

let isDone = false;

/**
 * Lets a policy module lie in any folder. What it imports from `portcullis/define-policy` is the
 * program's own, where the package is not installed and also where another version of it is. Its
 * TypeScript is a module, whatever a package.json around it says of `.js` files.
 */
export function resolveDefinePolicy(): void {
  if (isDone) return;
  isDone = true;
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier === name) return { url: own, shortCircuit: true };
      const resolved = next(specifier, context);
      return /^file:.*\.ts(?:\?|$)/.test(resolved.url) && !resolved.url.includes("/node_modules/")
        ? { ...resolved, format: "module-typescript" }
        : resolved;
    },
  });
}
