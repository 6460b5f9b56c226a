// What object-level authorization adds: sealing and opening an id, and judging the owner named in an answer of one kilobyte.
import { randomBytes } from "node:crypto";
import { checkOwnerInAnswer } from "@portcullis/guard/authorization/ownership";
import { IdSealer } from "@portcullis/guard/authorization/sealed-ids";

const rounds = process.argv.includes("--quick") ? 20_000 : 100_000;

function microseconds(run: (index: number) => void): number {
  for (let index = 0; index < rounds / 5; index += 1) run(index);
  const before = process.cpuUsage();
  for (let index = 0; index < rounds; index += 1) run(index);
  const { system, user } = process.cpuUsage(before);
  return (user + system) / rounds;
}

const sealer = new IdSealer([randomBytes(32)]);
const handles = Array.from({ length: 1000 }, (_, index) => sealer.seal("account", "c-1001", `a-${index}`));
const answer = Buffer.from(JSON.stringify({ customerId: "c-1001", items: Array.from({ length: 12 }, (_, index) => ({ id: `p-${index}`, customerId: "c-1001", amount: index * 100, reference: "Groceries and more" })) }));

for (const [what, aim, run] of [
  ["seal an id for the first time", 6, (index: number) => void sealer.seal("account", "c-1001", `a-${index}`)],
  ["seal an id again", 6, (index: number) => void sealer.seal("account", "c-1001", `a-${index % 1000}`)],
  ["open an id again", 6, (index: number) => void sealer.open("account", "c-1001", handles[index % 1000] as string)],
  [`owner of an answer of ${answer.length} bytes, parsed`, 5, () => void checkOwnerInAnswer(JSON.parse(answer.toString()) as unknown, ["customerId"], "c-1001")],
  ["owner of each of its 12 elements, parsed", 5, () => void checkOwnerInAnswer(JSON.parse(answer.toString()) as unknown, ["items", "*", "customerId"], "c-1001")],
] as const) console.log(`${what.padEnd(48)}${microseconds(run).toFixed(1).padStart(6)} µs CPU (aim: at most ${aim})`);
