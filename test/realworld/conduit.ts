import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { anArticle, type Article, type Comment, type User } from "./article.ts";

interface Body {
  readonly user?: Partial<Pick<User, "username" | "email" | "password" | "bio" | "image">>;
  readonly article?: Partial<Pick<Article, "title" | "description" | "body" | "tagList">>;
  readonly comment?: { readonly body?: string };
}
interface Call {
  readonly parameters: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Body;
  readonly user: User | undefined;
}
/** A status alone where there is nothing to say. */
type Answer = readonly [status: number, body?: unknown];

export interface Conduit {
  readonly upstream: string;
  /** `METHOD /path` of the requests that came with a body. */
  readonly withBody: readonly string[];
  close(): void;
}

/** The RealWorld API ("Conduit") in memory, as its document describes it. */
export async function startConduit(): Promise<Conduit> {
  const withBody: string[] = [];
  const answer = conduit();
  const server: Server = createServer((request, response) => {
    let text = "";
    request
      .setEncoding("utf8")
      .on("data", (part: string) => (text += part))
      .on("end", () => {
        if (text !== "") withBody.push(`${request.method} ${request.url}`);
        const [status, body] = answer(request, text);
        response.writeHead(status, { "Content-Type": "application/json" });
        response.end(body === undefined ? "" : JSON.stringify(body));
      });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return {
    upstream: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    withBody,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const invalid: Answer = [422, { errors: { body: ["is not acceptable"] } }];
const nobody: Answer = [401];
const absent: Answer = [404];

function conduit(): (request: IncomingMessage, text: string) => Answer {
  const users = new Map<string, User>();
  const articles: Article[] = [anArticle()];
  let comments = 0;

  const userOf = (user: User): unknown => ({
    user: {
      email: user.email,
      username: user.username,
      bio: user.bio,
      image: user.image,
      token: `token.${user.username}`,
    },
  });
  const profileOf = ({ bio, image, username }: User, reader: User | undefined): object => ({
    username,
    bio,
    image,
    following: reader?.follows.has(username) === true,
  });
  const articleOf = (article: Article, reader: User | undefined): object => {
    const { author, favoritedBy } = article;
    const { body, createdAt, description, slug, tagList, title, updatedAt } = article;
    return {
      slug,
      title,
      description,
      body,
      tagList,
      createdAt,
      updatedAt,
      favorited: reader !== undefined && favoritedBy.has(reader.username),
      favoritesCount: favoritedBy.size,
      author: profileOf(author, reader),
    };
  };
  const commentOf = ({ at, author, body, id }: Comment, reader: User | undefined): object => ({
    id,
    body,
    createdAt: at,
    updatedAt: at,
    author: profileOf(author, reader),
  });
  const listOf = (found: readonly Article[], { query, user }: Call): Answer => {
    const from = Number(query.get("offset") ?? 0);
    const page = found.slice(from, from + Number(query.get("limit") ?? 20));
    return [
      200,
      { articles: page.map((one) => articleOf(one, user)), articlesCount: found.length },
    ];
  };
  const one = (call: Call, work: (article: Article) => Answer): Answer => {
    const article = articles.find(({ slug }) => slug === call.parameters[0]);
    return article === undefined ? absent : work(article);
  };
  const signedIn = (call: Call, work: (user: User) => Answer): Answer =>
    call.user === undefined ? nobody : work(call.user);
  const asReader = (call: Call, change: (article: Article, user: User) => void): Answer =>
    signedIn(call, (user) =>
      one(call, (article) => {
        change(article, user);
        return [200, { article: articleOf(article, user) }];
      }),
    );
  const follow = (call: Call, change: (user: User, whom: string) => void): Answer =>
    signedIn(call, (user) => {
      const whom = users.get(call.parameters[0] ?? "");
      if (whom === undefined) return absent;
      change(user, whom.username);
      return [200, { profile: profileOf(whom, user) }];
    });

  const routes: Readonly<Record<string, (call: Call) => Answer>> = {
    "POST /api/users": ({ body: { user = {} } }) => {
      const { email = "", password = "", username = "" } = user;
      if (username === "" || users.has(username)) return invalid;
      const made = { username, email, password, bio: "", image: "", follows: new Set<string>() };
      users.set(username, made);
      return [201, userOf(made)];
    },
    "POST /api/users/login": ({ body: { user = {} } }) => {
      const found = [...users.values()].find(
        ({ email, password }) => email === user.email && password === user.password,
      );
      return found === undefined ? nobody : [200, userOf(found)];
    },
    "GET /api/user": (call) => signedIn(call, (user) => [200, userOf(user)]),
    "PUT /api/user": (call) =>
      signedIn(call, (user) => [200, userOf(Object.assign(user, call.body.user))]),
    "GET /api/profiles/*": ({ parameters: [name = ""], user }) => {
      const found = users.get(name);
      return found === undefined ? absent : [200, { profile: profileOf(found, user) }];
    },
    "POST /api/profiles/*/follow": (call) =>
      follow(call, ({ follows }, whom) => void follows.add(whom)),
    "DELETE /api/profiles/*/follow": (call) =>
      follow(call, ({ follows }, whom) => void follows.delete(whom)),
    "GET /api/articles/feed": (call) =>
      signedIn(call, ({ follows }) =>
        listOf(
          articles.filter(({ author }) => follows.has(author.username)),
          call,
        ),
      ),
    "GET /api/articles": (call) => {
      const is = (name: string, holds: (value: string) => boolean): boolean => {
        const value = call.query.get(name);
        return value === null || holds(value);
      };
      const found = articles.filter(
        ({ author, favoritedBy, tagList }) =>
          is("tag", (tag) => tagList.includes(tag)) &&
          is("author", (name) => author.username === name) &&
          is("favorited", (name) => favoritedBy.has(name)),
      );
      return listOf(found, call);
    },
    "POST /api/articles": (call) =>
      signedIn(call, (author) => {
        const { title = "", tagList = [], ...rest } = call.body.article ?? {};
        const at = new Date().toISOString();
        const slug = `${title.toLowerCase().replaceAll(/\W+/g, "-")}-${articles.length}`;
        const times = { createdAt: at, updatedAt: at };
        const sorted = tagList.toSorted();
        const own = {
          slug,
          title,
          tagList: sorted,
          author,
          favoritedBy: new Set<string>(),
          comments: [],
        };
        const made: Article = { description: "", body: "", ...rest, ...own, ...times };
        articles.unshift(made);
        return [201, { article: articleOf(made, author) }];
      }),
    "GET /api/articles/*": (call) =>
      one(call, (article) => [200, { article: articleOf(article, call.user) }]),
    "PUT /api/articles/*": (call) =>
      asReader(call, (article) => void Object.assign(article, call.body.article)),
    "DELETE /api/articles/*": (call) =>
      one(call, (article) => {
        articles.splice(articles.indexOf(article), 1);
        return [204];
      }),
    "POST /api/articles/*/favorite": (call) =>
      asReader(call, ({ favoritedBy }, { username }) => void favoritedBy.add(username)),
    "DELETE /api/articles/*/favorite": (call) =>
      asReader(call, ({ favoritedBy }, { username }) => void favoritedBy.delete(username)),
    "GET /api/articles/*/comments": (call) =>
      one(call, ({ comments: all }) => [
        200,
        { comments: all.map((comment) => commentOf(comment, call.user)) },
      ]),
    "POST /api/articles/*/comments": (call) =>
      signedIn(call, (author) =>
        one(call, (article) => {
          const at = new Date().toISOString();
          const { body = "" } = call.body.comment ?? {};
          const made = { id: (comments += 1), body, author, at };
          article.comments.push(made);
          return [200, { comment: commentOf(made, author) }];
        }),
      ),
    "DELETE /api/articles/*/comments/*": () => [204],
    "GET /api/tags": () => [200, { tags: [...new Set(articles.flatMap((a) => a.tagList))] }],
  };
  return ({ headers, method, url = "" }, text) => {
    const [path = "", query = ""] = url.split("?");
    const name = headers.authorization?.replace(/^Token token\./, "") ?? "";
    const body = text === "" ? {} : (JSON.parse(text) as Body);
    for (const [route, answer] of Object.entries(routes)) {
      const pattern = new RegExp(`^${route.replaceAll("*", "([^/]+)")}$`);
      const match = pattern.exec(`${method} ${path}`);
      if (match === null) continue;
      const call = { query: new URLSearchParams(query), body, user: users.get(name) };
      return answer({ ...call, parameters: match.slice(1).map(decodeURIComponent) });
    }
    return absent;
  };
}
