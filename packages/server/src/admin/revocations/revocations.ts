import type { Administration } from "@portcullis/identity/administration";
import type { Policy } from "../../policy/program-policy.ts";
import { callerRevocation, RevocationFault } from "../../keys/revoked-caller.ts";
import type { By } from "../administrator.ts";
import { created, ok, refusing, route, type Route } from "../route.ts";
import { object, oneOf, text, wholeNumber } from "../shape.ts";

const string = { type: "string" };
const names = { kind: oneOf(["subject", "session"]), value: text };
const wish = object(names, { source: text, forSeconds: wholeNumber });
const properties = { kind: string, value: string };

/** What sources say of callers is taken back, whatever the source. */
export const revocationRoutes = (
  people: By<Administration>,
  identity: () => Policy["identity"],
): readonly Route[] => [
  route({
    method: "POST",
    path: "/revocations",
    operationId: "revokeCaller",
    summary: "Refuses what a source has given out to somebody until now, or a session, in a second",
    needs: "operator",
    // A session is one; a subject is everything that somebody was ever given.
    confirm: ({ body: { kind } }) => kind === "subject",
    body: wish,
    answer: {
      status: 201,
      description: "It is refused, until then.",
      schema: {
        type: "object",
        properties: { ...properties, until: { ...string, format: "date-time" } },
        required: ["kind", "value", "until"],
      },
    },
    handle: refusing(RevocationFault, async ({ body: { forSeconds, ...said }, by }) => {
      const lastsMs = forSeconds === undefined ? undefined : forSeconds * 1000;
      const found = callerRevocation(identity(), { source: undefined, ...said, lastsMs });
      const until = await people(by).revokeCaller(found);
      const { kind, value } = found;
      return created({ kind, value, until: new Date(until).toISOString() });
    }),
  }),
  route({
    method: "POST",
    path: "/revocations/lift",
    operationId: "liftRevocation",
    summary: "Believes them again",
    needs: "operator",
    body: object(names, { source: text }),
    answer: {
      status: 200,
      description: "They are believed.",
      schema: { type: "object", properties, required: ["kind", "value"] },
    },
    handle: refusing(RevocationFault, async ({ body, by }) => {
      const found = callerRevocation(identity(), {
        source: undefined,
        ...body,
        lastsMs: undefined,
      });
      await people(by).liftRevocation(found);
      const { kind, value } = found;
      return ok({ kind, value });
    }),
  }),
];
