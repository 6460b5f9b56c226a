import { randomBytes } from "node:crypto";
import { createGate, type Gate, NotAsked, type Plan } from "@portcullis/guard";
import { IdSealer } from "@portcullis/guard/ownership";
import {
  allocateSharedBuckets,
  allocateSharedReplay,
  type FlowState,
  type GrantState,
  type LearnedState,
  LocalImpersonations,
  type ProvenanceState,
  SharedMemoryState,
  SharedReplayState,
} from "@portcullis/guard/state";
import { createDpopNonces, type Jwks, KeyRing } from "@portcullis/guard/tokens";
import type { Upstream } from "@portcullis/guard/upstream";
import { sealingSecrets } from "../../../keys/sealing-secrets.ts";
import type { Policy } from "../../../policy/program-policy.ts";
import { text } from "../../sources.ts";
import { Misuse } from "../../terminal.ts";
import type { Command, Environment } from "../../verb.ts";
import { noIssuer } from "./no-issuer.ts";
import { readSourceTexts } from "../../../keys/source-texts.ts";
import { chosenSource, isTokens } from "./chosen-source.ts";
import { signClaims } from "./sign-claims.ts";
import { keysOfIssuer } from "./issuer-keys.ts";

export interface Explained {
  readonly command: Command;
  readonly environment: Environment;
  /** Where relative paths of the policy begin. */
  readonly folder: string;
  readonly plan: Plan;
  readonly policy: Policy;
  /** What a person should know before they read the explanation. */
  readonly say: (message: string) => void;
}

export interface ExplainingGate {
  readonly gate: Gate;
  /** The access token of the request: the one that was given, or one made of the claims. */
  readonly token: string | undefined;
}

const fewKeys = 1024;

/**
 * The gate of the policy, with nobody behind it. It judges tokens by the keys that the gate has
 * and opens ids with the gate's secrets. Counts and memories are empty, and whoever else it would
 * ask is named instead of asked.
 */
export async function openExplainingGate(asked: Explained): Promise<ExplainingGate> {
  const { command, plan } = asked;
  const { jwks, token } = await credentialOf(asked);
  const limits = new SharedMemoryState(allocateSharedBuckets(fewKeys, [1, 2]));
  const gate = createGate({
    plan,
    ports: {
      upstream: () => notAskedBackend,
      limits,
      localLimits: limits,
      keys: new KeyRing(jwks),
      sourceKeys: () => new KeyRing(jwks),
      sourceText: sourceTextsOf(asked),
      introspection: () => () => {
        throw new NotAsked("the introspection endpoint what the token is worth");
      },
      learned: notAskedLearned,
      grants: notAskedGrants,
      // Nobody is told of it: it is as if the session had begun.
      impersonations: new LocalImpersonations(),
      exchange: () => () => {
        throw new NotAsked("the token endpoint for the backend's own token");
      },
      proofs: {
        nonces: createDpopNonces(randomBytes(32)),
        replay: new SharedReplayState(allocateSharedReplay(fewKeys, [1, 2, 3, 4])),
      },
      flows: notAskedFlows,
      provenance: notAskedProvenance,
      decisionPoint:
        (name) =>
        ({ action, id, resource, subject }) => {
          throw new NotAsked(`whether ${name} allows ${subject} to ${action} ${resource} ${id}`);
        },
      sealer: sealerOf(asked, text(command.values["directory"]) ?? ".portcullis"),
      record: () => undefined,
    },
  });
  return { gate, token };
}

interface Credential {
  /** Undefined where the issuer's keys cannot be had. */
  readonly jwks: Jwks | undefined;
  readonly token: string | undefined;
}

async function credentialOf(asked: Explained): Promise<Credential> {
  const { command, plan } = asked;
  const token = text(command.values["token"]);
  const claims = text(command.values["claims"]);
  if (token !== undefined && claims !== undefined)
    throw new Misuse("--token and --claims were both given. A request has one caller: give one.");
  const { authentication } = plan.controls;
  if (claims !== undefined && authentication === undefined) throw new Misuse(noIssuer);
  if (authentication === undefined || (token === undefined && claims === undefined))
    return { jwks: { keys: [] }, token };
  const source = chosenSource(authentication, token);
  if (source === undefined || !isTokens(source) || source.sharedSecret !== undefined) {
    if (claims === undefined) return { jwks: undefined, token };
    throw new Misuse("nobody can be made who calls without public keys: give a --token.");
  }
  if (claims !== undefined) return signClaims(claims, source);
  return { jwks: await keysOfIssuer(asked, source), token };
}

/** What the sources' secrets and files hold; of one that cannot be read here, nothing fits. */
function sourceTextsOf({ environment, folder, policy, say }: Explained) {
  let texts: Readonly<Record<string, string>> = {};
  try {
    texts = readSourceTexts(policy, folder, environment);
  } catch (fault) {
    say(`a source of callers cannot be read here: ${(fault as Error).message}`);
  }
  return (source: string): string => texts[source] ?? "[]";
}

function sealerOf({ environment, folder, policy, say }: Explained, directory: string): IdSealer {
  try {
    const secrets = sealingSecrets(policy, folder, directory, environment);
    if (secrets.length > 0) return new IdSealer(secrets);
  } catch (fault) {
    say(`sealed ids cannot be opened here: ${(fault as Error).message}`);
  }
  return new IdSealer([randomBytes(32)]);
}

const notAskedBackend: Upstream = {
  forward({ method, target }) {
    throw new NotAsked(`${method} ${target} of the backend`);
  },
};

const notAskedLearned: LearnedState = {
  trustMs: 0,
  get() {
    throw new NotAsked("whether somebody has signed in with this credential");
  },
  put: () => true,
  remove: () => undefined,
};

const notAskedGrants: GrantState = {
  covers({ from, kind, to }) {
    throw new NotAsked(`whether a grant of the kind ${kind} leads from ${from} to ${to}`);
  },
};

const notAskedFlows: FlowState = {
  note: () => undefined,
  use({ leastMs, steps, withinMs }) {
    throw new NotAsked(
      `whether this session has taken ${steps.join(", then ")}, in this order, ` +
        `${withinMs / 1000} s ago at most` +
        (leastMs === 0 ? "" : ` and with ${leastMs / 1000} s after each`),
    );
  },
};

const notAskedProvenance: ProvenanceState = {
  note: () => undefined,
  knows(_caller, names) {
    throw new NotAsked(
      `whether the caller was shown ${names.map((name) => name.replace("\n", " ")).join(", ")}`,
    );
  },
};
