import type { AdminApi } from "./admin-api/admin-api.ts";
import { confirmByPasskey } from "./confirm-by-passkey.ts";
import { heard, notHeard } from "./freshness.ts";
import { Problem, problemOf } from "./problem.ts";
import { goToSignIn, readSession, session } from "./session.ts";

/** `GET /incidents/{id}`: every question that the admin API answers. */
export type Wish = keyof AdminApi;
export type AnswerTo<W extends Wish> = AdminApi[W]["answer"];
/** Questions that change nothing. */
export type Reading = Extract<Wish, `GET ${string}`>;

export interface Asked {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  /** Stands in the audit beside the act. */
  readonly why?: string;
  /** Asked by the page itself, and not because somebody sits before it. */
  readonly background?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Asks the admin API.
 *
 * @throws Problem
 */
export async function ask<W extends Wish>(wish: W, asked: Asked = {}): Promise<AnswerTo<W>> {
  const first = await send(wish, asked);
  if (first.ok) return (await read(first)) as AnswerTo<W>;
  const problem = await problemOf(first);
  if (problem.code === "sign-in-needed" || problem.status === 401) goToSignIn();
  if (problem.code === "act-token-missing") await readSession();
  else if (problem.code === "passkey-needed") await confirmByPasskey();
  else throw problem;
  // Once: what has asked for it is there now.
  const second = await send(wish, asked);
  if (!second.ok) throw await problemOf(second);
  return (await read(second)) as AnswerTo<W>;
}

/** The address of a question, as `fetch` and `copy as command` have it. */
export function targetOf(wish: Wish, { path = {}, query = {} }: Asked): string {
  const [, template = ""] = wish.split(" ");
  const filled = template.replaceAll(/\{(\w+)\}/g, (_all, name: string) =>
    encodeURIComponent(path[name] ?? ""),
  );
  const asked = new URLSearchParams(
    Object.entries(query).flatMap(([name, value]) =>
      value === undefined || value === "" ? [] : [[name, value]],
    ),
  );
  return asked.size === 0 ? filled : `${filled}?${asked.toString()}`;
}

async function send(wish: Wish, asked: Asked): Promise<Response> {
  const { background = false, body, signal, why } = asked;
  const [method = "GET"] = wish.split(" ");
  const actToken = method === "GET" ? undefined : session.get()?.actToken;
  try {
    const answer = await fetch(targetOf(wish, asked), {
      method,
      headers: {
        Accept: "application/json",
        ...(background ? { "Portcullis-Background": "1" } : {}),
        ...(actToken === undefined ? {} : { "Portcullis-Act": actToken }),
        ...(why === undefined ? {} : { "Portcullis-Why": encodeURIComponent(why) }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    heard();
    return answer;
  } catch (fault) {
    if (signal?.aborted === true) throw fault;
    notHeard();
    throw new Problem(0, { title: "The gate does not answer" });
  }
}

/** An answer that has arrived by half is none. */
async function read(answer: Response): Promise<unknown> {
  try {
    return answer.headers.get("content-type")?.includes("json") === true
      ? await answer.json()
      : await answer.text();
  } catch {
    throw new Problem(0, { title: "The answer did not arrive whole" });
  }
}
