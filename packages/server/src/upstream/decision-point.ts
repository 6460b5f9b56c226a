import type {
  AskDecisionPoint,
  DecisionPointPlan,
  RelationQuestion,
} from "@portcullis/guard/ownership";

const mostBytes = 65_536;
const mostRemembered = 50_000;

interface Form {
  readonly body: (question: RelationQuestion) => unknown;
  /** Undefined when the answer does not say. */
  readonly read: (status: number, answer: unknown) => boolean | undefined;
}

const member = (answer: unknown, name: string): unknown =>
  typeof answer === "object" && answer !== null && Object.hasOwn(answer, name)
    ? (answer as Record<string, unknown>)[name]
    : undefined;
const flagAt =
  (name: string) =>
  (status: number, answer: unknown): boolean | undefined => {
    const value = member(answer, name);
    return status === 200 && typeof value === "boolean" ? value : undefined;
  };

const forms: Readonly<Record<DecisionPointPlan["form"], Form>> = {
  /** OpenID AuthZEN Authorization API 1.0, access evaluation. */
  authzen: {
    body: ({ action, id, resource, subject, with: properties }) => ({
      subject: { type: "user", id: subject },
      action: { name: action },
      resource: { type: resource, id, ...(properties === undefined ? {} : { properties }) },
    }),
    read: flagAt("decision"),
  },
  /** OpenFGA's Check. */
  openfga: {
    body: ({ action, id, resource, subject, with: context }) => ({
      tuple_key: { user: `user:${subject}`, relation: action, object: `${resource}:${id}` },
      ...(context === undefined ? {} : { context }),
    }),
    read: flagAt("allowed"),
  },
  /** 2xx allows, 403 and 404 deny. */
  http: {
    body: (question) => question,
    read: (status) =>
      status >= 200 && status < 300 ? true : status === 403 || status === 404 ? false : undefined,
  },
};

/** Told of every question: why the decision point is lost; undefined: it has answered. */
export type OnAsked = (lost: string | undefined) => void;

/**
 * Asks an external decision point, within its time; remembers yes and no for as long as the policy
 * says, and never a failure.
 */
export function createDecisionPoint(
  plan: DecisionPointPlan,
  token: string | undefined,
  onAsked: OnAsked = () => undefined,
): AskDecisionPoint {
  const known = new Map<string, { readonly allowed: boolean; readonly until: number }>();
  const ask = compileAsk(plan, token, onAsked);
  const { rememberMs } = plan;
  if (rememberMs === 0) return ask;
  return async (question) => {
    const key = JSON.stringify(question);
    const remembered = known.get(key);
    const now = performance.now();
    if (remembered !== undefined && now < remembered.until) return remembered.allowed;
    const allowed = await ask(question);
    if (typeof allowed === "string") return allowed;
    if (known.size >= mostRemembered) known.clear();
    known.set(key, { allowed, until: now + rememberMs });
    return allowed;
  };
}

function compileAsk(
  { form, timeoutMs, url }: DecisionPointPlan,
  token: string | undefined,
  onAsked: OnAsked,
): AskDecisionPoint {
  const { body, read } = forms[form];
  const headers = {
    "Content-Type": "application/json",
    Accept: "application/json",
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
  };
  return async (question) => {
    try {
      const response = await fetch(url, {
        method: "POST",
        redirect: "error",
        signal: AbortSignal.timeout(timeoutMs),
        headers,
        body: JSON.stringify(body(question)),
      });
      const text = await response.text();
      onAsked(response.status >= 500 ? `answered ${response.status}` : undefined);
      if (text.length > mostBytes) return `answered more than ${mostBytes} bytes`;
      const answer: unknown = form === "http" ? undefined : JSON.parse(text);
      return read(response.status, answer) ?? `answered ${response.status}, and no decision`;
    } catch (fault) {
      const words = faultWords(fault as Error, timeoutMs);
      if (!(fault instanceof SyntaxError)) onAsked(words);
      return words;
    }
  };
}

const faultWords = ({ message, name }: Error, timeoutMs: number): string =>
  name === "TimeoutError" ? `no answer within ${timeoutMs} ms` : message;
