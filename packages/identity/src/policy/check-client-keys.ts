import type { JoinContext } from "@portcullis/guard/policy";
import type { IdentityPolicy } from "./identity-settings.ts";

type App = NonNullable<IdentityPolicy["apps"]>[number];

/** Who may prove itself by keys, and who may ask what tokens are worth. */
export function checkClientKeys(
  { keys, kind, redirectUris, serves }: App,
  place: readonly string[],
  audiences: readonly string[],
  binding: string,
  note: JoinContext["note"],
): void {
  if (keys !== undefined && Object.keys(keys).length !== 1)
    note([...place, "keys"], "an app's keys are in a file or at an address, or in a certificate", {
      expected: "keys: { file: ./app-keys.json }, or keys: { url: https://app.example.com/keys }",
    });
  if (keys?.certificate !== undefined && binding !== "mtls" && binding !== "optional")
    note([...place, "keys", "certificate"], "nobody is asked for a certificate", {
      expected: "identity: { accessToken: { binding: mtls } }, or optional",
    });
  if (keys !== undefined && (kind !== "web" || redirectUris === undefined))
    note([...place, "keys"], "an app on people's devices cannot keep a key that is the app's own", {
      expected: "keys on an app of kind web, with redirectUris, whose server keeps the private key",
    });
  if (serves !== undefined && keys === undefined)
    note([...place, "serves"], "only an app that proves who it is can be the API of an audience", {
      expected: "serves beside keys",
    });
  serves?.forEach((audience, index) => {
    if (!audiences.includes(audience))
      note([...place, "serves", String(index)], `no token is for '${audience}'`, {
        expected: audiences.join(", "),
      });
  });
}
