import { execFile } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { compilePackage } from "../../../tools/compile-package.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const run = promisify(execFile);

/** The examples of the client's page that are for phones, in their order there. */
export function samples(): { readonly [Name in "expo" | "reactNative" | "component"]: string } {
  const page = readFileSync(join(root, "docs", "client.md"), "utf8");
  const found = [...page.matchAll(/```tsx\n([\s\S]*?)```/g)].map((match) => match[1] as string);
  const [expo, reactNative, component] = found as [string, string, string];
  return { expo, reactNative, component };
}

export interface BuiltApp {
  readonly folder: string;
  readonly bundle: string;
  readonly sha256: string;
}

export interface AppParts {
  /** The folder of what an app brings: react-native, expo and their like. */
  readonly packages: string;
  readonly sample: string;
  /** What runs before the app, as its framework has it. */
  readonly setUp: readonly string[];
  /** Whether the bundler heeds `exports` of packages: by its newer default it does. */
  readonly heedsExports: boolean;
}

/** An app of the page's example, type-checked against its real packages and bundled for iOS. */
export async function buildApp(parts: AppParts): Promise<BuiltApp> {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-phone-"));
  const app = join(folder, "app");
  const client = buildClient(folder);
  mkdirSync(app);
  writeFileSync(join(app, "package.json"), '{ "private": true }');
  writeFileSync(join(app, "client.tsx"), parts.sample);
  writeFileSync(join(app, "account.tsx"), samples().component);
  copyFileSync(join(import.meta.dirname, "app.js"), join(app, "app.js"));
  writeFileSync(
    join(app, "index.js"),
    [...parts.setUp, "./app"].map((one) => `import ${JSON.stringify(one)};\n`).join(""),
  );
  const preset = join(parts.packages, "@react-native", "babel-preset");
  writeFileSync(
    join(app, "babel.config.js"),
    `module.exports = { presets: [${JSON.stringify(preset)}] };`,
  );
  await checkTypes(app, parts.packages, client);
  const out = join(folder, "main.js");
  await run(process.execPath, [
    join(import.meta.dirname, "bundle.cjs"),
    app,
    parts.packages,
    client,
    String(parts.heedsExports),
    out,
  ]);
  const sha256 = readFileSync(join(client, "dist", "sha256.js"), "utf8");
  return {
    folder,
    bundle: readFileSync(out, "utf8"),
    sha256: `(function () {\n${sha256.replace("export function", "function")}\nglobalThis.nativeSha256 = sha256;\n})();`,
  };
}

/** The client's package as it is published. */
function buildClient(folder: string): string {
  const client = join(folder, "packages", "client");
  cpSync(join(root, "packages", "client"), client, {
    recursive: true,
    filter: (file) => !/[/\\](?:dist|node_modules)$/.test(file),
  });
  copyFileSync(join(root, "tsconfig.json"), join(folder, "tsconfig.json"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  compilePackage(client);
  return client;
}

/** As an app's own compiler would, with the bundler's way of finding modules. */
async function checkTypes(app: string, packages: string, client: string): Promise<void> {
  const config = {
    compilerOptions: {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      module: "esnext",
      moduleResolution: "bundler",
      customConditions: ["react-native"],
      jsx: "react-jsx",
      lib: ["es2022"],
      types: ["react-native"],
      typeRoots: [packages],
      paths: {
        "@portcullis/client": [join(client, "dist", "portcullis-client.d.ts")],
        "@portcullis/client/*": [join(client, "dist", "entrances", "*.d.ts")],
        "*": [join(packages, "@types", "*"), join(packages, "*")],
      },
    },
    files: ["client.tsx", "account.tsx"],
  };
  writeFileSync(join(app, "tsconfig.json"), JSON.stringify(config));
  await run(join(root, "node_modules", ".bin", "tsc"), ["-p", app]).catch(
    (fault: { stdout: string }) => {
      throw new Error(fault.stdout);
    },
  );
}
