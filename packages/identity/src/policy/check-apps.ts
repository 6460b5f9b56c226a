import type { JoinContext } from "@portcullis/guard/policy";
import type { IdentityPolicy } from "./identity-settings.ts";
import { checkClientKeys } from "./check-client-keys.ts";
import { identityKeys } from "./identity-keys.ts";
import { redirectFault } from "./redirect-uri.ts";

type App = NonNullable<IdentityPolicy["apps"]>[number];
type Note = JoinContext["note"];

/** Where apps may be sent back to, and which may ask for the password themselves. */
export function checkApps(
  { apps = [], identity }: IdentityPolicy,
  binding: string,
  note: Note,
): void {
  const audiences = [identity?.audience ?? []].flat();
  apps.forEach((app, index) => {
    const place = ["apps", String(index)];
    app.redirectUris?.forEach((uri, at) => {
      const fault = redirectFault(uri, app.kind ?? "native");
      if (fault !== undefined)
        note([...place, "redirectUris", String(at)], `'${uri}' ${fault.why}`, {
          expected: fault.expected,
        });
    });
    checkClientKeys(app, place, audiences, binding, note);
    if (app.nativeSignIn === true)
      checkNativeSignIn(app, [...place, "nativeSignIn"], binding, note);
  });
  if (!apps.some((app) => app.redirectUris !== undefined))
    note(["identity", "issuer"], "no app can sign in: none says where sign-in returns to", {
      severity: "warning",
      expected: "apps: [{ id: my-app, redirectUris: [com.example.app:/signed-in] }]",
    });
}

function checkNativeSignIn(
  { firstParty, kind, redirectUris }: App,
  place: readonly string[],
  binding: string,
  note: Note,
): void {
  if (redirectUris === undefined || kind === "web" || firstParty === false)
    note(place, "people give their password to the operator's own native apps only", {
      expected: "an app with redirectUris, of kind native, that is firstParty",
    });
  if (binding !== "dpop" && binding !== "optional")
    note(place, "an app without a browser proves by DPoP that it is the same from step to step", {
      expected: "identity: { accessToken: { binding: optional } }, or dpop",
    });
  note(
    place,
    "the app itself sees the password, and another app could show the same screen: " +
      "nothing yet tells them apart",
    { severity: "warning", expected: "sign-in in the browser, where people see whose page it is" },
  );
}

/** Without the built-in issuer these keys would silently do nothing. */
export function noteAppsWithoutIssuer({ apps }: IdentityPolicy, note: Note): void {
  apps?.forEach((app, index) => {
    for (const name of Object.keys(identityKeys.app) as (keyof App)[])
      if (app[name] !== undefined)
        note(["apps", String(index), name], `'${name}' is a setting of the built-in issuer`, {
          mend: "Take it out, or write identity: { issuer: builtin, audience: ... }.",
        });
  });
}
