import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { stripTypeScriptTypes } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..", "..");
const clientSource = join(root, "packages", "client", "src");

export interface WebFiles {
  readonly url: string;
  close(): void;
}

/**
 * Serves the web client's page and modules: TypeScript without its types, as any bundler would,
 * file by file.
 */
export function serveWebClient(port: number): Promise<WebFiles> {
  const server: Server = createServer((request, response) => {
    const path = (request.url ?? "/").split("?", 1)[0] as string;
    const file = fileOf(path);
    if (file === undefined || !existsSync(file))
      return void response.writeHead(404, { "Content-Type": "text/plain" }).end("not found");
    const text = readFileSync(file, "utf8");
    const body = file.endsWith(".ts")
      ? stripTypeScriptTypes(text)
          .replaceAll('"@portcullis/client/adapters/web"', '"/app/adapters/web.ts"')
          .replaceAll('"@portcullis/client"', '"/app/portcullis-client.ts"')
      : text;
    return void response
      .writeHead(200, {
        "Content-Type": file.endsWith(".html")
          ? "text/html; charset=utf-8"
          : "text/javascript; charset=utf-8",
        "Cache-Control": "no-store",
        ...(file.endsWith(".html")
          ? {
              "Content-Security-Policy": "frame-ancestors 'none'",
              "Referrer-Policy": "no-referrer",
            }
          : {}),
      })
      .end(body);
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () =>
      resolve({
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        close() {
          server.closeAllConnections();
          server.close();
        },
      }),
    );
  });
}

function fileOf(path: string): string | undefined {
  if (path === "/app") return join(import.meta.dirname, "index.html");
  if (path === "/app/web-client.ts") return join(import.meta.dirname, "web-client.ts");
  const name = /^\/app\/((?:adapters\/)?[a-z0-9-]+\.ts)$/.exec(path)?.[1];
  return name === undefined ? undefined : join(clientSource, name);
}
