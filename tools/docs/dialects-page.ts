import { type Dialect, dialects } from "../../packages/guard/src/document/dialects.ts";

const yes = (reads: boolean): string => (reads ? "yes" : "-");

const columns: readonly (readonly [title: string, cell: (dialect: Dialect) => string])[] = [
  ["`/Users` is `/users`", ({ routes }) => yes(routes.letterCase)],
  ["`/users.json`", ({ routes }) => yes(routes.suffix)],
  ["`/users/`", ({ routes }) => yes(routes.trailingSlash)],
  ["`/users;x=1`", ({ routes }) => yes(routes.matrix)],
  ["`%40me` is `@me`", ({ routes }) => yes(routes.escapes)],
  ["`/usersX`", ({ routes }) => yes(routes.prefix)],
  ["path before method", ({ routes }) => yes(routes.methodLast)],
  ["of `a=1&a=2`", ({ repeated }) => repeated],
  ["`a[b]=1` nests", ({ nested }) => yes(nested)],
  ["`A=1` is `a`", ({ nameCase }) => yes(nameCase)],
  ["`X_A` is `X-A`", ({ foldsFields }) => yes(foldsFields)],
  ["method override", ({ overrides }) => overrides.join(", ") || "-"],
];

/** docs/dialects.md: how backends read what can be written in more than one way. */
export function dialectsPage(): string {
  const rows = Object.entries(dialects);
  return [
    "# Dialects",
    "How backends read what can be written in more than one way: what `apis[].upstream.dialect` may say. Without it, a backend may read as any of these, and a request in which that decides which operation it is, is refused. The prose is in [policy.md](policy.md#how-the-backend-reads).",
    "This page is written from the code by `npm run docs`. The rows of Express, Fastify, Django, Flask, PHP and nginx are held to the programs themselves by `test/differential`; the others to what their projects write.",
    [
      `| dialect | ${columns.map(([title]) => title).join(" | ")} |`,
      `|---|${columns.map(() => "---").join("|")}|`,
      ...rows.map(
        ([name, dialect]) =>
          `| \`${name}\` | ${columns.map(([, cell]) => cell(dialect)).join(" | ")} |`,
      ),
    ].join("\n"),
    ...rows.map(
      ([name, { quirks, sources }]) =>
        `**${name}.** ${quirks}${sources.map((one) => `\n- ${one}`).join("")}`,
    ),
    "",
  ].join("\n\n");
}
