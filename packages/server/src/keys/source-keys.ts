import { type AuthenticationPlan, keysIdOf } from "@portcullis/guard/policy";
import type { Jwks } from "@portcullis/guard/tokens";
import { IssuerKeys } from "./issuer-keys.ts";

interface Reports {
  readonly onKeys: (keysId: string, jwks: Jwks) => void;
  readonly say: (message: string) => void;
  /** @param lost why they cannot be fetched; undefined: they were */
  readonly onFetched: (lost: string | undefined) => void;
}

/** The keys of every other issuer that the plan's sources name. */
export class SourceKeys {
  readonly #reports: Reports;
  readonly #followed = new Map<string, IssuerKeys>();

  constructor(reports: Reports) {
    this.#reports = reports;
  }

  /** What was obtained so far, by issuer and address. */
  get current(): Readonly<Record<string, Jwks>> {
    return Object.fromEntries(
      [...this.#followed].flatMap(([id, { current }]) =>
        current === undefined ? [] : [[id, current]],
      ),
    );
  }

  follow(authentication: AuthenticationPlan | undefined): void {
    const wanted = new Map(
      (authentication?.sources ?? []).flatMap((source) =>
        source.kind === "token" &&
        !source.main &&
        !source.keysInFile &&
        source.sharedSecret === undefined &&
        source.issuer !== undefined
          ? [[keysIdOf(source), { issuer: source.issuer, jwksUri: source.jwksUri }] as const]
          : [],
      ),
    );
    for (const [id, keys] of this.#followed)
      if (!wanted.has(id)) {
        keys.close();
        this.#followed.delete(id);
      }
    const { onFetched, onKeys, say } = this.#reports;
    for (const [id, address] of wanted) {
      if (this.#followed.has(id)) continue;
      const keys = new IssuerKeys({
        onKeys: (jwks) => onKeys(id, jwks),
        // The clock of the issuer that the policy names is a witness; these are partners'.
        onTime: () => undefined,
        say,
        onFetched,
      });
      this.#followed.set(id, keys);
      keys.follow(address);
    }
  }

  askAgain(keysId: string): void {
    this.#followed.get(keysId)?.askAgain();
  }

  close(): void {
    for (const keys of this.#followed.values()) keys.close();
  }
}
