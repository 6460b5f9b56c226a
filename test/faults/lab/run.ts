import { heldOn } from "./held-on.ts";
import { keepAlive } from "./keep-alive.ts";
import { soak } from "./soak.ts";
import { rollingRestart } from "./rolling-restart.ts";

/** What takes too long for `npm test`: `npm run faults`, or some of them by name. */
const labs: Readonly<Record<string, () => Promise<void>>> = {
  "held-on": heldOn,
  "keep-alive": keepAlive,
  "rolling-restart": rollingRestart,
  soak,
};

const wanted = process.argv.slice(2);
for (const name of wanted.length === 0 ? Object.keys(labs) : wanted) {
  const lab = labs[name];
  if (lab === undefined) {
    console.error(`There is no '${name}'. There are: ${Object.keys(labs).join(", ")}.`);
    process.exit(2);
  }
  console.log(`\n${name}`);
  await lab();
}
process.exit(0);
