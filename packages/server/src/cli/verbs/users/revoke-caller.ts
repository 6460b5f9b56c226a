import type { Administration } from "@portcullis/identity/administration";
import {
  callerRevocation,
  RevocationFault,
  type RevocationWish,
} from "../../../keys/revoked-caller.ts";
import type { Policy } from "../../../policy/program-policy.ts";
import { readDuration } from "../../read-duration.ts";
import { text } from "../../sources.ts";
import { Misuse } from "../../terminal.ts";
import type { Command, Flags } from "../../verb.ts";

export const revokeFlags = {
  source: { type: "string", help: "with revoke: the source of identity that knows them" },
  for: { type: "string", help: "with revoke: for how long, such as 24h or 90d" },
  lift: { type: "boolean", help: "with revoke: believe them again" },
} satisfies Flags;

/** What a command answers, as lines and as JSON. */
export interface SaidOfRevocation {
  readonly value: unknown;
  readonly lines: string;
}

/**
 * Takes back what a source says of a caller, whatever the source.
 *
 * @throws Misuse
 */
export async function revokeCaller(
  { identity }: Pick<Policy, "identity">,
  administration: Administration,
  kind: RevocationWish["kind"],
  name: string,
  { values }: Command,
): Promise<SaidOfRevocation> {
  const said = text(values["for"]);
  const lastsMs = said === undefined ? undefined : readDuration("for", said);
  try {
    const wish = { kind, source: text(values["source"]), value: name, lastsMs };
    const revocation = callerRevocation(identity, wish);
    if (values["lift"] === true) {
      await administration.liftRevocation(revocation);
      return { value: { ...revocation, lifted: true }, lines: `'${name}' is believed again.` };
    }
    const until = new Date(await administration.revokeCaller(revocation)).toISOString();
    const what = kind === "session" ? "The session" : "What was given out until now to";
    const { value } = revocation;
    return {
      value: { kind, value, until },
      lines:
        `${what} '${name}' is refused within a second, until ${until}.\n` +
        "Where a source does not say since when (whoami, Basic), whatever it says of them is " +
        "refused for as long; --lift takes it back.",
    };
  } catch (fault) {
    throw fault instanceof RevocationFault ? new Misuse(`${fault.message}.`) : fault;
  }
}
