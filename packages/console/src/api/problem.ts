/** An answer of the admin API that is not what was asked for (RFC 9457), or none at all. */
export class Problem extends Error {
  /** 0 where nobody has answered. */
  readonly status: number;
  readonly detail: string | undefined;
  readonly code: string | undefined;
  /** The role that it takes, where the asker's is too low. */
  readonly needs: string | undefined;

  constructor(status: number, body: Readonly<Record<string, unknown>>) {
    const text = (name: string): string | undefined => {
      const value = body[name];
      return typeof value === "string" ? value : undefined;
    };
    super(text("title") ?? `status ${status}`);
    this.status = status;
    this.detail = text("detail");
    this.code = text("code");
    this.needs = text("needs") ?? /needs the role (\w+)/.exec(this.detail ?? "")?.[1];
  }
}

export async function problemOf(answer: Response): Promise<Problem> {
  try {
    const body: unknown = await answer.json();
    return new Problem(answer.status, body as Record<string, unknown>);
  } catch {
    return new Problem(answer.status, {});
  }
}
