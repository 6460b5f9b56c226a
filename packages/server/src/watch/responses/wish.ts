import { timeOf } from "../detectors/words.ts";
import type { AttackKey } from "../detectors/evidence.ts";
import type { Incident } from "../incidents/incident.ts";
import type { Response, ResponseAct } from "./response.ts";

/** What somebody wants done about an incident. */
export interface ResponseWish {
  readonly act: ResponseAct;
  readonly forMs: number;
  readonly by: string;
  readonly reason: string;
  readonly control?: string | undefined;
  readonly mostShare?: number | undefined;
}

/** Of people, and how long, where nobody has said otherwise. */
export const usualShare = 0.005;
export const usualForMs = 3_600_000;

/** Where modes are set while the program runs. */
export interface SwitchPort {
  /** @returns the ids of the switches @throws Error in words for a person */
  enforce(
    control: string,
    operations: readonly string[],
    forMs: number,
    why: { readonly by: string; readonly reason: string },
  ): Promise<readonly string[]>;
  undo(ids: readonly string[], by: string): Promise<void>;
}

/** Whether the same is done already: then its end is moved. */
export const isSame = (
  one: Response,
  { id }: Incident,
  { act, control }: Pick<ResponseWish, "act" | "control">,
  { hash, kind }: AttackKey,
): boolean =>
  one.incident === id &&
  one.act === act &&
  one.control === control &&
  one.key.hash === hash &&
  one.key.kind === kind;

/** What is done, to whom and for how long. */
export function wordsOf(
  {
    act,
    control = "",
    named,
    of,
    operations,
    people,
  }: Pick<Response, "act" | "control" | "named" | "of" | "operations" | "people">,
  forMs: number,
): string {
  const at = operations.join(", ");
  const words: Readonly<Record<ResponseAct, string>> = {
    pressure: `requests of one ${named.kind} cost the most`,
    stepUp: `whoever is signed in on one ${named.kind} must sign in again`,
    quarantine: `requests of one ${named.kind} to ${at} are refused, and its others go last`,
    revoke: `what one ${named.kind} was given until now is revoked`,
    enforce: `${control} is enforced at ${at}`,
  };
  return `${words[act]}, for ${timeOf(Math.round(forMs / 1000) * 1000)}; it reaches ${people} of ${of} people`;
}
