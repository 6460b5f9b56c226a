import { createRequire } from "node:module";
import type { AddressInfo, Server } from "node:net";
import { join } from "node:path";

/** Parse Server on a free port, over an empty database. Says its port on a line. */
interface ParseModule {
  readonly ParseServer: new (
    options: object,
  ) => {
    readonly app: unknown;
    start(): Promise<unknown>;
  };
}
type Express = () => {
  use(path: string, app: unknown): void;
  listen(port: number, host: string, then: () => void): Server;
};

const [packages = "", databaseURI = ""] = process.argv.slice(2);
const load = createRequire(join(packages, "parse-server", "package.json"));
const { ParseServer } = load("parse-server") as ParseModule;
const server = new ParseServer({
  databaseURI,
  appId: "notes",
  masterKey: "known-to-no-app",
  serverURL: "http://127.0.0.1/parse",
  allowClientClassCreation: true,
  logsFolder: null,
  silent: true,
});
await server.start();
const app = (load("express") as Express)();
app.use("/parse", server.app);
const listening = app.listen(0, "127.0.0.1", () => {
  console.log(`port ${(listening.address() as AddressInfo).port}`);
});
