import { problemCatalog, type ProblemCode, problemCodes } from "../problem-catalog.ts";

/** A page the gate itself answers. */
export interface OwnPage {
  readonly contentType: string;
  readonly body: string;
  readonly cacheControl: string;
}

const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** `/problems/<code>`, where the `type` of every refusal leads (RFC 9457 section 3.1.1), and the pages given. */
export function compileOwnPages(more: ReadonlyMap<string, OwnPage>): (path: string) => OwnPage | undefined {
  const pages = new Map<string, OwnPage>(more);
  for (const code of problemCodes) pages.set(`/problems/${code}`, problemPage(code));
  return (path) => (path.startsWith("/problems/") || path.startsWith("/.well-known/portcullis/") ? pages.get(path) : undefined);
}

function problemPage(code: ProblemCode): OwnPage {
  const { public: words, status, title } = problemCatalog[code];
  return {
    contentType: "text/html; charset=utf-8",
    cacheControl: "public, max-age=86400",
    body: `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)}</title><style>body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem;color:#1a1d21}code{background:#f1f3f5;padding:.1em .3em}</style><h1>${escape(title)}</h1><p><code>${code}</code>, HTTP status ${status}</p><p>${escape(words)}</p></html>`,
  };
}
