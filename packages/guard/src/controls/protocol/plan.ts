import type { Operation } from "../../document/api-document.ts";
import type { CoreKeys } from "../../policy/core-keys.ts";
import type { JoinContext, NoteFault } from "../../policy/join-context.ts";
import type { PolicyOf } from "../../policy/keys.ts";
import { readRange } from "../../reading/address-range.ts";
import { foldName, isBelieved, isOfOneConnection, isOwn } from "./field-namespaces.ts";
import { headerActions } from "./header-actions.ts";
import type { keys } from "./policy.ts";

export interface ProtocolPlan {
  readonly trustedProxies: readonly string[];
  /** Fields that pass on the word of a trusted proxy. */
  readonly accepted: readonly string[];
  /** Only fields that operations declare go on, with the few that every request may need. */
  readonly listedOnly: boolean;
  /** Fields that rules of the whole gate read: versions, credentials. */
  readonly read: readonly string[];
  /** The API is public without encryption: then a proxy that says so says nothing new. */
  readonly cleartextServed: boolean;
}

/** What the protocol knows of one operation. */
export interface OperationFields {
  /** Names of header fields that its parameters, and so its rules, read. */
  readonly declared: readonly string[];
}

export function planProtocol(
  { headers = {}, publicUrl, trustedProxies = [] }: PolicyOf<typeof keys & CoreKeys>,
  context: JoinContext,
): ProtocolPlan {
  const { note } = context;
  trustedProxies.forEach((entry, index) => {
    const range = readRange(entry);
    if ("fault" in range)
      note(["trustedProxies", String(index)], range.fault, { expected: range.expected });
  });
  const { accept = [], forward } = headers;
  if (accept.length > 0 && trustedProxies.length === 0)
    note(["headers", "accept"], "nobody's word is taken for these fields", {
      expected: "trustedProxies: the addresses of the proxies that say them",
    });
  accept.forEach((name, index) => noteAccepted(name, ["headers", "accept", String(index)], note));
  return {
    trustedProxies,
    accepted: accept,
    listedOnly: forward === "listed",
    read: readByTheGate(context),
    cleartextServed: publicUrl?.startsWith("http:") === true,
  };
}

function noteAccepted(name: string, place: readonly string[], note: NoteFault): void {
  const fold = foldName(name.toLowerCase());
  if (isOwn(fold)) note(place, `'${name}' is the gate's own word, which no proxy can give`);
  else if (headerActions.has(fold))
    note(place, `'${name}' is read by the gate, which tells the backend itself`, {
      mend: "Take it out.",
    });
  else if (isOfOneConnection(fold))
    note(place, `'${name}' speaks of one connection and ends with it`, { mend: "Take it out." });
  else if (!isBelieved(fold))
    note(place, `'${name}' is no field that is held back, whoever sends it`, {
      mend: "Take it out, or look up how the proxy spells its field.",
    });
}

/** Fields in which the policy or a document looks for versions and credentials. */
const readByTheGate = ({ documents, namesOf }: JoinContext): readonly string[] => [
  ...new Set(
    [
      ...(namesOf("header field") ?? []),
      ...documents.flatMap(({ securitySchemes }) =>
        securitySchemes.flatMap(({ in: location, parameterName }) =>
          location === "header" && parameterName !== undefined ? [parameterName] : [],
        ),
      ),
    ].map((name) => name.toLowerCase()),
  ),
];

export const planOperationFields = (
  _entries: unknown,
  operation: Operation | undefined,
): OperationFields => ({
  declared: (operation?.parameters ?? []).flatMap(({ in: location, name }) =>
    location === "header" ? [name.toLowerCase()] : [],
  ),
});
