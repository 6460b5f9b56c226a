import type { Problem } from "../../facts/problem.ts";

/** A page that the gate itself answers. */
export interface OwnPage {
  readonly contentType: string;
  readonly body: string;
  readonly cacheControl: string;
}

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const style = [
  "body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem;",
  "color:#1a1d21}code{background:#f1f3f5;padding:.1em .3em}",
].join("");

/** `/problems/<code>`, where the `type` of a refusal leads (RFC 9457 section 3.1.1). */
export function problemPage({ code, sentence, status, title }: Problem): OwnPage {
  return {
    contentType: "text/html; charset=utf-8",
    cacheControl: "public, max-age=86400",
    body: [
      '<!doctype html><html lang="en"><meta charset="utf-8">',
      '<meta name="viewport" content="width=device-width">',
      `<title>${escape(title)}</title><style>${style}</style>`,
      `<h1>${escape(title)}</h1>`,
      `<p><code>${code}</code>, HTTP status ${status}</p><p>${escape(sentence)}</p></html>`,
    ].join(""),
  };
}
