/** What RFC 9110, section 9.2, and the draft of QUERY say of a method. */
interface Method {
  /** Whether it asks for nothing to be changed (RFC 9110, section 9.2.1). */
  readonly safe: boolean;
}

/** The methods that the gate serves. Others are refused as they arrive. */
const served = {
  GET: { safe: true },
  HEAD: { safe: true },
  POST: { safe: false },
  PUT: { safe: false },
  PATCH: { safe: false },
  DELETE: { safe: false },
  OPTIONS: { safe: true },
  QUERY: { safe: true },
} as const satisfies Readonly<Record<string, Method>>;

export type MethodName = keyof typeof served;

// Object.keys forgets the names that it gives.
export const methods = Object.keys(served) as MethodName[];

const names: ReadonlySet<string> = new Set(methods);
const safe: ReadonlySet<string> = new Set(methods.filter((method) => served[method].safe));

export const isServedMethod = (method: string): boolean => names.has(method);

/** Whether a request by this method asks for nothing to be changed. Unknown methods are not safe. */
export const isSafeMethod = (method: string): boolean => safe.has(method);
