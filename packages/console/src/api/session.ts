import { type Kept, makeKept } from "../state/kept.ts";
import { problemOf } from "./problem.ts";

export type Role = "viewer" | "operator" | "admin";
const roles: readonly Role[] = ["viewer", "operator", "admin"];

/** Who is signed in, and what acts are sent with. */
export interface Session {
  readonly name: string;
  readonly role: Role;
  readonly actToken: string | undefined;
  readonly node: string | undefined;
}

export const session: Kept<Session | undefined> = makeKept<Session | undefined>(undefined);

export const mayDo = (who: Session | undefined, needs: Role): boolean =>
  who !== undefined && roles.indexOf(who.role) >= roles.indexOf(needs);

/** @throws Problem where nobody answers */
export async function readSession(): Promise<Session | undefined> {
  const answer = await fetch("/session", {
    headers: { Accept: "application/json", "Portcullis-Background": "1" },
  });
  if (answer.status === 401) goToSignIn();
  if (!answer.ok) throw await problemOf(answer);
  const read = (await answer.json()) as Record<string, string>;
  const role = roles.find((one) => one === read["role"]);
  if (role === undefined) return undefined;
  const found = {
    name: read["name"] ?? read["actor"] ?? "",
    role,
    actToken: read["actToken"],
    node: read["node"],
  };
  session.set(found);
  return found;
}

/** The view that somebody came for is there again when they have signed in. */
export function goToSignIn(): void {
  const next = encodeURIComponent(location.pathname + location.search);
  location.assign(`/sign-in?next=${next}`);
}
