import formBody from "@fastify/formbody";
import multipart from "@fastify/multipart";
import fastify, { type FastifyRequest } from "fastify";
import { cookieNamed, readLogin, readQuery } from "../report.ts";
import type { Backend } from "./backend.ts";

export async function openFastify(): Promise<Backend> {
  const app = fastify();
  await app.register(formBody);
  await app.register(multipart);
  const say =
    (handler: string, readBody: (body: unknown) => unknown = (body) => body) =>
    async (request: FastifyRequest): Promise<unknown> => ({
      handler,
      method: request.method,
      path: request.params,
      query: readQuery(request.query as Record<string, unknown>, Number),
      tenant: request.headers["x-tenant"],
      theme: cookieNamed(request.headers.cookie, "theme"),
      ...(request.isMultipart() ? await partsOf(request) : { body: readBody(request.body) }),
    });
  app.get("/users/:id", say("getUser"));
  app.put("/users/:id", say("putUser"));
  app.delete("/users/:id", say("deleteUser"));
  app.post("/users/:id", say("touchUser"));
  app.get("/users/export", say("exportUsers"));
  app.get("/users/@me", say("getMe"));
  app.post("/users/search", say("searchUsers"));
  app.post("/users", say("createUser"));
  app.post(
    "/login",
    say("login", (body) => readLogin(body, Number)),
  );
  app.post("/uploads", say("upload"));
  app.get("/files/:name", say("getFile"));
  app.get("/files/archive/:entry", say("getEntry"));
  app.get("/files/:name/raw", say("getRaw"));
  const target = await app.listen({ port: 0, host: "127.0.0.1" });
  return { target, close: () => app.close() };
}

async function partsOf(request: FastifyRequest): Promise<object> {
  const body: Record<string, unknown> = {};
  let file: object | undefined;
  for await (const part of request.parts()) {
    if (part.type === "file") file = { name: part.filename, bytes: (await part.toBuffer()).length };
    else body[part.fieldname] = part.value;
  }
  return { body, file };
}
