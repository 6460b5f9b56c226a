// The least a proxy in Node can be: node:http in front, an undici pool behind, nothing decided.
import { createServer } from "node:http";
import { Pool } from "undici";

const [port, backend] = process.argv.slice(2).map(Number);
const pool = new Pool(`http://127.0.0.1:${backend}`, { connections: 128, pipelining: 1 });
createServer((request, response) => {
  const headers = request.rawHeaders.filter(
    (_, index, all) => (all[index - (index % 2)] ?? "").toLowerCase() !== "connection",
  );
  pool.dispatch(
    {
      method: request.method as "GET",
      path: request.url ?? "/",
      headers,
      body: request.method === "GET" ? null : request,
    },
    {
      onRequestStart: () => undefined,
      onResponseStart: (controller, status) => {
        const raw = (controller.rawHeaders as Buffer[]).map((part) => part.toString("latin1"));
        response.writeHead(
          status,
          raw.filter((_, index) => (raw[index - (index % 2)] ?? "").toLowerCase() !== "connection"),
        );
      },
      onResponseData: (_controller, chunk) => void response.write(chunk),
      onResponseEnd: () => void response.end(),
      onResponseError: () => void response.destroy(),
    },
  );
}).listen(port, "127.0.0.1");
