import "reflect-metadata";
import type { Server } from "node:http";
import {
  Controller,
  Delete,
  Get,
  Module,
  Post,
  Put,
  Req,
  UploadedFile,
  UseInterceptors,
} from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { FileInterceptor } from "@nestjs/platform-express";
import { cookieNamed, readLogin, readQuery } from "../report.ts";
import type { Backend } from "./backend.ts";

interface Asked {
  readonly method: string;
  readonly params: object;
  readonly query: Record<string, unknown>;
  readonly headers: NodeJS.Dict<string>;
  readonly body: unknown;
}
interface Uploaded {
  readonly originalname: string;
  readonly size: number;
}

// oxlint-disable-next-line typescript/no-extraneous-class -- Nest makes its controllers of classes
class Users {}
const methods = Users.prototype as unknown as Record<string, unknown>;

/** Decorators by hand: the sources run without a build, which decorators would need. */
function route(
  handler: string,
  decorate: MethodDecorator,
  readBody: (body: unknown) => unknown = (body) => body,
): void {
  methods[handler] = ({ body, headers, method, params, query }: Asked, file?: Uploaded) => ({
    handler,
    method,
    path: params,
    query: readQuery(query, Number),
    tenant: headers["x-tenant"],
    theme: cookieNamed(headers["cookie"], "theme"),
    body: readBody(body),
    file: file === undefined ? undefined : { name: file.originalname, bytes: file.size },
  });
  const descriptor = Object.getOwnPropertyDescriptor(Users.prototype, handler);
  if (descriptor === undefined) throw new Error(`${handler} is not there`);
  decorate(Users.prototype, handler, descriptor);
  Req()(Users.prototype, handler, 0);
  if (handler !== "upload") return;
  UseInterceptors(FileInterceptor("file"))(Users.prototype, handler, descriptor);
  UploadedFile()(Users.prototype, handler, 1);
}

route("exportUsers", Get("/users/export"));
route("getMe", Get("/users/@me"));
route("searchUsers", Post("/users/search"));
route("createUser", Post("/users"));
route("getUser", Get("/users/:id"));
route("putUser", Put("/users/:id"));
route("deleteUser", Delete("/users/:id"));
route("touchUser", Post("/users/:id"));
route("login", Post("/login"), (body) => readLogin(body, Number));
route("upload", Post("/uploads"));
route("getEntry", Get("/files/archive/:entry"));
route("getRaw", Get("/files/:name/raw"));
route("getFile", Get("/files/:name"));
Controller()(Users);

// oxlint-disable-next-line typescript/no-extraneous-class -- and its modules
class App {}
Module({ controllers: [Users] })(App);

export async function openNest(): Promise<Backend> {
  const app = await NestFactory.create(App, { logger: false });
  await app.listen(0, "127.0.0.1");
  const server = app.getHttpServer() as Server;
  return {
    target: (await app.getUrl()).replace("[::1]", "127.0.0.1"),
    async close() {
      server.closeAllConnections();
      await app.close();
    },
  };
}
