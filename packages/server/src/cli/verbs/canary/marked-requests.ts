import { randomBytes } from "node:crypto";
import type { Operation } from "@portcullis/guard/documents";
import type { TestCase } from "../test-policy/test-file.ts";

/** A request with a mark at one place where a caller, or a backend, can write. */
export interface Marked {
  readonly place: string;
  readonly mark: string;
  readonly test: TestCase;
}

/** Letters and digits alone: no step changes how it is spelled. */
const newMark = (): string => `canary${randomBytes(12).toString("hex")}`;

/**
 * Every place, for one operation. Left out is what records hold on purpose: the app and its version,
 * the trace id, and the method.
 *
 * @param tellsSubject whether the policy says that a caller stands in records by name
 */
export function markedRequests(operation: Operation, tellsSubject: boolean): readonly Marked[] {
  const { method, pathTemplate } = operation;
  const as = { sub: "canary-caller" };
  const path = pathTemplate.replaceAll(/\{[^}]+\}/g, "1");
  const request = `${method} ${path}`;
  const body = operation.requestBody === undefined ? {} : { body: { name: "canary" } };
  const made: Marked[] = [];
  const at = (place: string, of: (mark: string) => Partial<TestCase>): void => {
    const mark = newMark();
    const base = { name: place, as, request, ...body, expect: {} };
    made.push({ place, mark, test: { ...base, ...of(mark) } as TestCase });
  };
  at("an id in the path", (mark) => ({
    request: `${method} ${pathTemplate.replaceAll(/\{[^}]+\}/g, mark)}`,
  }));
  at("a path that no document names", (mark) => ({ request: `${method} ${path}/${mark}/x` }));
  at("a value in the query", (mark) => ({ request: `${request}?q=${mark}` }));
  at("a name in the query", (mark) => ({ request: `${request}?${mark}=1` }));
  for (const field of [
    "Cookie",
    "User-Agent",
    "Referer",
    "X-Auth-Token",
    "X-Forwarded-For",
    "Origin",
    "Idempotency-Key",
    "Content-Type",
  ])
    at(`the field ${field}`, (mark) => ({
      headers: { [field]: field === "Cookie" ? `sid=${mark}` : mark },
    }));
  at("a token that nobody has signed", (mark) => ({
    as: undefined as never,
    headers: { Authorization: `Bearer ${mark}` },
  }));
  at("a password of Basic", (mark) => ({
    as: undefined as never,
    headers: { Authorization: `Basic ${Buffer.from(`ann:${mark}`).toString("base64")}` },
  }));
  at("the name of a field", (mark) => ({ headers: { [`X-${mark}`]: "1" } }));
  at("a claim of the token", (mark) => ({
    as: { ...as, email: `${mark}@example.com`, name: mark, address: { street: mark } },
  }));
  if (!tellsSubject) at("who calls", (mark) => ({ as: { sub: mark } }));
  if (operation.requestBody !== undefined) {
    at("a value in the body", (mark) => ({ body: { name: mark, list: [{ id: mark }] } }));
    at("a name in the body", (mark) => ({ body: { [mark]: 1, more: { [mark]: [1] } } }));
    at("a body of another form", (mark) => ({ body: mark }));
  }
  for (const status of [200, 500])
    at(`an answer of ${status}`, (mark) => ({
      backend: {
        "*": {
          status,
          headers: { "X-Answer": mark },
          body: { id: mark, ownerId: mark, [mark]: { message: `who is ${mark}` } },
        },
      },
    }));
  return made;
}
