export interface AdminReply {
  readonly status: number;
  readonly value: unknown;
}

export const refused = (status: number, title: string, detail?: string): AdminReply => ({ status, value: { title, status, ...(detail === undefined ? {} : { detail }) } });

export const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((one) => typeof one === "string");

/** A key that is not known is a fault: a misspelt `roles` must not look as if it had been taken away. */
export function fieldsOf(body: unknown, known: readonly string[], Fault: new (message: string) => Error): Readonly<Record<string, unknown>> {
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw new Fault("a JSON object is expected");
  for (const key of Object.keys(body)) if (!known.includes(key)) throw new Fault(`'${key}' is not understood; expected ${known.join(", ")}`);
  return body as Readonly<Record<string, unknown>>;
}
