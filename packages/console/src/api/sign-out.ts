import { session } from "./session.ts";

export async function signOut(): Promise<void> {
  const headers = { "Portcullis-Act": session.get()?.actToken ?? "" };
  await fetch("/session", { method: "DELETE", headers });
  location.assign("/sign-in");
}
