import { randomUUID } from "node:crypto";
import { defineApp, found, listOf, props, tokenIn } from "../app.ts";

interface Post {
  slug: string;
  author: string;
  draft: boolean;
}
const sessions = new Map<string, string>();
let posts: Post[] = [];
const post = (slug: unknown): Post | undefined => posts.find((one) => one.slug === slug);
const aPost = props({ slug: "string", author: "string", draft: { type: "boolean" } });

/** Tokens in the query; posts that are known by names, and drafts among them. */
export const feed = defineApp<string>({
  name: "feed",
  scheme: { type: "apiKey", in: "query", name: "token" },
  userOf: ({ query }) => sessions.get(query.get("token") ?? ""),
  reset() {
    posts = [
      { slug: "on-tea", author: "ann", draft: true },
      { slug: "on-rain", author: "ben", draft: true },
      { slug: "on-snow", author: "ben", draft: false },
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
        sessions.set(token, String(body["username"]));
        return { json: { token } };
      },
    },
    {
      at: "GET /me",
      id: "getMe",
      answer: props({ username: "string" }),
      say: (_asked, username) => ({ json: { username }, headers: { "Cache-Control": "no-store" } }),
    },
    {
      at: "GET /posts",
      id: "listPosts",
      answer: listOf(aPost),
      say: (_asked, user) => ({ json: posts.filter(({ author }) => author === user) }),
    },
    {
      at: "GET /posts/{slug}",
      id: "getPost",
      answer: aPost,
      say: ({ params }) => found(post(params["slug"])),
    },
    {
      at: "DELETE /posts/{slug}",
      id: "dropPost",
      say: ({ params }) => found(post(params["slug"])),
    },
  ],
  signIn: async (send, person) => ({
    query: { token: tokenIn((await send("/login", { username: person })).json) },
  }),
  learnAs: (person) => ({
    signIn: { operation: "login", body: { username: person }, credential: "/token" },
    credential: { query: "token" },
    whoami: { operation: "getMe", sub: "/username" },
  }),
  holes: [
    { name: "another's draft is read", as: "ann", at: "GET /posts/on-rain" },
    { name: "another's post is deleted", as: "ann", at: "DELETE /posts/on-snow" },
  ],
  steps: [
    { at: "POST /login", body: { username: "ann" } },
    { as: "ann", at: "GET /me" },
    { as: "ann", at: "GET /posts" },
    { as: "ann", at: "GET /posts/on-tea" },
    { as: "ann", at: "GET /posts/on-snow" },
    { as: "ben", at: "DELETE /posts/on-rain" },
  ],
  policy: `portcullis: 1
mode: enforce
apis: [{ openapi: openapi.json, upstream: UPSTREAM }]
identity:
  sources:
    feed: { credential: { query: token }, whoami: { operation: getMe, sub: /username } }
operations:
  - match: getPost
    owner:
      is: feed.sub
      any: [{ response: /author }, { response: /draft, equals: false }]
  - { match: dropPost, owner: { lookup: getPost, response: /author, is: feed.sub } }
`,
});
