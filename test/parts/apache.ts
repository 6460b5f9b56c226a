import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { findProgram, isExecutable } from "./find-program.ts";
import type { Find } from "./part.ts";
import { endProcess } from "./throw-away-server.ts";

const moduleFolders = [
  "/usr/lib/apache2/modules",
  "/usr/lib64/httpd/modules",
  "/usr/lib/httpd/modules",
];

export interface ApachePlace {
  readonly program: string;
  /** The folder of its modules, mod_auth_openidc among them. */
  readonly modules: string;
}

export interface Apache {
  readonly modules: string;
  /** Starts it with this configuration; it ends with the test. */
  start(configurationFile: string): void;
}

export function findApache(): Find<ApachePlace> {
  const program = process.env["PORTCULLIS_TEST_APACHE"] ?? findProgram(["apache2", "httpd"]);
  if (program === undefined || !isExecutable(program)) return { missing: "is not installed" };
  const modules = moduleFolders.find((folder) => existsSync(join(folder, "mod_auth_openidc.so")));
  return modules === undefined
    ? { missing: "has no mod_auth_openidc" }
    : { place: { program, modules } };
}

export function openApache({ modules, program }: ApachePlace, context: TestContext): Apache {
  return {
    modules,
    start(configurationFile) {
      // In one process, which ends as a whole.
      const child = spawn(program, ["-X", "-f", configurationFile], { stdio: "ignore" });
      context.after(() => endProcess(child, "SIGKILL"));
    },
  };
}
