import { createServer } from "node:http";
import { bodyParser } from "@koa/bodyparser";
import { Router, type RouterMiddleware } from "@koa/router";
import Koa from "koa";
import multer from "multer";
import { readLogin, readQuery } from "../report.ts";
import { type Backend, listening } from "./backend.ts";

const readFile = multer().single("file");

/** Its handlers read numbers with parseInt, as many do. */
const toNumber = (text: string): number => Number.parseInt(text, 10);

export function openKoa(): Promise<Backend> {
  const app = new Koa();
  const router = new Router();
  app.use(bodyParser());
  const say =
    (handler: string, readBody: (body: unknown) => unknown = (body) => body): RouterMiddleware =>
    (context) => {
      const { file } = context.req as { file?: { originalname: string; size: number } };
      const { body } = context.request as { body?: unknown };
      context.body = {
        handler,
        method: context.method,
        path: context["params"] as unknown,
        query: readQuery(context.query, toNumber),
        tenant: context.get("X-Tenant") || undefined,
        theme: context.cookies.get("theme"),
        body: readBody((context.req as { body?: unknown }).body ?? body),
        file: file === undefined ? undefined : { name: file.originalname, bytes: file.size },
      };
    };
  router.get("/users/export", say("exportUsers"));
  router.get("/users/@me", say("getMe"));
  router.post("/users/search", say("searchUsers"));
  router.post("/users", say("createUser"));
  router.get("/users/:id", say("getUser"));
  router.put("/users/:id", say("putUser"));
  router.delete("/users/:id", say("deleteUser"));
  router.post("/users/:id", say("touchUser"));
  router.post(
    "/login",
    say("login", (body) => readLogin(body, toNumber)),
  );
  router.post("/uploads", async (context, next) => {
    await new Promise<void>((resolve, reject) =>
      readFile(
        context.req as Parameters<typeof readFile>[0],
        context.res as Parameters<typeof readFile>[1],
        (fault?: unknown) => (fault === undefined ? resolve() : reject(fault)),
      ),
    );
    await next();
  });
  router.post("/uploads", say("upload"));
  router.get("/files/archive/:entry", say("getEntry"));
  router.get("/files/:name/raw", say("getRaw"));
  router.get("/files/:name", say("getFile"));
  app.silent = true;
  app.use(router.routes());
  const handle = app.callback();
  return listening(createServer((request, response) => void handle(request, response)));
}
