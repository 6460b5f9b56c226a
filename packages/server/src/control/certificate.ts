import type { ChosenTls } from "../listener/choose-tls.ts";
import type { ServerCertificate } from "../listener/listener.ts";
import { FileStamps } from "../policy/file-stamps.ts";
import { watchFiles } from "../policy/watch-files.ts";

const watchEveryMs = 300;

/** The certificate that serves just now, read again when its files change. */
export class ServingCertificate {
  #current: ServerCertificate | undefined;
  readonly #watch: { close(): void } | undefined;

  /** @param onChanged is given a certificate that new connections are to see */
  constructor(
    tls: Pick<ChosenTls, "certificate" | "files"> | undefined,
    onChanged: (certificate: ServerCertificate) => void,
    say: (message: string) => void,
  ) {
    this.#current = tls?.certificate;
    const files = tls?.files;
    if (files === undefined) return;
    this.#watch = watchFiles(new FileStamps(files.paths).all, watchEveryMs, () => {
      try {
        this.#current = files.read();
        onChanged(this.#current);
        say("the certificate was read again; new connections see it");
      } catch (fault) {
        say(`the changed certificate is not used: ${(fault as Error).message}`);
      }
    });
  }

  /** Undefined where the policy turns TLS off. */
  get current(): ServerCertificate | undefined {
    return this.#current;
  }

  close(): void {
    this.#watch?.close();
  }
}
