import type { shownResponse } from "../../../admin/incidents/responses.ts";
import type { askAdmin } from "../../ask-admin.ts";
import { readDuration } from "../../read-duration.ts";
import { text } from "../../sources.ts";
import { Misuse, type Say, tableLines } from "../../terminal.ts";
import type { Command } from "../../verb.ts";
import { responseActs } from "../../../watch/responses/response.ts";

export type Ask = <T>(path: string, change?: Parameters<typeof askAdmin>[3]) => Promise<T>;

/** One incident, and what was typed beside it. */
interface About {
  readonly id: string;
  readonly path: string;
  readonly values: Command["values"];
}

type Shown = ReturnType<typeof shownResponse>;
interface Possible {
  readonly do: string;
  readonly key?: { readonly kind: string };
  readonly reach?: { readonly people: number; readonly of: number };
  readonly may: boolean;
  readonly because?: string;
}
interface Listed {
  readonly items: readonly Shown[];
  readonly can: readonly Possible[];
}

async function list(ask: Ask, { path, values }: About, say: Say): Promise<number> {
  const control = text(values["control"]);
  const query = control === undefined ? "" : `?${new URLSearchParams({ control }).toString()}`;
  const listed = await ask<Listed>(`${path}/responses${query}`);
  const done = listed.items.map((one) => [one.id, one.do, one.key.kind, one.state, one.until]);
  const can = listed.can.map(({ because = "", do: act, key, may, reach }) => [
    act,
    key?.kind ?? "",
    reach === undefined ? "" : `${reach.people} of ${reach.of} people`,
    may ? "yes" : `no: ${because}`,
  ]);
  say(
    listed,
    [
      done.length === 0
        ? "Nothing was done about it."
        : tableLines([["ID", "WHAT", "ABOUT", "STATE", "UNTIL"], ...done]),
      "",
      tableLines([["WITH", "ABOUT", "TOUCHES", "MAY BE DONE"], ...can]),
    ].join("\n"),
  );
  return 0;
}

async function respond(ask: Ask, { path, values }: About, say: Say): Promise<number> {
  const act = text(values["with"]);
  if (act === undefined || !responseActs.some((one) => one === act))
    throw new Misuse(`say what is done: --with ${responseActs.join("|")}`);
  const reason = text(values["why"]);
  if (reason === undefined)
    throw new Misuse("--why is missing: it stands in the incident and in the audit.");
  const lasting = text(values["for"]);
  const control = text(values["control"]);
  const done = await ask<Shown>(`${path}/responses`, {
    method: "POST",
    body: {
      do: act,
      reason,
      ...(control === undefined ? {} : { control }),
      ...(lasting === undefined ? {} : { ttlSeconds: readDuration("for", lasting) / 1000 }),
    },
  });
  const { people, of } = done.reach;
  say(
    done,
    `${done.do} holds until ${done.until}, about one ${done.key.kind}: ${people} of ${of} people.\n` +
      `To take it back: ${done.undo}`,
  );
  return 0;
}

async function undo(ask: Ask, { id, path, values }: About, say: Say): Promise<number> {
  const only = text(values["response"]);
  const { items } = await ask<Listed>(`${path}/responses`);
  const holding = items.filter(({ id: one, state }) => state === "holds" && (only ?? one) === one);
  if (holding.length === 0)
    throw new Misuse(
      `no such response holds.\nTo see which do: portcullis incidents responses ${id}`,
    );
  const undone: Shown[] = [];
  for (const one of holding)
    undone.push(
      await ask<Shown>(`${path}/responses/${encodeURIComponent(one.id)}`, { method: "DELETE" }),
    );
  say(undone, undone.map((one) => `Undone: ${one.do} (${one.id}).`).join("\n"));
  return 0;
}

/** What `portcullis incidents` does about one incident, beside saying what it was. */
export const responseActions: Readonly<
  Record<string, (ask: Ask, about: About, say: Say) => Promise<number>>
> = { responses: list, respond, undo };
