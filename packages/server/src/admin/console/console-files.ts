import type { IncomingHttpHeaders } from "node:http";
import { html } from "@portcullis/identity/page-parts";
import { plainPage } from "../access/sign-in-pages.ts";
import type { AdminRequest } from "../answer-request.ts";
import type { AdminReply } from "../problem-reply.ts";
import type { Route } from "../route.ts";
import { type BuiltFile, type BuiltFiles, consoleFolder, readBuiltFiles } from "./built-files.ts";
import { isNavigation, pageHeaders } from "./page-headers.ts";

const notBuilt = plainPage(
  "The console is not built",
  "",
  html`
    <p>This is a checkout, and its console was not built yet. Run <code>npm run build -w packages/console</code>, and start Portcullis again.</p>
    <p>The admin API and the command line work without it.</p>
  `,
);

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

  /** @returns undefined where no file is at this path */
  file({ headers, method }: AdminRequest, path: string): AdminReply | undefined {
    const isRead = method === "GET" || method === "HEAD";
    const found = isRead && path !== "/index.html" ? this.#files?.get(path) : undefined;
    return found === undefined ? undefined : replyOf(found, headers);
  }

  /** Whether a person goes there, and nothing that anybody may read is at this path. */
  isPage({ headers, method }: AdminRequest, path: string): boolean {
    return (
      (method === "GET" || method === "HEAD") &&
      headers.authorization === undefined &&
      !alwaysThemselves.has(path) &&
      isNavigation(headers) &&
      !this.#isOpen(path)
    );
  }

  page({ headers }: AdminRequest): AdminReply {
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
