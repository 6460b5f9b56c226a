import { createHmac, timingSafeEqual } from "node:crypto";
import { type Asked, defineApp, found, listOf, props, tokenIn } from "../app.ts";

interface User {
  id: number;
  username: string;
  email: string;
  credit: number;
  admin: boolean;
}
interface Order {
  id: number;
  ownerId: number;
  item: string;
  state: string;
}
const secret = "shop-secret";
const users: User[] = [];
let orders: Order[] = [];
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const mac = (text: string): Buffer => createHmac("sha256", secret).update(text).digest();

function tokenOf({ id, username }: User): string {
  const exp = Math.floor(Date.now() / 1000) + 600;
  const text = `${part({ alg: "HS256", typ: "JWT" })}.${part({ user_id: id, username, exp })}`;
  return `${text}.${mac(text).toString("base64url")}`;
}
function userOf({ headers }: Asked): User | undefined {
  const [head, body, signature = ""] = (headers.authorization ?? "").slice(7).split(".");
  const given = Buffer.from(signature, "base64url");
  const own = mac(`${head}.${body}`);
  if (given.length !== own.length || !timingSafeEqual(given, own)) return undefined;
  const { user_id: id } = JSON.parse(Buffer.from(body ?? "", "base64url").toString()) as {
    user_id: number;
  };
  return users.find((one) => one.id === id);
}
const named = (username: string | undefined): User | undefined =>
  users.find((one) => one.username === username);
const order = (id: string | undefined): Order | undefined =>
  orders.find((one) => one.id === Number(id));
const ordered = { $ref: "#/components/schemas/Order" };
const profile = { $ref: "#/components/schemas/Profile" };

/** HS256 with a short secret; numeric ids in tokens and objects, names in paths. */
export const shop = defineApp<User>({
  name: "shop",
  scheme: { type: "http", scheme: "bearer" },
  schemas: {
    Order: props({ id: "integer", ownerId: "integer", item: "string", state: "string" }),
    Profile: props({
      id: "integer",
      username: "string",
      email: "string",
      credit: "integer",
      admin: { type: "boolean" },
    }),
  },
  userOf,
  reset() {
    users.length = 0;
    users.push(
      { id: 1001, username: "ann", email: "ann@shop.example", credit: 10, admin: false },
      { id: 1002, username: "ben", email: "ben@shop.example", credit: 20, admin: false },
    );
    orders = [
      { id: 1, ownerId: 1001, item: "lamp", state: "open" },
      { id: 2, ownerId: 1002, item: "desk", state: "open" },
      { id: 3, ownerId: 1001, item: "rug", state: "sent" },
    ];
  },
  routes: [
    {
      at: "POST /login",
      id: "login",
      open: true,
      body: props({ username: "string", password: "string" }),
      answer: props({ token: "string" }),
      say: ({ body }) =>
        found(
          named(String(body["username"])) && {
            token: tokenOf(named(String(body["username"])) as User),
          },
        ),
    },
    {
      at: "GET /products",
      id: "listProducts",
      answer: listOf(props({ name: "string" })),
      say: () => ({ json: [{ name: "lamp" }, { name: "desk" }] }),
    },
    {
      at: "GET /users/{username}",
      id: "getUser",
      answer: profile,
      say: ({ params }) => found(named(params["username"])),
    },
    {
      at: "PATCH /users/{username}",
      id: "changeUser",
      body: profile,
      answer: profile,
      say: ({ body, params }) => found(Object.assign(named(params["username"]) ?? {}, body)),
    },
    {
      at: "GET /users/{username}/orders",
      id: "listOrdersOf",
      answer: listOf(ordered),
      say: ({ params }) => ({
        json: orders.filter(({ ownerId }) => ownerId === named(params["username"])?.id),
      }),
    },
    {
      at: "GET /orders",
      id: "listOrders",
      answer: listOf(ordered),
      say: (_asked, { id }) => ({ json: orders.filter(({ ownerId }) => ownerId === id) }),
    },
    {
      at: "GET /orders/{orderId}",
      id: "getOrder",
      answer: ordered,
      say: ({ params }) => found(order(params["orderId"])),
    },
    {
      at: "DELETE /orders/{orderId}",
      id: "dropOrder",
      answer: ordered,
      say: ({ params }) => found(order(params["orderId"])),
    },
    {
      at: "POST /orders/{orderId}/return",
      id: "returnOrder",
      answer: ordered,
      say: ({ params }) => found(order(params["orderId"])),
    },
    {
      at: "POST /refunds",
      id: "refund",
      body: props({ orderId: "integer", why: "string" }),
      answer: ordered,
      say: ({ body }) => found(order(String(body["orderId"]))),
    },
    {
      at: "GET /admin/users",
      id: "listUsers",
      answer: listOf(profile),
      say: () => ({ json: users }),
    },
  ],
  signIn: async (post, person) => ({
    headers: {
      Authorization: `Bearer ${tokenIn((await post("/login", { username: person })).json)}`,
    },
  }),
  learnAs: (person) => ({
    signIn: { operation: "login", body: { username: person, password: "x" }, credential: "/token" },
  }),
  holes: [
    { name: "another's profile is read", as: "ann", at: "GET /users/ben" },
    {
      name: "another's profile is changed",
      as: "ann",
      at: "PATCH /users/ben",
      body: { email: "x@y.example" },
    },
    {
      name: "somebody makes themselves an administrator",
      as: "ann",
      at: "PATCH /users/ann",
      body: { admin: true },
    },
    {
      name: "somebody gives themselves credit",
      as: "ann",
      at: "PATCH /users/ann",
      body: { credit: 9999 },
    },
    { name: "another's orders are listed", as: "ann", at: "GET /users/ben/orders" },
    { name: "another's order is read", as: "ann", at: "GET /orders/2" },
    { name: "another's order is deleted", as: "ann", at: "DELETE /orders/2" },
    { name: "another's order is returned", as: "ben", at: "POST /orders/1/return" },
    { name: "another's order is paid back", as: "ann", at: "POST /refunds", body: { orderId: 2 } },
    { name: "everybody is listed to anybody", as: "ann", at: "GET /admin/users" },
  ],
  steps: [
    { at: "POST /login", body: { username: "ann", password: "x" } },
    { as: "ann", at: "GET /products" },
    { as: "ann", at: "GET /users/ann" },
    { as: "ann", at: "PATCH /users/ann", body: { email: "new@shop.example" } },
    { as: "ann", at: "GET /users/ann/orders" },
    { as: "ann", at: "GET /orders" },
    { as: "ben", at: "GET /orders/2" },
    { as: "ann", at: "POST /orders/1/return" },
    { as: "ann", at: "POST /refunds", body: { orderId: 3 } },
    { as: "ann", at: "DELETE /orders/1" },
    { as: "ann", at: "GET /orders/77" },
  ],
  environment: { SHOP_SECRET: secret },
  policy: `portcullis: 1
mode: enforce
apis: [{ openapi: openapi.json, upstream: UPSTREAM }]
identity:
  sources:
    shop:
      jwt: { algorithm: HS256, secret: { env: SHOP_SECRET }, shortBecause: it is what the shop has }
      claims: { sub: /username, number: /user_id }
writable: { Profile/admin: [admin], Profile/credit: [admin] }
operations:
  - { match: [getUser, changeUser, listOrdersOf], owner: { param: username, is: shop.sub } }
  - { match: listOrders, owner: { response: /*/ownerId, is: shop.number } }
  - { match: getOrder, owner: { response: /ownerId, is: shop.number } }
  - { match: [dropOrder, returnOrder], owner: { lookup: getOrder, response: /ownerId, is: shop.number } }
  - { match: refund, owner: { lookup: getOrder, with: { orderId: /orderId }, response: /ownerId, is: shop.number } }
  - { match: listUsers, allow: { roles: [admin] } }
`,
});
