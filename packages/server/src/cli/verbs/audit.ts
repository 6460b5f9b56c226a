import { retentionOf } from "@portcullis/identity/policy";
import type { ChainHead } from "../../store/audit-chain/head.ts";
import { type ChainVerdict, verifyChain } from "../../store/audit-chain/verify-chain.ts";
import { extendChain } from "../../store/audit-chain/extend-chain.ts";
import { configFlag, directoryFlag, jsonFlag, profileFlag } from "../policy-flags.ts";
import { type OpenedStore, withStore } from "../open-store.ts";
import { text } from "../sources.ts";
import { Misuse, type Say, sayTo, tableLines, type Terminal } from "../terminal.ts";
import type { Command, Environment, Flags } from "../verb.ts";

export const actions = {
  list: { help: "the newest entries: who did what to whom" },
  verify: { help: "whether entries were changed, taken out, put in or moved" },
} as const;

export const flags = {
  config: configFlag,
  profile: profileFlag,
  directory: directoryFlag,
  most: { type: "string", help: "with list: how many (20)" },
  head: {
    type: "string",
    help: "with verify: a head that was noted down, SEQUENCE:HASH; the chain must go through it",
  },
  json: jsonFlag,
} satisfies Flags;

export const example = "portcullis audit verify";

/** What was done to accounts, clients, keys and the policy, and whether that is all of it. */
export async function run(
  command: Command,
  environment: Environment,
  terminal: Terminal,
): Promise<number> {
  const { values, words } = command;
  const say = sayTo(terminal, values);
  const known = headOf(text(values["head"]));
  const most = mostOf(text(values["most"]));
  return withStore(command, environment, async (opened) => {
    if (words[0] === "verify") return verify(opened, known, say);
    const entries = (await opened.store.audit.newest(most)).map(({ atMs, ...entry }) => ({
      at: new Date(atMs).toISOString(),
      ...entry,
    }));
    say(
      entries,
      tableLines([
        ["AT", "WHO", "DID", "TO"],
        ...entries.map(({ about, action, actor, at }) => [at, actor, action, about]),
      ]),
    );
    return 0;
  });
}

async function verify(
  { policy, sealing, store }: OpenedStore,
  known: ChainHead | undefined,
  say: Say,
): Promise<number> {
  // Entries that this command line has written wait for a running gate, and there may be none.
  await extendChain(store, sealing).catch(() => 0);
  const keepMs = retentionOf(policy).audit;
  const verdict = await verifyChain(store, sealing, { keepMs, nowMs: Date.now(), known });
  say(verdict, wordsOf(verdict));
  return verdict.intact ? 0 : 1;
}

const wordsOf = ({ entries, fault, from, head, intact, waiting }: ChainVerdict): string =>
  [
    intact
      ? `The audit is whole: ${entries} entries, from ${from} to ${head.sequence}.`
      : `The audit is NOT whole: ${fault}.`,
    ...(waiting === 0 ? [] : [`${waiting} entries wait for their place in the chain.`]),
    `Its head: ${head.sequence}:${head.hash}`,
    "Note the head down where nobody who can write to the store can reach it; later,",
    `'portcullis audit verify --head ${head.sequence}:${head.hash.slice(0, 8)}...' shows whether the end was cut off.`,
  ].join("\n");

/** @throws Misuse */
function headOf(said: string | undefined): ChainHead | undefined {
  if (said === undefined) return undefined;
  const [, sequence, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(said) ?? [];
  if (sequence === undefined || hash === undefined)
    throw new Misuse(
      `--head ${said} is no head; expected SEQUENCE:HASH as 'audit verify' prints it`,
    );
  return { sequence: Number(sequence), hash };
}

/** @throws Misuse */
function mostOf(said: string | undefined): number {
  if (said === undefined) return 20;
  if (!/^[1-9]\d{0,3}$/.test(said))
    throw new Misuse(`--most ${said} is not understood; expected a number from 1 to 9999`);
  return Number(said);
}
