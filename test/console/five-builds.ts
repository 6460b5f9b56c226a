import { type Bank, signed, startBank } from "../callers/bank-of-sources.ts";
import { buildConsoleOnce } from "./built-console.ts";
import { askerAt, type ConsoleGate, signerIn } from "./console-gate.ts";

/** A gate that observes one operation, five builds that call it, and the console before it. */
export interface FiveBuilds extends Pick<ConsoleGate, "ask" | "signIn" | "url"> {
  /**
   * Each build calls once for each of its people. 3.2.0 and 3.3.0 still send what the document does
   * not declare, and so does whoever names no build.
   *
   * @returns by build, how many were refused
   */
  send(): Promise<Record<string, number>>;
  close(): void;
}

const people = 12;
const traffic = ["3.2.0", "3.3.0", "3.4.0", "3.5.1", ""].flatMap((version) =>
  Array.from({ length: people }, (_, index) => ({
    version,
    subject: `person-${index}`,
    isDeclared: version >= "3.4" || (version === "3.3.0" && index > 4),
  })),
);
export const requestsOfARound: number = traffic.length;

export async function startFiveBuilds(): Promise<FiveBuilds> {
  buildConsoleOnce();
  const bank: Bank = await startBank(
    "people: { jwt: { algorithm: HS256, secret: { env: JWT_SECRET } }, claims: { sub: /sub } }",
    {},
    `store: ./kept.db
record: { fields: [subject], keep: { raw: 3d, form: sqlite } }
operations: [{ match: listThings, mode: { default: enforce, request: observe } }]`,
  );
  const url = `http://localhost:${bank.gate.adminPort}`;
  const ask = askerAt(url, bank.gate.adminTokenFile);
  return {
    url,
    ask,
    signIn: signerIn(url, ask),
    close: () => bank.close(),
    async send() {
      const refused: Record<string, number> = {};
      await Promise.all(
        traffic.map(async ({ isDeclared, subject, version }) => {
          const token = signed({ sub: subject, exp: Math.floor(Date.now() / 1000) + 3600 });
          const { status } = await bank.ask(isDeclared ? "/things" : "/things?debug=1", {
            Authorization: `Bearer ${token}`,
            ...(version === "" ? {} : { "Portcullis-App": `harbour-ios/${version}` }),
          });
          if (status !== 200) refused[version] = (refused[version] ?? 0) + 1;
        }),
      );
      return refused;
    },
  };
}
