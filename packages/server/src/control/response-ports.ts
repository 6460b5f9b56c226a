import { audit } from "@portcullis/identity/audit";
import { mainSource, type HeldCaller } from "@portcullis/guard/tokens";
import type { Administrations } from "../admin/routes.ts";
import { callerRevocation } from "../keys/revoked-caller.ts";
import type { SwitchPort } from "../watch/responses/wish.ts";
import type { Kept } from "./administrations.ts";
import type { ResponsePorts } from "./attack-responses.ts";
import { KeptResponses } from "./kept-responses.ts";

type Asked = Pick<Administrations, "identity" | "operations" | "people" | "switches">;

/** What responses are done with, as far as there is a store. */
export const responsePortsOf = (
  { sealing, store }: Kept,
  administrations: (Asked & Pick<Administrations, "nowMs">) | undefined,
  onRules: ResponsePorts["onRules"],
): ResponsePorts => ({
  store:
    store === undefined || sealing === undefined
      ? undefined
      : new KeptResponses(store.responses, sealing),
  switches: administrations === undefined ? undefined : switchPortOf(administrations),
  audit: async (actor, action, about, details) => {
    if (store !== undefined && administrations !== undefined)
      await audit(store.audit, administrations.nowMs(), { actor, action, about, details });
  },
  revoke:
    administrations === undefined
      ? undefined
      : (caller, by) => revokeCaller(administrations, caller, by),
  onRules,
});

/** Modes that responses set: each is a switch that anybody finds and takes back as any other. */
const switchPortOf = ({ operations, switches }: Asked): SwitchPort => ({
  async enforce(control, attacked, forMs, { by, reason }) {
    const switching = switches({ actor: by, role: "operator" });
    const thrown: string[] = [];
    try {
      for (const operation of attacked) {
        const wish = { operation, control, forMs, reason, app: undefined, percent: undefined };
        thrown.push((await switching.add({ ...wish, state: "enforce" }, operations())).id);
      }
    } catch (fault) {
      // All of it or nothing: half of a response is none that anybody has asked for.
      for (const id of thrown) await switching.undo(id);
      throw fault;
    }
    return thrown;
  },
  async undo(ids, by) {
    const switching = switches({ actor: by, role: "operator" });
    for (const id of ids) await switching.undo(id);
  },
});

/** Ends what a caller was given, in the way of whoever has given it. */
async function revokeCaller(
  { identity, people }: Asked,
  { sessionId, source, subject }: HeldCaller,
  by: string,
): Promise<void> {
  const administration = people({ actor: by, role: "operator" });
  const known = identity();
  if (known?.issuer === "builtin" && source === mainSource) {
    const account = await administration.find(subject);
    // Its refresh tokens end with it: a token that is only refused would be renewed.
    if (account !== undefined) await administration.signOut(account, sessionId);
    return;
  }
  await administration.revokeCaller(
    callerRevocation(known, {
      kind: sessionId === undefined ? "subject" : "session",
      source,
      value: sessionId ?? subject,
      lastsMs: undefined,
    }),
  );
}
