import type { Mail } from "../mailer.ts";

/** What a mail says. `{0}` stands for the service's name, `{1}` for the address it goes to. */
interface MailTexts {
  /** Subject and beginning, by what the mail is for. */
  readonly purposes: Readonly<Record<Mail["purpose"], readonly [subject: string, text: string]>>;
  /** What has happened, for a notice; `other` for what has no words of its own. */
  readonly events: Readonly<Record<string, string>>;
  readonly code: string;
  readonly notAsked: string;
  readonly link: string;
}

const english: MailTexts = {
  purposes: {
    "sign-up": ["Your code for {0}", "Type this code to make an account at {0} for {1}."],
    reset: ["Your code for {0}", "Type this code to choose a new password at {0}."],
    "new-device": [
      "Your code for {0}",
      "Type this code to sign in to {0} on a device that is new.",
    ],
    "new-address": ["Your code for {0}", "Type this code to use {1} for your account at {0}."],
    "too-many-tries": [
      "Your code for {0}",
      "Somebody has tried to sign in to your account at {0} too often. If it was you, go on with this code.",
    ],
    "known-address": [
      "You have an account at {0}",
      "Somebody wanted to use {1} at {0}. There is an account for it already: sign in, or choose a new password.",
    ],
    "security-notice": ["A change to your account at {0}", ""],
  },
  events: {
    "password-changed": "The password of your account was changed.",
    "email-changed": "The e-mail address of your account was changed.",
    "factor-added": "A second proof was added to your account.",
    "factor-removed": "A second proof was removed from your account.",
    "recovery-codes-renewed": "The recovery codes of your account were made anew.",
    "session-ended": "A sign-in to your account was ended.",
    "sessions-ended": "Everything that was signed in to your account was ended.",
    "device-removed": "A device was removed from your account.",
    "browser-forgotten": "A browser is no longer known to your account.",
    other: "Something was changed in your account.",
  },
  code: "Code: {0}",
  notAsked: "If you have not asked for it, do nothing. Give the code to nobody.",
  link: "If it was not you, open this link; it ends everything that is signed in:",
};

const german: MailTexts = {
  purposes: {
    "sign-up": [
      "Ihr Code für {0}",
      "Geben Sie diesen Code ein, um bei {0} ein Konto für {1} anzulegen.",
    ],
    reset: [
      "Ihr Code für {0}",
      "Geben Sie diesen Code ein, um bei {0} ein neues Passwort zu wählen.",
    ],
    "new-device": [
      "Ihr Code für {0}",
      "Geben Sie diesen Code ein, um sich bei {0} auf einem neuen Gerät anzumelden.",
    ],
    "new-address": [
      "Ihr Code für {0}",
      "Geben Sie diesen Code ein, um {1} für Ihr Konto bei {0} zu verwenden.",
    ],
    "too-many-tries": [
      "Ihr Code für {0}",
      "Jemand hat zu oft versucht, sich an Ihrem Konto bei {0} anzumelden. Wenn Sie es waren, geht es mit diesem Code weiter.",
    ],
    "known-address": [
      "Sie haben ein Konto bei {0}",
      "Jemand wollte {1} bei {0} verwenden. Dafür gibt es schon ein Konto: melden Sie sich an, oder wählen Sie ein neues Passwort.",
    ],
    "security-notice": ["Eine Änderung an Ihrem Konto bei {0}", ""],
  },
  events: {
    "password-changed": "Das Passwort Ihres Kontos wurde geändert.",
    "email-changed": "Die E-Mail-Adresse Ihres Kontos wurde geändert.",
    "factor-added": "Ihrem Konto wurde ein zweiter Nachweis hinzugefügt.",
    "factor-removed": "Von Ihrem Konto wurde ein zweiter Nachweis entfernt.",
    "recovery-codes-renewed": "Die Wiederherstellungscodes Ihres Kontos wurden erneuert.",
    "session-ended": "Eine Anmeldung an Ihrem Konto wurde beendet.",
    "sessions-ended": "Alles, was an Ihrem Konto angemeldet war, wurde beendet.",
    "device-removed": "Ein Gerät wurde von Ihrem Konto entfernt.",
    "browser-forgotten": "Ein Browser ist Ihrem Konto nicht mehr bekannt.",
    other: "An Ihrem Konto wurde etwas geändert.",
  },
  code: "Code: {0}",
  notAsked:
    "Wenn Sie nicht darum gebeten haben, brauchen Sie nichts zu tun. Geben Sie den Code an niemanden weiter.",
  link: "Wenn Sie es nicht waren, öffnen Sie diesen Link; er beendet alles, was angemeldet ist:",
};

const dutch: MailTexts = {
  purposes: {
    "sign-up": ["Uw code voor {0}", "Typ deze code om bij {0} een account voor {1} te maken."],
    reset: ["Uw code voor {0}", "Typ deze code om bij {0} een nieuw wachtwoord te kiezen."],
    "new-device": [
      "Uw code voor {0}",
      "Typ deze code om u bij {0} op een nieuw apparaat aan te melden.",
    ],
    "new-address": [
      "Uw code voor {0}",
      "Typ deze code om {1} voor uw account bij {0} te gebruiken.",
    ],
    "too-many-tries": [
      "Uw code voor {0}",
      "Iemand heeft te vaak geprobeerd zich bij uw account bij {0} aan te melden. Was u het, ga dan verder met deze code.",
    ],
    "known-address": [
      "U heeft een account bij {0}",
      "Iemand wilde {1} bij {0} gebruiken. Daarvoor is al een account: meld u aan, of kies een nieuw wachtwoord.",
    ],
    "security-notice": ["Een wijziging van uw account bij {0}", ""],
  },
  events: {
    "password-changed": "Het wachtwoord van uw account is gewijzigd.",
    "email-changed": "Het e-mailadres van uw account is gewijzigd.",
    "factor-added": "Aan uw account is een tweede bewijs toegevoegd.",
    "factor-removed": "Van uw account is een tweede bewijs verwijderd.",
    "recovery-codes-renewed": "De herstelcodes van uw account zijn vernieuwd.",
    "session-ended": "Een aanmelding bij uw account is beëindigd.",
    "sessions-ended": "Alles wat bij uw account was aangemeld, is beëindigd.",
    "device-removed": "Een apparaat is van uw account verwijderd.",
    "browser-forgotten": "Een browser is niet meer bekend bij uw account.",
    other: "Aan uw account is iets gewijzigd.",
  },
  code: "Code: {0}",
  notAsked: "Heeft u er niet om gevraagd, doe dan niets. Geef de code aan niemand.",
  link: "Was u het niet, open dan deze link; die beëindigt alles wat is aangemeld:",
};

const languages: Readonly<Record<string, MailTexts>> = { en: english, de: german, nl: dutch };

const filled = (text: string, ...values: readonly string[]): string =>
  text.replaceAll(/\{(\d)\}/g, (_, index: string) => values[Number(index)] ?? "");

/** Subject and text of a mail, in the language of its reader. */
export function writeMail(
  { code, event, link, locale, purpose, to }: Mail,
  title: string,
): { readonly subject: string; readonly text: string } {
  const { events, purposes, ...words } = languages[locale] ?? english;
  const [subject, beginning] = purposes[purpose];
  const happened = Object.hasOwn(events, event ?? "") ? events[event ?? ""] : events["other"];
  const parts = [
    beginning === "" ? happened : filled(beginning, title, to),
    ...(code === undefined ? [] : [filled(words.code, code), words.notAsked]),
    ...(link === undefined ? [] : [`${words.link}\n${link}`]),
  ];
  return { subject: filled(subject, title), text: `${parts.join("\n\n")}\n` };
}
