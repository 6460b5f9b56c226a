/**
 * Loads the protocol, which only the built-in issuer needs. The provider speaks through the
 * console: its notices would go to the standard output, where records are written. They are said to
 * `say` instead. Its warning about every Node that is not yet marked as long-term supported is
 * dropped: this repository pins its own.
 */
export async function loadIssuer(
  say: (message: string) => void,
): Promise<typeof import("./issuer.ts")> {
  const { info, warn } = console;
  const redirect =
    (original: typeof console.info) =>
    (...parts: unknown[]): void => {
      const [first] = parts;
      const match =
        typeof first === "string"
          ? /oidc-provider (?:NOTICE|WARNING): (.*?)(?:\u001b\[0m)?$/s.exec(first)
          : null;
      if (match === null) original(...parts);
      else if (!(match[1] as string).startsWith("Unsupported runtime")) say(`sign-in: ${match[1]}`);
    };
  console.info = redirect(info);
  console.warn = redirect(warn);
  return import("./issuer.ts");
}
