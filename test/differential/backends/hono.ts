import type { Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { getCookie } from "hono/cookie";
import { readLogin, readQuery } from "../report.ts";
import { type Backend, listening } from "./backend.ts";

/** By its type, as handlers do that take several. */
function bodyOf({ req }: Context): Promise<unknown> {
  const type = req.header("Content-Type") ?? "";
  if (type.includes("json")) return req.json();
  return type.includes("form") ? req.parseBody() : Promise.resolve(undefined);
}

export function openHono(): Promise<Backend> {
  const app = new Hono();
  const say =
    (handler: string, readBody: (body: unknown) => unknown = (body) => body) =>
    async (context: Context): Promise<Response> => {
      const { req } = context;
      const body = await bodyOf(context);
      const { file, ...fields } = (body ?? {}) as Record<string, unknown>;
      const tags = req.queries("tag");
      return context.json({
        handler,
        method: req.method,
        path: req.param(),
        query: readQuery({ ...req.query(), ...(tags === undefined ? {} : { tag: tags }) }, Number),
        tenant: req.header("X-Tenant"),
        theme: getCookie(context, "theme"),
        body: readBody(file instanceof File ? fields : body),
        file: file instanceof File ? { name: file.name, bytes: file.size } : undefined,
      });
    };
  app.get("/users/export", say("exportUsers"));
  app.get("/users/@me", say("getMe"));
  app.post("/users/search", say("searchUsers"));
  app.post("/users", say("createUser"));
  app.get("/users/:id", say("getUser"));
  app.put("/users/:id", say("putUser"));
  app.delete("/users/:id", say("deleteUser"));
  app.post("/users/:id", say("touchUser"));
  app.post(
    "/login",
    say("login", (body) => readLogin(body, Number)),
  );
  app.post("/uploads", say("upload"));
  app.get("/files/archive/:entry", say("getEntry"));
  app.get("/files/:name/raw", say("getRaw"));
  app.get("/files/:name", say("getFile"));
  return listening(createAdaptorServer({ fetch: app.fetch }) as Server);
}
