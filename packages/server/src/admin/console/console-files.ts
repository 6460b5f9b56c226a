import type { IncomingHttpHeaders } from "node:http";
import type { AdminReply } from "../answer-request.ts";
import type { Route } from "../route.ts";
import { type BuiltFile, type BuiltFiles, consoleFolder, readBuiltFiles } from "./built-files.ts";
import { isNavigation, pageHeaders } from "./page-headers.ts";

/** A request, as far as files and pages are chosen by it. */
export interface FileRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
}

const notBuilt = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>The console is not built</title>
<main>
<h1>The console is not built</h1>
<p>This is a checkout, and its console was not built yet. Run <code>npm run build -w packages/console</code>, and start Portcullis again.</p>
<p>The admin API and the command line work without it.</p>
</main>
</html>
`;

/** A document that people open and programs fetch: it is itself at its address for both. */
const alwaysThemselves: ReadonlySet<string> = new Set(["/openapi.json"]);

/**
 * The console's page and files. The page is the same for everybody, and knows nothing until it asks
 * the admin API; its own addresses, such as `/incidents`, are addresses of that API too, so that a
 * browser that goes there gets the page, and everything else the API's answer.
 */
export class ConsoleFiles {
  readonly #files: BuiltFiles | undefined;
  readonly #isOpen: (path: string) => boolean;

  /** @param files undefined where the console is not built */
  constructor(files: BuiltFiles | undefined, routes: readonly Route[]) {
    this.#files = files;
    const open = routes.filter(({ needs }) => needs === "nothing");
    this.#isOpen = (path) => open.some(({ match }) => match(path) !== undefined);
  }

  /** As they lie beside this program. @throws Error where they are not whole */
  static beside(routes: readonly Route[]): ConsoleFiles {
    const folder = consoleFolder();
    return new ConsoleFiles(folder === undefined ? undefined : readBuiltFiles(folder), routes);
  }

  /** @returns undefined for what is the admin API's to answer */
  answer({ headers, method, target }: FileRequest): AdminReply | undefined {
    if (method !== "GET" && method !== "HEAD") return undefined;
    const path = URL.parse(target, "http://admin.invalid")?.pathname;
    if (path === undefined) return undefined;
    const file = path === "/index.html" ? undefined : this.#files?.get(path);
    if (file !== undefined) return replyOf(file, headers);
    const isPage =
      !this.#isOpen(path) &&
      !alwaysThemselves.has(path) &&
      headers.authorization === undefined &&
      isNavigation(headers);
    return isPage ? this.#page(headers) : undefined;
  }

  #page(headers: IncomingHttpHeaders): AdminReply {
    const index = this.#files?.get("/index.html");
    if (index !== undefined) return replyOf(index, headers);
    const mediaType = "text/html; charset=utf-8";
    return { status: 503, mediaType, body: notBuilt, headers: pageHeaders };
  }
}

function replyOf(file: BuiltFile, asked: IncomingHttpHeaders): AdminReply {
  const { cacheControl, etag, mediaType } = file;
  const brotli = acceptsBrotli(asked["accept-encoding"]) ? file.brotli : undefined;
  const headers = {
    ...pageHeaders,
    "Cache-Control": cacheControl,
    ETag: etag,
    ...(file.brotli === undefined ? {} : { Vary: `${pageHeaders.Vary}, Accept-Encoding` }),
    ...(brotli !== undefined ? { "Content-Encoding": "br" } : {}),
  };
  if (asked["if-none-match"] === etag) return { status: 304, mediaType, body: "", headers };
  const body = brotli ?? file.body;
  return { status: 200, mediaType, body, headers };
}

/** `br` with a weight of zero is a refusal of it. */
const acceptsBrotli = (field: string | string[] | undefined): boolean =>
  /(?:^|,)\s*br\s*(?:;\s*q=(?:1|0\.0*[1-9]))?[\d.]*\s*(?:,|$)/i.test(String(field ?? ""));
