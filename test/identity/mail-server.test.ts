import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type SmtpServer, smtpMailer } from "../../packages/identity/src/sign-in/smtp-mailer.ts";
import type { Mail } from "../../packages/identity/src/sign-in/mailer.ts";
import { selfSigned } from "../certificate.ts";
import { test } from "../parts/test.ts";

interface Taken {
  readonly port?: number;
  readonly from: string;
  readonly to: readonly string[];
  readonly name: string;
  readonly encrypted: boolean;
  readonly text: string;
}

const reset: Mail = { to: "ann@notes.example", purpose: "reset", locale: "en", code: "12345678" };

test(
  "mail goes by a real mail server, over TLS and signed in, again when it is put off, and not at all otherwise",
  {
    needs: ["aiosmtpd"],
  },
  async ({ aiosmtpd }, context) => {
    const directory = mkdtempSync(join(tmpdir(), "portcullis-mail-"));
    const { certificate, key } = await selfSigned("mail");
    const [certFile, keyFile] = [join(directory, "cert.pem"), join(directory, "key.pem")];
    writeFileSync(certFile, certificate);
    writeFileSync(keyFile, key);
    const program = spawn(
      aiosmtpd,
      [join(import.meta.dirname, "mail-server.py"), certFile, keyFile, "s3cret"],
      { stdio: ["ignore", "pipe", "ignore"] },
    );
    const lines = createInterface(program.stdout)[Symbol.asyncIterator]();
    const next = async (): Promise<Taken> => JSON.parse((await lines.next()).value ?? "") as Taken;
    const { port = 0 } = await next();
    const troubles: string[] = [];
    const mailerBy = (
      over: Partial<SmtpServer & { password: string; authorities: string }> = {},
    ) => {
      const { authorities = certificate, password = "s3cret", ...rest } = over;
      const server = { host: "localhost", port, username: "gate", timeout: 5000, ...rest };
      const mailer = smtpMailer(
        { server, password, authorities, from: "no-reply@notes.example", title: "Nötes" },
        (message) => troubles.push(message),
      );
      context.after(() => mailer.close?.());
      return mailer;
    };
    context.after(() => program.kill("SIGKILL"));

    const mailer = mailerBy();
    mailer.send(reset);
    const taken = await next();
    assert.deepEqual(
      [taken.from, taken.to, taken.name, taken.encrypted],
      ["no-reply@notes.example", ["ann@notes.example"], "gate", true],
    );
    assert.match(taken.text, /^Subject: =\?UTF-8\?Q\?Your_code_for_N=C3=B6tes\?=/m);
    assert.match(taken.text, /^Auto-Submitted: auto-generated/m);
    assert.match(taken.text, /12345678/);
    assert.deepEqual(troubles, [], "the first answer was 451");

    const event = "password-changed";
    const link = "https://id.example/not-me?notice=x";
    mailer.send({ to: "ann@notes.example", purpose: "security-notice", locale: "de", event, link });
    const { text } = await next();
    assert.match(Buffer.from(text).toString(), /not-me\?notice=3Dx|not-me\?notice=x/);

    // Nobody else reads a code: no encryption, another authority, a wrong password, no such person.
    const refused: readonly (readonly [Parameters<typeof mailerBy>[0], Partial<Mail>, RegExp])[] = [
      [{ security: "none" }, {}, /53\d/],
      [{ password: "wrong" }, {}, /EAUTH.*535/],
      [{}, { to: "unknown@notes.example" }, /550/],
      [{}, { to: "ann@notes.example, ben@notes.example" }, /not one address/],
    ];
    for (const [over, mail, words] of refused) {
      mailerBy(over).send({ ...reset, ...mail });
      while (troubles.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      const said = troubles.splice(0).join("\n");
      assert.match(said, words);
      assert.match(said, /^mail of the kind reset could not be handed to localhost:\d+: /);
      assert.ok(!/12345678|unknown@|ann@|s3cret|wrong/.test(said), said);
    }
    const { certificate: another } = await selfSigned("another");
    mailerBy({ authorities: another }).send(reset);
    while (troubles.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.match(troubles.join(), /ESOCKET|ETLS|SELF_SIGNED|CERT/);
  },
);
