import { type IncomingHttpHeaders, request } from "node:http";
import { ConsoleAccess } from "../../packages/server/src/admin/access/console-access.ts";
import { consoleAddressOf } from "../../packages/server/src/admin/access/console-address.ts";
import { EntryLinks } from "../../packages/server/src/admin/access/entry-links.ts";
import { ConsolePeople } from "../../packages/server/src/admin/access/console-people.ts";
import type { AdminRole } from "../../packages/server/src/admin/administrator.ts";
import {
  type AdminServer,
  startAdminServer,
} from "../../packages/server/src/admin/admin-server.ts";
import type { AdminAct } from "../../packages/server/src/admin/answer-request.ts";
import { ConsoleDoor } from "../../packages/server/src/admin/console/console-door.ts";
import { ConsoleFiles } from "../../packages/server/src/admin/console/console-files.ts";
import { peopleRoutes } from "../../packages/server/src/admin/people/people.ts";
import { ok, route, type Route } from "../../packages/server/src/admin/route.ts";
import type { DatabaseStore } from "../../packages/server/src/store/database-store.ts";
import { Visitor } from "./visitor.ts";

export interface ConsoleAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, string | number | undefined>>;
  readonly text: string;
}

const shape = { status: 200, description: "", schema: {} };
const served = { summary: "", answer: shape } as const;

/** What the routes of this test were told to do. */
const routesOf = (did: string[]): readonly Route[] => [
  route({
    ...served,
    method: "GET",
    path: "/records",
    operationId: "listRecords",
    needs: "viewer",
    handle: () => ok({ items: [] }),
  }),
  route({
    ...served,
    method: "GET",
    path: "/records/live",
    operationId: "watchRecords",
    needs: "viewer",
    handle: () => ({
      status: 200,
      mediaType: "text/event-stream",
      stream: (sink) => {
        sink.write("event: opened\ndata: 1\n\n");
        return { drained: () => undefined, ended: () => did.push("ended") };
      },
    }),
  }),
  route({
    ...served,
    method: "POST",
    path: "/switches",
    operationId: "throwSwitch",
    needs: "operator",
    handle: () => (did.push("switched"), ok({})),
  }),
  route({
    ...served,
    method: "POST",
    path: "/enforce-all",
    operationId: "enforceAll",
    needs: "operator",
    confirm: true,
    handle: () => (did.push("enforced"), ok({})),
  }),
];

/** The console's door before a store, as a test drives it. */
export class ServedConsole {
  readonly did: string[] = [];
  readonly noted: AdminAct[] = [];
  readonly said: string[] = [];
  readonly people: ConsolePeople;
  readonly links: EntryLinks;
  readonly store: DatabaseStore;
  nowMs = 1_800_000_000_000;
  /** Its secret is `bearer`. */
  readonly bearer: string = "b".repeat(43);
  #server: AdminServer | undefined;

  constructor(store: DatabaseStore) {
    this.store = store;
    const now = (): number => this.nowMs;
    this.people = new ConsolePeople(store, now);
    this.links = new EntryLinks(store, now);
  }

  get port(): number {
    return this.#server?.port ?? 0;
  }

  get origin(): string {
    return `http://localhost:${this.port}`;
  }

  /** @param port of a server that was closed before: a restart */
  async start(port = 0): Promise<this> {
    let address: ReturnType<typeof consoleAddressOf>;
    const { links, people } = this;
    const routes = [
      ...routesOf(this.did),
      ...peopleRoutes({ people, links, address: () => address }),
    ];
    this.#server = await startAdminServer({
      host: "127.0.0.1",
      port,
      credential: { file: "admin-token", made: false, fits: (shown) => shown === this.bearer },
      tokens: undefined,
      note: async (act) => void this.noted.push(act),
      say: (message) => this.said.push(message),
      routes,
      console: (own) => {
        address = consoleAddressOf({}, own);
        if (address === undefined) throw new Error("it has a name");
        return new ConsoleDoor(
          new ConsoleFiles(undefined, routes),
          new ConsoleAccess({
            address,
            store: this.store,
            nowMs: () => this.nowMs,
            node: "gate-1",
            say: (message) => this.said.push(message),
          }),
        );
      },
    });
    return this;
  }

  async restart(): Promise<void> {
    const { port } = this;
    await this.close();
    await this.start(port);
  }

  async close(): Promise<void> {
    await this.#server?.close();
  }

  /** A request as it is said, without what a client would add. */
  ask(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>> = {},
    body?: unknown,
  ): Promise<ConsoleAnswer> {
    return new Promise((resolve, reject) => {
      const json = body === undefined ? {} : { "Content-Type": "application/json" };
      const sent = { Host: `localhost:${this.port}`, ...json, ...headers };
      const to = { host: "127.0.0.1", port: this.port, agent: false };
      const asked = request({ ...to, method, path, headers: sent });
      asked.on("error", reject).on("response", (answer) => {
        let text = "";
        answer
          .setEncoding("utf8")
          .on("data", (part: string) => (text += part))
          .on("end", () => {
            const isJson = /json/.test(answer.headers["content-type"] ?? "");
            const parsed = isJson && text !== "" ? (JSON.parse(text) as object) : {};
            resolve({
              status: answer.statusCode ?? 0,
              headers: answer.headers,
              body: parsed as ConsoleAnswer["body"],
              text,
            });
          });
      });
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** As the console's own pages ask. */
  async post(
    path: string,
    body: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<ConsoleAnswer> {
    const own = { Origin: this.origin, "Sec-Fetch-Site": "same-origin" };
    return this.ask("POST", path, { ...own, ...headers }, body);
  }

  /** What a browser does with a link and a device that has a passkey. */
  async join(secret: string, name: string, visitor = new Visitor(this)): Promise<Visitor> {
    const asked = await this.post("/join/options", { link: secret, name });
    const proof = visitor.makes(asked);
    const joined = await this.post("/join", { link: secret, name, ...proof });
    visitor.take(joined);
    return visitor;
  }

  /** Somebody who is signed in. */
  async personOf(role: AdminRole, name: string): Promise<Visitor> {
    const visitor = await this.join((await this.links.issue(role, "test")).secret, name);
    await visitor.look();
    return visitor;
  }
}
