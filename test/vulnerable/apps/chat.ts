import { randomUUID } from "node:crypto";
import { defineApp, found, listOf, props, tokenIn } from "../app.ts";

interface Room {
  roomId: string;
  host: string;
  topic: string;
}
const sessions = new Map<string, string>();
let rooms: Room[] = [];
const room = (id: unknown): Room | undefined => rooms.find(({ roomId }) => roomId === id);
const aRoom = { $ref: "#/components/schemas/Room" };
const asked = props({ token: "string", roomId: "string" });

/** Tokens in JSON bodies, and nothing but POST: no GET tells whose a room is. */
export const chat = defineApp<string>({
  name: "chat",
  scheme: { type: "apiKey", in: "header", name: "X-Unused" },
  schemas: { Room: props({ roomId: "string", host: "string", topic: "string" }) },
  userOf: ({ body }) => sessions.get(String(body["token"])),
  reset() {
    rooms = [
      { roomId: "r-ann", host: "ann", topic: "tea" },
      { roomId: "r-ben", host: "ben", topic: "rain" },
    ];
  },
  routes: [
    {
      at: "POST /login",
      id: "login",
      open: true,
      body: props({ username: "string" }),
      answer: props({ token: "string", user: props({ name: "string" }) }),
      say({ body }) {
        const token = randomUUID();
        const name = String(body["username"]);
        sessions.set(token, name);
        return { json: { token, user: { name } }, headers: { "Cache-Control": "no-store" } };
      },
    },
    {
      at: "POST /rooms/list",
      id: "listRooms",
      body: props({ token: "string" }),
      answer: listOf(aRoom),
      say: (_asked, user) => ({ json: rooms.filter(({ host }) => host === user) }),
    },
    {
      at: "POST /rooms/read",
      id: "readRoom",
      body: asked,
      answer: aRoom,
      say: ({ body }) => found(room(body["roomId"])),
    },
    {
      at: "POST /rooms/close",
      id: "closeRoom",
      body: asked,
      answer: aRoom,
      say: ({ body }) => found(room(body["roomId"])),
    },
  ],
  signIn: async (post, person) => ({
    body: { token: tokenIn((await post("/login", { username: person })).json) },
  }),
  learnAs: () => ({}),
  holes: [
    {
      name: "another's room is read",
      as: "ann",
      at: "POST /rooms/read",
      body: { roomId: "r-ben" },
    },
    {
      name: "another's room is closed",
      as: "ben",
      at: "POST /rooms/close",
      body: { roomId: "r-ann" },
    },
  ],
  steps: [
    { at: "POST /login", body: { username: "ann" } },
    { as: "ann", at: "POST /rooms/list", body: {} },
    { as: "ann", at: "POST /rooms/read", body: { roomId: "r-ann" } },
    { as: "ben", at: "POST /rooms/list", body: {} },
    { as: "ben", at: "POST /rooms/close", body: { roomId: "r-ben" } },
  ],
  policy: `portcullis: 1
mode: enforce
apis: [{ openapi: openapi.json, upstream: UPSTREAM }]
identity:
  sources:
    chat:
      credential: { body: /token }
      from: { operation: login, credential: /token, sub: /user/name }
provenance: { room: { properties: [Room/roomId] } }
operations:
  - match: [readRoom, closeRoom]
    owner:
      is: chat.sub
      any: [{ provenance: { kind: room, id: /roomId } }]
`,
});
