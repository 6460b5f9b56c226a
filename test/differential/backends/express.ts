import { createServer } from "node:http";
import methodOverride from "method-override";
import multer from "multer";
import express4 from "express4";
import express5 from "express";
import { cookieNamed, readLogin, readQuery } from "../report.ts";
import { listening, type Backend } from "./backend.ts";

/** As they come, with the override that many add. */
export const openExpress4 = (): Promise<Backend> => open(express4);
export const openExpress5 = (): Promise<Backend> => open(express5);

function open(express: typeof express5): Promise<Backend> {
  const app = express();
  // Faults are answered, not printed.
  app.set("env", "test");
  app.use(express.urlencoded({ extended: true }), express.json());
  app.use(methodOverride("X-HTTP-Method-Override"), methodOverride("_method"));
  app.use(
    methodOverride((request) => {
      const body = (request as { body?: { _method?: string } }).body;
      return body?._method ?? "";
    }),
  );
  const say =
    (
      handler: string,
      readBody: (body: unknown) => unknown = (body) => body,
    ): express5.RequestHandler =>
    (request, response) => {
      const { file } = request as { file?: { originalname: string; size: number } };
      response.json({
        handler,
        method: request.method,
        path: request.params,
        query: readQuery(request.query, Number),
        tenant: request.get("X-Tenant"),
        theme: cookieNamed(request.get("Cookie"), "theme"),
        body: readBody(request.body),
        file: file === undefined ? undefined : { name: file.originalname, bytes: file.size },
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
  app.post("/uploads", multer().single("file"), say("upload"));
  app.get("/files/archive/:entry", say("getEntry"));
  app.get("/files/:name/raw", say("getRaw"));
  app.get("/files/:name", say("getFile"));
  return listening(createServer(app));
}
