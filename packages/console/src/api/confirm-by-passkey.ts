import { stateWords } from "../words/states.ts";
import { Problem, problemOf } from "./problem.ts";
import { session } from "./session.ts";

/**
 * A dangerous act asks for the passkey again, so that a browser left open is not enough.
 *
 * @throws Problem
 */
export async function confirmByPasskey(): Promise<void> {
  const { publicKey } = (await post("/session/confirmation/options")) as {
    readonly publicKey: PublicKeyCredentialRequestOptionsJSON;
  };
  await post("/session/confirmation", { credential: (await shown(publicKey)).toJSON() });
}

/** @throws Problem where the person has declined, or holds no passkey here: nothing was done */
async function shown(asked: PublicKeyCredentialRequestOptionsJSON): Promise<PublicKeyCredential> {
  try {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(asked);
    const found = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential | null;
    if (found !== null) return found;
  } catch {
    // Said below: why a browser has none is nothing that it tells.
  }
  throw new Problem(409, { title: stateWords.noPasskey });
}

async function post(path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(path, {
    method: "POST",
    headers: {
      Accept: "application/json",
      "Portcullis-Act": session.get()?.actToken ?? "",
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw await problemOf(answer);
  return answer.json();
}
