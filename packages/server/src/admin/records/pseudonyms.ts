import type { Administrator } from "../administrator.ts";
import { ok, Refused, route, type Route } from "../route.ts";
import { object, text } from "../shape.ts";
import { orUnanswered } from "./unanswered.ts";

/** Whom a pseudonym stands for, and where it is written down that somebody has asked. */
export interface Revealing {
  /** @returns undefined where nothing of it is kept */
  readonly reveal: (pseudonym: string) => Promise<string | undefined>;
  /** @throws Error where it cannot be written down: then nothing is revealed */
  readonly note: (by: Administrator, pseudonym: string, because: string) => Promise<void>;
}

const leastLetters = 3;

/** To learn who somebody is takes a role and a reason, and is written down first. */
export const pseudonymRoute = (revealing: Revealing | undefined): Route =>
  route({
    method: "POST",
    path: "/pseudonyms/{pseudonym}/reveal",
    operationId: "revealPseudonym",
    summary: "Whom a pseudonym in records stands for",
    needs: "operator",
    confirm: true,
    body: object({ because: text }, {}),
    answer: {
      status: 200,
      description: "The subject, as tokens name it.",
      schema: {
        type: "object",
        properties: { subject: { type: "string" } },
        required: ["subject"],
      },
    },
    handle: async ({ body: { because }, by, path: { pseudonym = "" } }) => {
      if (because.trim().length < leastLetters)
        throw new Refused(400, "A reason is needed", "`because` says why; it stands in the audit.");
      if (revealing === undefined || by === undefined)
        throw new Refused(
          409,
          "Nobody is revealed here",
          "It takes `record: { fields: [subject], keep: … }`, and a store for the audit.",
        );
      await revealing.note(by, pseudonym, because);
      const subject = await orUnanswered(() => revealing.reveal(pseudonym));
      if (subject === undefined)
        throw new Refused(
          404,
          "Nobody is known by this pseudonym",
          "It is kept as long as the records in which it stands.",
        );
      return ok({ subject });
    },
  });
