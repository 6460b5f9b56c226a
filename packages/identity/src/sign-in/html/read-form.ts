import type { IncomingMessage } from "node:http";

const mostBytes = 32_768;

export interface SentForm {
  /** Empty when the field is absent; one that is there twice is taken for absent. */
  readonly field: (name: string) => string;
  readonly json: Readonly<Record<string, unknown>> | undefined;
}

export class FormTooLarge extends Error {}

/** @throws FormTooLarge when it is larger than any form here */
export async function readForm(request: IncomingMessage): Promise<SentForm> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > mostBytes) throw new FormTooLarge();
    parts.push(part);
  }
  const text = Buffer.concat(parts).toString("utf8");
  if (request.headers["content-type"]?.startsWith("application/json") === true) {
    const value = safeJson(text);
    return { field: () => "", json: value };
  }
  const fields = new URLSearchParams(text);
  return {
    json: undefined,
    field: (name) => {
      const values = fields.getAll(name);
      return values.length === 1 ? (values[0] as string) : "";
    },
  };
}

function safeJson(text: string): Readonly<Record<string, unknown>> {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
