import type { Act } from "../../acts/act.ts";
import { Problem } from "../../api/problem.ts";
import { ask } from "../../api/admin-client.ts";
import { commandText } from "../../text/shell.ts";
import { callerWords } from "../../words/callers.ts";

const { acts: words } = callerWords;
const forSeconds = 3600;

/** Tells who a pseudonym stands for; only the page that asked knows it afterwards. */
export const revealing = (pseudonym: string, told: (subject: string) => void): Act => ({
  id: `reveal ${pseudonym}`,
  name: words.reveal,
  needs: "operator",
  danger: true,
  reach: words.revealReach,
  why: words.revealWhy,
  command: commandText("portcullis", "records", "reveal", pseudonym, "--because", "…"),
  run: async (because) => {
    const { subject } = await ask("POST /pseudonyms/{pseudonym}/reveal", {
      path: { pseudonym: pseudonym.replace(/^~/, "") },
      body: { because },
      why: because,
    });
    told(subject);
    return undefined;
  },
});

export interface Revoked {
  readonly kind: "subject" | "session";
  readonly value: string;
  /** Undefined where one source knows all callers. */
  readonly source: string | undefined;
  readonly reach: string;
}

/** Refuses what a source has given out until now. Taken back by one press. */
export function revoking({ kind, reach, source, value }: Revoked): Act {
  const named = source === undefined ? {} : { source };
  const verb = kind === "subject" ? "users" : "sessions";
  return {
    id: `revoke ${kind} ${source ?? ""} ${value}`,
    name: kind === "subject" ? words.revoke : words.revokeSession,
    needs: "operator",
    danger: true,
    reach,
    why: words.why,
    command: commandText(
      "portcullis",
      verb,
      "revoke",
      value,
      ...(source === undefined ? [] : ["--source", source]),
    ),
    run: async (why) => {
      await ask("POST /revocations", { body: { kind, value, ...named }, why });
      return {
        name: words.revokeUndo,
        run: async () =>
          void (await ask("POST /revocations/lift", { body: { kind, value, ...named } })),
      };
    },
  };
}

export interface PressedCaller {
  readonly kind: "user" | "address";
  readonly value: string;
  readonly operations: string;
  readonly reach: string;
}

const lift = async ({ kind, operations, value }: PressedCaller, why?: string): Promise<void> =>
  void (await ask("POST /pressure/{kind}/{value}/lift", {
    path: { kind, value },
    body: { operations },
    ...(why === undefined ? {} : { why }),
  }));

/** Lets requests cost a step more for an hour, and as usual again. */
export function pressing(pressed: PressedCaller): readonly Act[] {
  const { kind, operations, reach, value } = pressed;
  const key = `${kind}:${value}`;
  const command = (verb: string, ...more: readonly string[]): string =>
    commandText("portcullis", "limits", verb, key, "--operations", operations, ...more);
  return [
    {
      id: `press ${key} ${operations}`,
      name: words.press(operations),
      needs: "operator",
      reach: words.pressReach(operations, reach),
      why: words.why,
      command: command("pressure", "--for", "1h"),
      run: async (why) => {
        await ask("POST /pressure/{kind}/{value}", {
          path: { kind, value },
          body: { operations, forSeconds },
          why,
        });
        return { name: words.press(operations), run: () => lift(pressed) };
      },
    },
    {
      id: `release ${key} ${operations}`,
      name: words.release(operations),
      needs: "operator",
      reach: words.releaseReach(operations),
      why: words.why,
      command: command("lift"),
      run: async (why) => {
        await lift(pressed, why);
        return undefined;
      },
    },
  ];
}

/** Gives back what limits have taken. Nothing takes that back: it is used up again by asking. */
export const givingBack = (key: string): Act => ({
  id: `give ${key}`,
  name: words.give,
  needs: "operator",
  reach: words.giveReach(key),
  why: words.why,
  command: commandText("portcullis", "limits", "give", key),
  run: async (why) => {
    const { limits } = await ask("POST /limits/give", { body: { keys: [key] }, why });
    if (!limits.some(({ given }) => given)) throw new Problem(409, { title: words.giveNone });
    return undefined;
  },
});
