import type { NoteFault, UpstreamSetting } from "@portcullis/guard/policy";

/** What `upstream.tls` cannot be. */
export function noteUpstreamTls(
  apis: readonly { readonly upstream: UpstreamSetting }[],
  note: NoteFault,
): void {
  for (const [index, { upstream }] of apis.entries()) {
    if (typeof upstream === "string" || upstream.tls === undefined) continue;
    const place = ["apis", String(index), "upstream", "tls"];
    const { cert, key } = upstream.tls;
    const open = upstream.targets.find((target) => !target.startsWith("https:"));
    if (open !== undefined)
      note(place, `${open} is reached without TLS`, {
        expected: "targets that begin with https://",
      });
    if ((cert === undefined) !== (key === undefined))
      note(place, "a certificate needs its key, and a key its certificate", {
        mend: "Name both: tls: { cert: ./gate.crt, key: ./gate.key }",
      });
  }
}
