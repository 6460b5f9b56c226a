import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

/** What of Cedar's own engine is used here (`@cedar-policy/cedar-wasm`). */
interface Cedar {
  isAuthorized(call: object): {
    readonly type: string;
    readonly response?: { readonly decision: string };
  };
}

interface Entity {
  readonly type: string;
  readonly id: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** A request of the OpenID AuthZEN Authorization API 1.0, and nothing beside it. */
interface Evaluation {
  readonly subject: Entity;
  readonly action: { readonly name: string };
  readonly resource: Entity;
}

const isText = (value: unknown): boolean => typeof value === "string" && value !== "";
const isEvaluation = ({ action, resource, subject, ...rest }: Evaluation): boolean =>
  Object.keys(rest).length === 0 &&
  isText(action?.name) &&
  [subject, resource].every((one) => isText(one?.type) && isText(one?.id));

export interface CedarPoint {
  readonly url: string;
  /** Questions that were none by the standard. */
  readonly misread: readonly string[];
  close(): void;
}

/**
 * Cedar's engine behind AuthZEN: policies in its own language, entities as it knows them. The
 * subject is a `User`; what is asked beside the resource is the context.
 */
export async function startCedarPoint(
  packages: string,
  policies: string,
  entities: readonly object[],
): Promise<CedarPoint> {
  const load = createRequire(join(packages, "@cedar-policy", "cedar-wasm", "package.json"));
  const cedar = load("@cedar-policy/cedar-wasm/nodejs") as Cedar;
  const misread: string[] = [];
  const decide = (text: string): [status: number, body: object] => {
    const asked = JSON.parse(text) as Evaluation;
    if (!isEvaluation(asked)) {
      misread.push(text);
      return [400, { error: "no evaluation" }];
    }
    const { action, resource, subject } = asked;
    const { response, type } = cedar.isAuthorized({
      principal: { type: "User", id: subject.id },
      action: { type: "Action", id: action.name },
      resource: { type: resource.type, id: resource.id },
      context: resource.properties ?? {},
      policies: { staticPolicies: policies },
      entities,
    });
    return type === "success"
      ? [200, { decision: response?.decision === "allow" }]
      : [500, { error: "the policies cannot be read" }];
  };
  const server = createServer((request, response) => {
    let text = "";
    request
      .setEncoding("utf8")
      .on("data", (part: string) => (text += part))
      .on("end", () => {
        const [status, body] = decide(text);
        response.writeHead(status, { "Content-Type": "application/json" });
        response.end(JSON.stringify(body));
      });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/access/v1/evaluation`,
    misread,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
