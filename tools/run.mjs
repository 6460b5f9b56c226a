// The one file that must run on whatever Node the machine has (20 or newer): it installs what is
// missing, then hands over to the Node this repository pins.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const pinnedNode = join(root, "node_modules", "node", "bin", "node");
const stamp = join(root, "node_modules", ".installed-from");
const lock = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .digest("hex");

function must(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2] });
  if (error ?? status !== 0) {
    console.error(
      `portcullis: '${command} ${args.join(" ")}' failed${error ? `: ${error.message}` : ""}. Mend what it says above and run the same command again.`,
    );
    process.exit(2);
  }
}

if (!existsSync(pinnedNode) || !existsSync(stamp) || readFileSync(stamp, "utf8") !== lock) {
  console.error("portcullis: installing what is missing (once, about a minute) ...");
  must("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
  // Install scripts are off; the pinned runtime is the one package that needs its own.
  must("npm", ["rebuild", "node", "--ignore-scripts=false", "--loglevel=error"]);
  writeFileSync(stamp, lock);
}

/** Who started this process, and who started that, where it is a shell that Linux tells of. */
function starters() {
  const file = `/proc/${process.ppid}/stat`;
  const [, name, parent] = existsSync(file)
    ? (/\((.*)\) \S (\d+)/.exec(readFileSync(file, "utf8")) ?? [])
    : [];
  return [process.ppid, name === "sh" ? parent : undefined];
}

const [first, ...rest] = process.argv.slice(2);
const args =
  first === "--bin"
    ? [join(root, "node_modules", ".bin", rest[0]), ...rest.slice(1)]
    : [
        "--conditions=@portcullis/source",
        "--disable-warning=ExperimentalWarning",
        join(root, first),
        ...rest,
      ];
const child = spawn(pinnedNode, args, {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, PATH: `${dirname(pinnedNode)}:${process.env.PATH}` },
});
// The program decides how it ends; this process waits for it and ends as it did.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
// A killed npm says nothing to what it has started, and the shell between the two lives on.
const [starter, npm] = starters();
if (process.env.npm_lifecycle_event !== undefined) {
  const watch = setInterval(() => {
    const [starterNow, npmNow] = starters();
    if (starterNow === starter && npmNow === npm) return;
    clearInterval(watch);
    child.kill("SIGTERM");
  }, 500);
  watch.unref();
}
child.once("exit", (status, signal) => process.exit(status ?? 128 + constants.signals[signal]));
