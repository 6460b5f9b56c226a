import { randomUUID } from "node:crypto";
import { type Asked, defineApp, found, listOf, props } from "../app.ts";

interface Board {
  id: string;
  title: string;
  visibility: string;
  members: { userId: number; may: string }[];
}
interface Card {
  id: string;
  boardId: string;
  text: string;
}
const accounts: Readonly<Record<string, number>> = { ann: 501, ben: 502 };
const sessions = new Map<string, number>();
let boards: Board[] = [];
let cards: Card[] = [];
const board = (id: unknown): Board | undefined => boards.find((one) => one.id === id);
const card = (id: unknown): Card | undefined => cards.find((one) => one.id === id);
const sidOf = ({ headers }: Asked): string =>
  /(?:^|; )sid=([^;]*)/.exec(headers.cookie ?? "")?.[1] ?? "";
const aBoard = props({
  id: "string",
  title: "string",
  visibility: "string",
  members: listOf(props({ userId: "integer", may: "string" })),
});
const aCard = props({ id: "string", boardId: "string", text: "string" });

/** A session cookie; boards that several people share, public boards, and cards on them. */
export const boardroom = defineApp<number>({
  name: "boardroom",
  scheme: { type: "apiKey", in: "cookie", name: "sid" },
  userOf: (asked) => sessions.get(sidOf(asked)),
  reset() {
    const may = "write";
    boards = [
      { id: "b-ann", title: "Ann's", visibility: "private", members: [{ userId: 501, may }] },
      { id: "b-ben", title: "Ben's", visibility: "private", members: [{ userId: 502, may }] },
      {
        id: "b-two",
        title: "Both",
        visibility: "private",
        members: [
          { userId: 502, may },
          { userId: 501, may },
        ],
      },
      { id: "b-all", title: "Everybody's", visibility: "public", members: [{ userId: 502, may }] },
    ];
    cards = [
      { id: "k-ann", boardId: "b-ann", text: "a" },
      { id: "k-ben", boardId: "b-ben", text: "b" },
      { id: "k-two", boardId: "b-two", text: "c" },
    ];
  },
  routes: [
    {
      at: "POST /login",
      id: "login",
      open: true,
      body: props({ username: "string" }),
      say({ body }) {
        const sid = randomUUID();
        sessions.set(sid, accounts[String(body["username"])] ?? 0);
        return { json: {}, headers: { "Set-Cookie": `sid=${sid}; HttpOnly; Path=/` } };
      },
    },
    {
      at: "POST /logout",
      id: "logout",
      say(asked) {
        sessions.delete(sidOf(asked));
        return { json: {} };
      },
    },
    {
      at: "GET /me",
      id: "getMe",
      answer: props({ id: "integer" }),
      say: (_asked, id) => ({ json: { id }, headers: { "Cache-Control": "no-store" } }),
    },
    {
      at: "GET /boards",
      id: "listBoards",
      answer: listOf(aBoard),
      say: (_asked, id) => ({
        json: boards.filter(({ members }) => members.some(({ userId }) => userId === id)),
      }),
    },
    {
      at: "GET /boards/{boardId}",
      id: "getBoard",
      answer: aBoard,
      say: ({ params }) => found(board(params["boardId"])),
    },
    {
      at: "PATCH /boards/{boardId}",
      id: "changeBoard",
      body: props({ title: "string" }),
      say: ({ params }) => found(board(params["boardId"])),
    },
    {
      at: "GET /boards/{boardId}/cards",
      id: "listCards",
      answer: listOf(aCard),
      say: ({ params }) => ({ json: cards.filter(({ boardId }) => boardId === params["boardId"]) }),
    },
    {
      at: "GET /cards/{cardId}",
      id: "getCard",
      answer: aCard,
      say: ({ params }) => found(card(params["cardId"])),
    },
    {
      at: "DELETE /cards/{cardId}",
      id: "dropCard",
      say: ({ params }) => found(card(params["cardId"])),
    },
    {
      at: "POST /cards",
      id: "addCard",
      body: props({ boardId: "string", text: "string" }),
      say: ({ body }) => found(board(body["boardId"]) && { id: "k-new", boardId: body["boardId"] }),
    },
  ],
  signIn: async (post, person) => ({
    headers: { Cookie: (await post("/login", { username: person })).cookie },
  }),
  learnAs: (person) => ({
    signIn: { operation: "login", body: { username: person }, credential: "cookie sid" },
    credential: { cookie: "sid" },
    whoami: { operation: "getMe", sub: "/id" },
  }),
  holes: [
    { name: "another's board is read", as: "ann", at: "GET /boards/b-ben" },
    {
      name: "another's board is renamed",
      as: "ben",
      at: "PATCH /boards/b-ann",
      body: { title: "x" },
    },
    {
      name: "a public board is renamed by somebody who is no member",
      as: "ann",
      at: "PATCH /boards/b-all",
      body: { title: "x" },
    },
    { name: "the cards of another's board are listed", as: "ann", at: "GET /boards/b-ben/cards" },
    { name: "another's card is read", as: "ann", at: "GET /cards/k-ben" },
    { name: "another's card is deleted", as: "ben", at: "DELETE /cards/k-ann" },
    {
      name: "a card is put on another's board",
      as: "ann",
      at: "POST /cards",
      body: { boardId: "b-ben", text: "x" },
    },
  ],
  steps: [
    { at: "POST /login", body: { username: "ann" } },
    { as: "ann", at: "GET /me" },
    { as: "ann", at: "GET /boards" },
    { as: "ann", at: "GET /boards/b-ann" },
    { as: "ann", at: "GET /boards/b-two" },
    { as: "ben", at: "GET /boards/b-two" },
    { as: "ann", at: "GET /boards/b-all" },
    { as: "ann", at: "PATCH /boards/b-two", body: { title: "x" } },
    { as: "ann", at: "GET /boards/b-two/cards" },
    { as: "ben", at: "GET /cards/k-two" },
    { as: "ann", at: "DELETE /cards/k-ann" },
    { as: "ben", at: "POST /cards", body: { boardId: "b-two", text: "x" } },
  ],
  policy: `portcullis: 1
mode: enforce
apis: [{ openapi: openapi.json, upstream: UPSTREAM }]
identity:
  sources:
    boardroom: { credential: { cookie: sid }, whoami: { operation: getMe, sub: /id }, forgetOn: [logout] }
operations:
  - match: getBoard
    owner:
      is: boardroom.sub
      any:
        - { response: /members/*/userId, some: true }
        - { response: /visibility, equals: public }
  - match: [changeBoard, listCards]
    owner: { lookup: getBoard, response: /members/*/userId, some: true, is: boardroom.sub }
  - match: [getCard, dropCard]
    owner:
      lookup: [{ operation: getCard }, { operation: getBoard, with: { boardId: /boardId } }]
      response: /members/*/userId
      some: true
      is: boardroom.sub
  - match: addCard
    owner: { lookup: getBoard, with: { boardId: /boardId }, response: /members/*/userId, some: true, is: boardroom.sub }
`,
});
