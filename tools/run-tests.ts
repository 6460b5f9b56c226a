// Runs every test of the repository on Node's own runner. Arguments narrow it: npm test -- packages/guard/src/limits
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const narrowed = process.argv.slice(2).filter((argument) => !argument.startsWith("-"));
const patterns = (narrowed.length > 0 ? narrowed : ["packages", "examples", "test"]).map((path) => (path.endsWith(".ts") ? path : `${path}/**/*.test.ts`));
const { status } = spawnSync(
  process.execPath,
  ["--conditions=@portcullis/source", "--disable-warning=ExperimentalWarning", "--test", "--test-concurrency=2", "--test-timeout=120000", ...patterns],
  { cwd: root, stdio: "inherit" },
);
process.exit(status ?? 1);
