import { html as markup } from "@portcullis/identity/page-parts";
import { answerAccess } from "../access/access-endpoints.ts";
import type { ConsoleAccess } from "../access/console-access.ts";
import { joinPage, plainPage, signInFiles, signInPage } from "../access/sign-in-pages.ts";
import type { Administrator } from "../administrator.ts";
import type { AdminRequest } from "../answer-request.ts";
import type { AdminReply } from "../problem-reply.ts";
import type { ConsoleFiles } from "./console-files.ts";
import { pageHeaders } from "./page-headers.ts";

/** What browsers of people are served: pages, files, and what lets them in. */
export class ConsoleDoor {
  readonly #files: ConsoleFiles;
  readonly #access: ConsoleAccess | undefined;
  readonly #pages: ReadonlyMap<string, string>;

  /** @param access undefined where the console has no name that passkeys could hold for */
  constructor(files: ConsoleFiles, access: ConsoleAccess | undefined) {
    this.#files = files;
    this.#access = access;
    const node = access?.node ?? "";
    this.#pages = new Map([
      ["/sign-in", access === undefined ? noName : signInPage(node)],
      ["/join", access === undefined ? noName : joinPage(node)],
    ]);
  }

  /** Who asks the admin API with the cookie of a sign-in. @throws Refused */
  async administratorOf(asked: AdminRequest): Promise<Administrator | undefined> {
    return this.#access?.administratorOf(asked);
  }

  /** @returns undefined for what is the admin API's to answer */
  async answer(asked: AdminRequest): Promise<AdminReply | undefined> {
    const path = URL.parse(asked.target, "http://admin.invalid")?.pathname;
    if (path === undefined) return undefined;
    const file = this.#files.file(asked, path) ?? signInFile(asked, path);
    if (file !== undefined) return file;
    if (this.#files.isPage(asked, path)) return this.#page(asked, path);
    return this.#access === undefined ? undefined : answerAccess(this.#access, asked);
  }

  #page(asked: AdminRequest, path: string): AdminReply {
    const elsewhere = this.#access === undefined ? undefined : movedTo(this.#access.address, asked);
    if (elsewhere !== undefined) return elsewhere;
    const page = this.#pages.get(path);
    if (page === undefined) return this.#files.page(asked);
    return pageReply(this.#access === undefined ? 503 : 200, page);
  }
}

const pageReply = (status: number, body: string, headers = {}): AdminReply => ({
  status,
  mediaType: "text/html; charset=utf-8",
  body,
  headers: { ...pageHeaders, ...headers },
});

function signInFile({ method }: AdminRequest, path: string): AdminReply | undefined {
  const found = method === "GET" || method === "HEAD" ? signInFiles.get(path) : undefined;
  if (found === undefined) return undefined;
  const headers = { ...pageHeaders, "Cache-Control": "no-cache" };
  return { status: 200, mediaType: found.mediaType, body: found.body, headers };
}

const portOf = (host: string | undefined): string => /:(\d+)$/.exec(host ?? "")?.[1] ?? "";

/**
 * Passkeys and cookies hold for one name: a browser that comes by another one, such as 127.0.0.1,
 * is sent there. What stands behind `#` goes along.
 */
function movedTo(
  { host, origin }: ConsoleAccess["address"],
  { headers, target }: AdminRequest,
): AdminReply | undefined {
  if (headers.host === host) return undefined;
  if (portOf(headers.host) !== portOf(host)) return pageReply(421, otherPort(origin));
  const location = `${origin}${target.startsWith("/") ? target : "/"}`;
  return pageReply(307, "", { Location: location });
}

const otherPort = (origin: string): string =>
  plainPage(
    "The console is at another address",
    "",
    markup`<p>It is at <a href="${origin}/">${origin}</a>. Where a tunnel or a container gives it another port, say so in the policy: <code>admin: { url: http://localhost:PORT }</code>.</p>`,
  );

const noName = plainPage(
  "The console has no name yet",
  "",
  markup`<p>People sign in by passkeys, which hold for a name and not for a number. Say in the policy by which name this port is reached: <code>admin: { url: https://console.example.com:9443 }</code>, and start Portcullis again.</p>`,
);
