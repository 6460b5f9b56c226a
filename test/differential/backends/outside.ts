import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../parts/free-port.ts";
import { endProcess, saidBy, untilAnswering } from "../../parts/throw-away-server.ts";
import type { Backend } from "./backend.ts";

const programs = join(import.meta.dirname, "programs");
const startMs = 20_000;

/** Flask behind the server that it brings along. */
export const openFlask = (python: string): Promise<Backend> =>
  start(python, (port) => [join(programs, "flask_backend.py"), String(port)]);

/** A program of ours in Python, behind gunicorn. */
export const openUnderGunicorn = (python: string, module: string): Promise<Backend> =>
  start(python, (port) =>
    `-m gunicorn --bind 127.0.0.1:${port} --threads 2 --keep-alive 20 --chdir ${programs} ${module}:application`.split(
      " ",
    ),
  );

export const openPhp = (php: string): Promise<Backend> =>
  start(php, (port) => [
    ..."-d display_errors=0 -d log_errors=0".split(" "),
    "-S",
    `127.0.0.1:${port}`,
    join(programs, "index.php"),
  ]);

export const openNginx = (nginx: string): Promise<Backend> =>
  start(nginx, (port) => {
    const folder = mkdtempSync(join(tmpdir(), "portcullis-nginx-"));
    const file = join(folder, "nginx.conf");
    writeFileSync(file, nginxConfiguration(port, folder));
    return ["-p", folder, "-c", file, "-e", join(folder, "error.log")];
  });

async function start(
  program: string,
  argumentsFor: (port: number) => readonly string[],
): Promise<Backend> {
  const port = await freePort();
  const child = spawn(program, argumentsFor(port), { stdio: ["ignore", "pipe", "pipe"] });
  await untilAnswering(child, () => answers(port), startMs, saidBy(child));
  return {
    target: `http://127.0.0.1:${port}`,
    close: () => endProcess(child, "SIGTERM"),
  };
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket
      .once("connect", () => {
        socket.destroy();
        resolve(true);
      })
      .once("error", () => resolve(false));
  });

/** Locations as people write them; each says what it has understood, a line for each fact. */
function nginxConfiguration(port: number, folder: string): string {
  const say = (handler: string, ...captures: readonly string[]): string =>
    `{ return 200 "handler=${handler}\\nmethod=$request_method\\nq=$arg_q\\npage=$arg_page\\n` +
    `tenant=$http_x_tenant\\ntheme=$cookie_theme\\n${captures.map((name) => `path.${name}=$${name}\\n`).join("")}"; }`;
  return `daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log crit;
events { worker_connections 256; }
http {
  access_log off;
  default_type text/plain;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  map $request_method $one { default none; GET getUser; HEAD getUser; PUT putUser; DELETE deleteUser; POST touchUser; }
  server {
    listen 127.0.0.1:${port};
    location = /users ${say("createUser")}
    location = /users/export ${say("exportUsers")}
    location = /users/@me ${say("getMe")}
    location = /users/search ${say("searchUsers")}
    location ~ ^/users/(?<id>[^/]+)$ ${say("$one", "id")}
    location = /login ${say("login")}
    location = /uploads ${say("upload")}
    location ~ ^/files/archive/(?<entry>[^/]+)$ ${say("getEntry", "entry")}
    location ~ ^/files/(?<name>[^/]+)/raw$ ${say("getRaw", "name")}
    location ~ ^/files/(?<name>[^/]+)$ ${say("getFile", "name")}
  }
}
`;
}
