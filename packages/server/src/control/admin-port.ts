import { resolve } from "node:path";
import {
  type AdminServer,
  type AdminServerOptions,
  startAdminServer,
} from "../admin/admin-server.ts";
import { type KeyPair, readKeyPair } from "../files/key-pair.ts";
import type { Policy } from "../policy/program-policy.ts";
import { ServingCertificate } from "./certificate.ts";
import { adminAddress } from "./ports.ts";

type AdminPart = Omit<AdminServerOptions, "host" | "name" | "port" | "tls">;

/** The certificate of the admin port, and how it is read again. @throws Error for a person */
export function adminCertificate(
  { admin }: Pick<Policy, "admin">,
  folder: string,
):
  | { readonly paths: readonly string[]; readonly certificate: KeyPair; read(): KeyPair }
  | undefined {
  const { cert, key } = admin?.tls ?? {};
  if (cert === undefined || key === undefined) return undefined;
  const paths = [resolve(folder, cert), resolve(folder, key)] as const;
  const read = (): KeyPair => readKeyPair(...paths, "the file that admin.tls.key names");
  return { paths, certificate: read(), read };
}

/** Opens the admin port where the policy says. Its certificate is read again when it changes. */
export async function openAdmin(
  policy: Policy,
  folder: string,
  part: AdminPart,
): Promise<AdminServer> {
  const chosen = adminCertificate(policy, folder);
  const server = await startAdminServer({
    ...part,
    ...adminAddress(policy),
    name: policy.admin?.url === undefined ? undefined : new URL(policy.admin.url).hostname,
    tls: chosen?.certificate,
  });
  if (chosen === undefined) return server;
  const watch = new ServingCertificate(
    { certificate: chosen.certificate, files: chosen },
    (changed) => server.replaceCertificate(changed),
    (message) => part.say(`admin: ${message}`),
  );
  return {
    ...server,
    close() {
      watch.close();
      return server.close();
    },
  };
}
