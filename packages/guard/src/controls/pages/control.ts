import type { GateAt } from "../compile-context.ts";
import { type Check, step } from "../check.ts";
import { defineControl } from "../control.ts";
import { type OwnPage, problemPage } from "./own-pages.ts";

export interface PagesPorts {
  /** Pages below `/.well-known/portcullis/`, by their paths. */
  readonly pages?: ReadonlyMap<string, OwnPage> | undefined;
}

export const pages = defineControl({
  name: "pages",
  sentence: "Answers pages of the gate's own: what its refusals mean, and its public keys.",
  keys: {},
  problems: [],
  open: (_whole: undefined, { pages: more }: PagesPorts, gate): Check<"path"> =>
    compilePages(more ?? new Map(), gate),
  first: {
    answer: step({ title: "own pages", mode: undefined, needs: ["admitted", "path"], gives: [] }),
  },
  compileFirst: (answer) => ({ answer }),
});

function compilePages(more: ReadonlyMap<string, OwnPage>, { problems }: GateAt): Check<"path"> {
  const all = new Map(more);
  for (const problem of problems) all.set(`/problems/${problem.code}`, problemPage(problem));
  return ({ arrival, path }) => {
    if (!path.startsWith("/problems/") && !path.startsWith("/.well-known/portcullis/"))
      return undefined;
    const page = all.get(path);
    if (page === undefined) return undefined;
    // Only reading is offered.
    if (arrival.method !== "GET" && arrival.method !== "HEAD")
      return { reply: 405, headers: ["Allow", "GET, HEAD"] };
    return {
      reply: 200,
      headers: [
        "Content-Type",
        page.contentType,
        "Cache-Control",
        page.cacheControl,
        "X-Content-Type-Options",
        "nosniff",
        "Content-Security-Policy",
        "default-src 'none'; style-src 'unsafe-inline'",
      ],
      body: page.body,
    };
  };
}
