/** Who knows callers, as a person or a sample token has said it. */
export interface ProposedSource {
  readonly issuer: string | undefined;
  readonly preset: string | undefined;
  readonly audience: string | undefined;
  readonly client: string | undefined;
  /** The algorithm of a shared secret. */
  readonly sharedSecret: string | undefined;
  /** The algorithm, where it is none of the usual. */
  readonly algorithm: string | undefined;
  /** Whether tokens do not say `at+jwt` and no preset knows it. */
  readonly anyType: boolean;
  readonly claims: Readonly<Record<string, string>>;
  /** What a reader of the policy has to know. */
  readonly remarks: readonly string[];
}

/** The lines of `identity` for one source, each value in quotes: issuers choose what stands in them. */
export function proposeSource(source: ProposedSource): readonly string[] {
  const { algorithm, anyType, audience, claims, client, issuer, preset, remarks } = source;
  const line = (key: string, value: string | undefined): readonly string[] =>
    value === undefined ? [] : [`      ${key}: ${value}`];
  const quoted = (value: string | undefined): string | undefined =>
    value === undefined ? undefined : JSON.stringify(value);
  const named = Object.entries(claims).map(([name, place]) => `${name}: ${JSON.stringify(place)}`);
  return [
    "# Who calls. 'portcullis explain \"GET /path\" --token TOKEN' says claim by claim whether a token fits.",
    "identity:",
    "  sources:",
    "    people:",
    ...remarks.map((remark) => `      # ${remark}`),
    ...line("issuer", quoted(issuer)),
    ...line("preset", preset),
    ...line("audience", quoted(audience)),
    ...line("client", quoted(client)),
    ...line(
      "jwt",
      source.sharedSecret && `{ algorithm: ${source.sharedSecret}, secret: { env: JWT_SECRET } }`,
    ),
    ...line("algorithms", algorithm && `[${algorithm}]`),
    ...line("typ", anyType ? "any" : undefined),
    ...line("claims", named.length === 0 ? undefined : `{ ${named.join(", ")} }`),
    "",
  ];
}
