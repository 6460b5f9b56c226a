/** What a backend understood of a request, in the words of its own program. */
export interface Report {
  readonly handler: string;
  readonly method: string;
  readonly path: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly tenant?: unknown;
  readonly theme?: unknown;
  readonly body?: unknown;
  /** It does not look at bodies at all. */
  readonly bodyUnread?: true;
  readonly file?: { readonly name: string; readonly bytes: number } | undefined;
}

/** Stands for a text that the backend cannot read as the type it needs: it would answer 400. */
export const unreadable = "(unreadable)";

/** How a handler in JavaScript reads the query that it expects. */
export function readQuery(
  query: Readonly<Record<string, unknown>>,
  toNumber: (text: string) => number,
): Record<string, unknown> {
  const { active, page, q, ratio, tag } = query;
  return {
    q,
    page: numberOf(page, toNumber),
    ratio: numberOf(ratio, Number),
    active: active === undefined ? undefined : active === "true",
    tag: tag === undefined || Array.isArray(tag) ? tag : [tag],
  };
}

export function numberOf(value: unknown, toNumber: (text: string) => number): unknown {
  if (typeof value !== "string") return value;
  const number = toNumber(value);
  return Number.isNaN(number) ? unreadable : number;
}

/** The fields of a login, by the type that each has. */
export function readLogin(body: unknown, toNumber: (text: string) => number): unknown {
  const { age, keep, role, user } = (body ?? {}) as Record<string, unknown>;
  return {
    user,
    role,
    age: numberOf(age, toNumber),
    keep: keep === undefined ? undefined : keep === "true",
  };
}

export function cookieNamed(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? "").split(";")) {
    const [key = "", ...rest] = part.split("=");
    if (key.trim() === name) return rest.join("=").trim();
  }
  return undefined;
}
