import { problemOf } from "./problem.ts";
import { session } from "./session.ts";

/**
 * A dangerous act asks for the passkey again, so that a browser left open is not enough.
 *
 * @throws Problem, or DOMException where the person has declined
 */
export async function confirmByPasskey(): Promise<void> {
  const { publicKey } = (await post("/session/confirmation/options")) as {
    readonly publicKey: PublicKeyCredentialRequestOptionsJSON;
  };
  const credential = (await navigator.credentials.get({
    publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey),
  })) as PublicKeyCredential | null;
  await post("/session/confirmation", { credential: credential?.toJSON() });
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
