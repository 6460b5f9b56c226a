import { randomUUID } from "node:crypto";
import { defineApp, found, listOf, props, tokenIn } from "../app.ts";

interface Note {
  id: string;
  author: { id: string };
  text: string;
}
interface Comment {
  id: string;
  noteId: string;
  author: { id: string };
  text: string;
}
const accounts: Readonly<Record<string, string>> = { ann: "acct-7f31", ben: "acct-9c02" };
const sessions = new Map<string, string>();
let notes: Note[] = [];
let comments: Comment[] = [];
const note = (id: unknown): Note | undefined => notes.find((one) => one.id === id);
const comment = (id: unknown): Comment | undefined => comments.find((one) => one.id === id);
const author = props({ id: "string" });
const aNote = props({ id: "string", author, text: "string" });
const aComment = props({ id: "string", noteId: "string", author, text: "string" });

/** Opaque tokens in a header of their own; comments that no GET shows by their id. */
export const notebook = defineApp<string>({
  name: "notebook",
  scheme: { type: "apiKey", in: "header", name: "X-Auth-Token" },
  userOf: ({ headers }) => sessions.get(String(headers["x-auth-token"])),
  reset() {
    notes = [
      { id: "n-aa", author: { id: "acct-7f31" }, text: "Ann's" },
      { id: "n-bb", author: { id: "acct-9c02" }, text: "Ben's" },
    ];
    comments = [
      { id: "c-aa", noteId: "n-bb", author: { id: "acct-7f31" }, text: "by Ann" },
      { id: "c-bb", noteId: "n-bb", author: { id: "acct-9c02" }, text: "by Ben" },
      { id: "c-cc", noteId: "n-aa", author: { id: "acct-9c02" }, text: "by Ben too" },
    ];
  },
  routes: [
    {
      at: "POST /login",
      id: "login",
      open: true,
      body: props({ username: "string" }),
      answer: props({ token: "string" }),
      say({ body }) {
        const token = randomUUID();
        sessions.set(token, accounts[String(body["username"])] ?? "");
        return { json: { token } };
      },
    },
    {
      at: "GET /me",
      id: "getMe",
      answer: props({ id: "string" }),
      say: (_asked, id) => ({ json: { id }, headers: { "Cache-Control": "no-store" } }),
    },
    {
      at: "GET /notes",
      id: "listNotes",
      answer: listOf(aNote),
      say: (_asked, id) => ({ json: notes.filter((one) => one.author.id === id) }),
    },
    {
      at: "GET /notes/{noteId}",
      id: "getNote",
      answer: aNote,
      say: ({ params }) => found(note(params["noteId"])),
    },
    {
      at: "PUT /notes/{noteId}",
      id: "putNote",
      body: props({ text: "string" }),
      answer: aNote,
      say: ({ params }) => found(note(params["noteId"])),
    },
    {
      at: "DELETE /notes/{noteId}",
      id: "dropNote",
      say: ({ params }) => found(note(params["noteId"])),
    },
    {
      at: "GET /comments",
      id: "listComments",
      answer: props({ comments: listOf(aComment) }),
      say: () => ({ json: { comments } }),
    },
    {
      at: "PATCH /comments/{commentId}",
      id: "changeComment",
      body: props({ text: "string" }),
      say: ({ params }) => found(comment(params["commentId"])),
    },
    {
      at: "DELETE /comments/{commentId}",
      id: "dropComment",
      say: ({ params }) => found(comment(params["commentId"])),
    },
  ],
  signIn: async (post, person) => ({
    headers: { "X-Auth-Token": tokenIn((await post("/login", { username: person })).json) },
  }),
  learnAs: (person) => ({
    signIn: { operation: "login", body: { username: person }, credential: "/token" },
    credential: { header: "X-Auth-Token" },
    whoami: { operation: "getMe", sub: "/id" },
  }),
  holes: [
    { name: "another's note is read", as: "ann", at: "GET /notes/n-bb" },
    { name: "another's note is written", as: "ann", at: "PUT /notes/n-bb", body: { text: "x" } },
    { name: "another's note is deleted", as: "ben", at: "DELETE /notes/n-aa" },
    {
      name: "another's comment is changed",
      as: "ann",
      at: "PATCH /comments/c-bb",
      body: { text: "x" },
    },
    { name: "another's comment is deleted", as: "ann", at: "DELETE /comments/c-cc" },
  ],
  steps: [
    { at: "POST /login", body: { username: "ann" } },
    { as: "ann", at: "GET /me" },
    { as: "ann", at: "GET /notes" },
    { as: "ben", at: "GET /notes/n-bb" },
    { as: "ann", at: "PUT /notes/n-aa", body: { text: "x" } },
    { as: "ann", at: "DELETE /notes/n-aa" },
    { as: "ann", at: "GET /comments" },
    { as: "ann", at: "PATCH /comments/c-aa", body: { text: "x" } },
    { as: "ben", at: "DELETE /comments/c-cc" },
    { as: "ben", at: "GET /notes/n-zz" },
  ],
  policy: `portcullis: 1
mode: enforce
apis: [{ openapi: openapi.json, upstream: UPSTREAM }]
identity:
  sources:
    notebook: { credential: { header: X-Auth-Token }, whoami: { operation: getMe, sub: /id } }
operations:
  - { match: getNote, owner: { response: /author/id, is: notebook.sub } }
  - { match: [putNote, dropNote], owner: { lookup: getNote, response: /author/id, is: notebook.sub } }
  - match: [changeComment, dropComment]
    owner: { lookup: listComments, find: { items: /comments, by: /id, id: commentId }, response: /author/id, is: notebook.sub }
`,
});
