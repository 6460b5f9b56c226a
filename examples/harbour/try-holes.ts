// Tries every hole on the bare backend and through the gate, and prints what stood open.
import { startGatedBank } from "./gated-bank.ts";
import { tryHoles } from "./holes.ts";

const started = await startGatedBank({ ownLimits: true });
const outcomes = await tryHoles(started.bare, started.through(), (username, password) =>
  started.login(username, password),
);
console.log(`${"".padEnd(12)}${"BARE".padEnd(8)}GATE`);
for (const { bare, gated, hole } of outcomes)
  console.log(
    `${hole.risk.padEnd(12)}${(bare ? "open" : "closed").padEnd(8)}${(gated ? "open" : "closed").padEnd(8)}${hole.name}`,
  );
started.close();
process.exitCode = outcomes.some((outcome) => outcome.gated) ? 1 : 0;
