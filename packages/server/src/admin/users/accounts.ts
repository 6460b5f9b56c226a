import {
  type Account,
  AccountFault,
  type Administration,
} from "@portcullis/identity/administration";
import type { By } from "../administrator.ts";
import { created, ok, Refused, refusing, route, type Route } from "../route.ts";
import { flag, nullable, object, text, texts } from "../shape.ts";

const mostListed = 500;

const newAccount = object(
  { email: text },
  { id: text, emailVerified: flag, roles: texts, tier: nullable(text) },
);
const accountChange = object({}, { roles: texts, tier: nullable(text), disabled: flag });

const string = { type: "string" };
const account = {
  type: "object",
  properties: {
    id: string,
    email: { ...string, format: "email" },
    emailVerified: { type: "boolean" },
    roles: texts.schema,
    tier: string,
    disabled: { type: "boolean" },
    createdAt: { ...string, format: "date-time" },
  },
  required: ["id", "emailVerified", "roles", "disabled", "createdAt"],
};

/**
 * The people who can sign in.
 *
 * @param administration by the policy that serves at that moment
 */
export const accountRoutes = (administration: By<Administration>): readonly Route[] => [
  route({
    method: "GET",
    path: "/users",
    operationId: "listUsers",
    summary: `People who can sign in, by id, ${mostListed} at a time`,
    needs: "operator",
    query: [{ name: "after", description: "The last id of the page before.", schema: string }],
    answer: { status: 200, description: "A page.", schema: { type: "array", items: account } },
    handle: async ({ by, query }) => {
      const page = await administration(by).accounts.list(mostListed, query.get("after") ?? "");
      return ok(page.map(shown));
    },
  }),
  route({
    method: "POST",
    path: "/users",
    operationId: "addUser",
    summary: "Adds somebody, who chooses a password by mail",
    needs: "admin",
    body: newAccount,
    answer: { status: 201, description: "They can sign in.", schema: account },
    handle: refusing(AccountFault, async ({ body: { tier, ...rest }, by }) =>
      created(shown(await administration(by).add({ ...rest, tier: tier ?? undefined }))),
    ),
  }),
  route({
    method: "GET",
    path: "/users/{id}",
    operationId: "readUser",
    summary: "Somebody, by id or e-mail address",
    needs: "operator",
    answer: { status: 200, description: "The account.", schema: account },
    handle: async ({ by, path }) => ok(shown(await findAccount(administration(by), path))),
  }),
  route({
    method: "PATCH",
    path: "/users/{id}",
    operationId: "changeUser",
    summary: "Changes roles, tier or whether somebody may sign in; felt at the gate in a second",
    needs: "admin",
    body: accountChange,
    answer: { status: 200, description: "As it is now.", schema: account },
    handle: refusing(AccountFault, async ({ body, by, path }) => {
      const people = administration(by);
      const before = await findAccount(people, path);
      await people.change(before, body);
      return ok(shown((await people.accounts.byId(before.id)) ?? before));
    }),
  }),
  route({
    method: "DELETE",
    path: "/users/{id}",
    operationId: "removeUser",
    summary: "Removes somebody, with their sessions and tokens",
    needs: "admin",
    answer: {
      status: 200,
      description: "They are gone.",
      schema: {
        type: "object",
        properties: { id: string, removed: { const: true } },
        required: ["id", "removed"],
      },
    },
    handle: async ({ by, path }) => {
      const people = administration(by);
      const found = await findAccount(people, path);
      await people.remove(found);
      return ok({ id: found.id, removed: true });
    },
  }),
];

/** @throws Refused when there is nobody by the id or address in the path */
export async function findAccount(
  people: Administration,
  path: Readonly<Record<string, string>>,
): Promise<Account> {
  const found = await people.find(path["id"] as string);
  if (found === undefined) throw new Refused(404, "There is nobody by this id or address");
  return found;
}

const shown = ({ createdAt, disabled, email, emailVerified, id, roles, tier }: Account) => ({
  id,
  email,
  emailVerified,
  roles,
  tier,
  disabled,
  createdAt: new Date(createdAt).toISOString(),
});
