import type { JoinContext } from "@portcullis/guard/policy";
import type { IdentityPolicy } from "./identity-settings.ts";

type Identity = NonNullable<IdentityPolicy["identity"]>;

const day = 86_400_000;

/** How long what has ended is kept, in milliseconds. */
export interface Retention {
  readonly audit: number;
  readonly devices: number;
  readonly sessions: number;
  readonly codes: number;
}

/** With what holds where nothing is said. */
export const retentionOf = ({ identity }: IdentityPolicy): Retention => ({
  audit: 400 * day,
  devices: 400 * day,
  sessions: 90 * day,
  codes: day,
  ...identity?.retention,
});

/** A device whose session is alive must not be forgotten: it would be asked as a new one. */
export function checkRetention(
  { refreshToken, retention }: Identity,
  note: JoinContext["note"],
): void {
  const { ttl = 30 * day } = refreshToken ?? {};
  if (retention?.devices !== undefined && retention.devices < ttl)
    note(
      ["identity", "retention", "devices"],
      "devices would be forgotten while they are still signed in",
      { expected: "at least as long as refreshToken.ttl (30d where it is not said)" },
    );
}
