import { type ClientAdministration, ClientFault, clientKinds } from "@portcullis/identity/clients";
import type { By } from "../administrator.ts";
import { created, ok, refusing, route, type Route } from "../route.ts";
import { flag, object, oneOf, text, texts } from "../shape.ts";

const newClient = object(
  { id: text, kind: oneOf(clientKinds) },
  {
    redirectUris: texts,
    logoutUris: texts,
    scopes: texts,
    serves: texts,
    secret: flag,
    firstParty: flag,
  },
);
const clientChange = object({ disabled: flag }, {});

const id = { type: "string" };
const listed = {
  type: "object",
  properties: {
    id,
    kind: { type: "string", enum: clientKinds },
    from: { type: "string", enum: ["policy", "store"] },
    state: { type: "string", enum: ["active", "disabled"] },
  },
  required: ["id", "kind", "from", "state"],
};

/** @param administration by the policy that serves at that moment */
export const clientRoutes = (administration: By<ClientAdministration>): readonly Route[] => [
  route({
    method: "GET",
    path: "/clients",
    operationId: "listClients",
    summary: "Programs that may ask for tokens: apps of the policy and those that were added",
    needs: "viewer",
    answer: { status: 200, description: "All.", schema: { type: "array", items: listed } },
    handle: async ({ by }) => ok(await administration(by).list()),
  }),
  route({
    method: "POST",
    path: "/clients",
    operationId: "addClient",
    summary: "Adds a client; its secret is shown once",
    needs: "admin",
    confirm: true,
    body: newClient,
    answer: {
      status: 201,
      description: "It may ask for tokens.",
      schema: {
        type: "object",
        properties: { id, kind: listed.properties.kind, secret: { type: "string" } },
        required: ["id", "kind"],
      },
    },
    handle: refusing(ClientFault, async ({ body, by }) => {
      const { kind, secret: withSecret = false } = body;
      const secret = await administration(by).add({
        id: body.id,
        kind,
        redirectUris: body.redirectUris ?? [],
        logoutUris: body.logoutUris ?? [],
        scopes: body.scopes ?? [],
        serves: body.serves ?? [],
        withSecret,
        firstParty: body.firstParty ?? true,
      });
      return created({ id: body.id, kind, ...(secret === undefined ? {} : { secret }) });
    }),
  }),
  route({
    method: "PATCH",
    path: "/clients/{id}",
    operationId: "changeClient",
    summary: "Disables a client, with its sessions and tokens, or enables it again",
    needs: "admin",
    body: clientChange,
    answer: {
      status: 200,
      description: "As it is now.",
      schema: {
        type: "object",
        properties: { id, disabled: { type: "boolean" } },
        required: ["id", "disabled"],
      },
    },
    handle: refusing(ClientFault, async ({ body: { disabled }, by, path }) => {
      const client = path["id"] as string;
      await (disabled ? administration(by).disable(client) : administration(by).enable(client));
      return ok({ id: client, disabled });
    }),
  }),
  route({
    method: "DELETE",
    path: "/clients/{id}",
    operationId: "removeClient",
    summary: "Removes a client that was added, with its sessions and tokens",
    needs: "admin",
    answer: {
      status: 200,
      description: "It is gone.",
      schema: {
        type: "object",
        properties: { id, removed: { const: true } },
        required: ["id", "removed"],
      },
    },
    handle: refusing(ClientFault, async ({ by, path }) => {
      await administration(by).remove(path["id"] as string);
      return ok({ id: path["id"], removed: true });
    }),
  }),
];
