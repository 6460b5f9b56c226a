import { AdminTokenFault, type AdminTokens, type ListedAdminToken } from "../admin-tokens.ts";
import { adminRoles } from "../administrator.ts";
import { created, ok, Refused, refusing, route, type Route } from "../route.ts";
import { object, oneOf, text, wholeNumber } from "../shape.ts";

const newToken = object({ name: text, role: oneOf(adminRoles), ttlSeconds: wholeNumber }, {});

const string = { type: "string" };
const moment = { ...string, format: "date-time" };
const properties = {
  name: string,
  role: { ...string, enum: adminRoles },
  createdAt: moment,
  expiresAt: moment,
};
const listed = { type: "object", properties, required: Object.keys(properties) };

/** Tokens of this API: who else may use it, how far, and until when. */
export const tokenRoutes = (tokens: AdminTokens): readonly Route[] => [
  route({
    method: "GET",
    path: "/admin-tokens",
    operationId: "listAdminTokens",
    summary: "The tokens of this API, by name; the tokens themselves are kept nowhere",
    needs: "admin",
    answer: { status: 200, description: "All.", schema: { type: "array", items: listed } },
    handle: async () => ok((await tokens.list()).map(shown)),
  }),
  route({
    method: "POST",
    path: "/admin-tokens",
    operationId: "addAdminToken",
    summary: "Makes a token of this API, which is shown once",
    needs: "admin",
    confirm: true,
    body: newToken,
    answer: {
      status: 201,
      description: "It opens this API until its end.",
      schema: {
        type: "object",
        properties: { name: string, role: properties.role, token: string },
        required: ["name", "role", "token"],
      },
    },
    handle: refusing(AdminTokenFault, async ({ body: { name, role, ttlSeconds } }) =>
      created({ name, role, token: await tokens.issue(name, role, ttlSeconds * 1000) }),
    ),
  }),
  route({
    method: "DELETE",
    path: "/admin-tokens/{name}",
    operationId: "revokeAdminToken",
    summary: "Ends a token of this API at once",
    needs: "admin",
    answer: {
      status: 200,
      description: "It opens nothing any more.",
      schema: {
        type: "object",
        properties: { name: string, revoked: { const: true } },
        required: ["name", "revoked"],
      },
    },
    handle: async ({ path }) => {
      const name = path["name"] as string;
      try {
        await tokens.revoke(name);
      } catch (fault) {
        if (fault instanceof AdminTokenFault) throw new Refused(404, "There is no such token");
        throw fault;
      }
      return ok({ name, revoked: true });
    },
  }),
];

const shown = ({ createdAtMs, expiresAtMs, name, role }: ListedAdminToken) => ({
  name,
  role,
  createdAt: new Date(createdAtMs).toISOString(),
  expiresAt: new Date(expiresAtMs).toISOString(),
});
