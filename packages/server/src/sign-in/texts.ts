const en = {
  signIn: "Sign in",
  signInTo: "Sign in to {0}",
  email: "E-mail address",
  password: "Password",
  newPassword: "New password",
  passwordHint: "At least {0} characters. A few words you can remember are better than one you cannot.",
  withPasskey: "Use a passkey",
  withProvider: "Continue with {0}",
  or: "or",
  signUp: "Create an account",
  haveAccount: "I have an account",
  forgot: "I have forgotten my password",
  resetTitle: "A new password",
  resetHint: "We send a code to your address.",
  send: "Send the code",
  codeTitle: "Look into your mail",
  codeHint: "If {0} can be used, a code of eight digits is on its way to it.",
  code: "Code",
  next: "Continue",
  secondTitle: "One more step",
  totpHint: "The six digits that your authenticator app shows now, or one of your recovery codes.",
  mailHint: "This device is new. We have sent a code of eight digits to your address.",
  textHint: "If a telephone is connected to this account, a code of eight digits is on its way to it. A recovery code works too.",
  sendText: "Send a code to my telephone",
  phone: "Telephone number",
  phoneFactor: "Telephone",
  addPhone: "Add a telephone",
  enrolTitle: "Set up an authenticator app",
  enrolHint: "This needs a second proof of who you are. Open the link on this device, or type the key into an authenticator app, and then type the six digits it shows.",
  openApp: "Open the authenticator app",
  key: "Key",
  recoveryTitle: "Your recovery codes",
  recoveryHint: "Keep them somewhere safe. Each can be used once, in place of the app. They are shown only now.",
  consentTitle: "{0} asks for access",
  consentHint: "It would be able to:",
  allow: "Allow",
  deny: "Do not allow",
  wrong: "That did not match. Try again.",
  wait: "Too many tries. Wait {0} seconds and try again.",
  busy: "Many people are signing in just now. Try again in a moment.",
  expired: "This sign-in has expired. Go back to the app and start again.",
  "too-short": "That password is too short.",
  "too-long": "That password is too long.",
  common: "That is one of the passwords that guessers try first. Choose another.",
  breached: "That password has appeared in a data breach. Choose another.",
  personal: "That password is too close to your address or to this service's name. Choose another.",
  notLinked: "This sign-in is not connected to an account here yet. Sign in with your password first, and connect it under your account.",
  accountTitle: "Your account",
  sessions: "Where you are signed in",
  signedInOn: "{0}, since {1}, last used {2}",
  end: "Sign out there",
  endAll: "Sign out everywhere",
  devices: "Your devices",
  trustedDevice: "{0}, confirmed, since {1}",
  newDevice: "{0}, since {1}",
  embedded: "This page is open inside another app, which could read what you type. Better open it in your browser.",
  factors: "How you sign in",
  totpFactor: "Authenticator app",
  passkeyFactor: "Passkey",
  recoveryFactor: "{0} recovery codes left",
  remove: "Remove",
  addTotp: "Add an authenticator app",
  addPasskey: "Add a passkey on this device",
  newCodes: "New recovery codes",
  changeEmail: "Change the e-mail address",
  newEmail: "New e-mail address",
  changePassword: "Change the password",
  save: "Save",
  saved: "Saved.",
  signOut: "Sign out",
};

export type TextName = keyof typeof en;
type Texts = Readonly<Record<TextName, string>>;

const de: Texts = {
  signIn: "Anmelden", signInTo: "Bei {0} anmelden", email: "E-Mail-Adresse", password: "Passwort", newPassword: "Neues Passwort",
  passwordHint: "Mindestens {0} Zeichen. Ein paar Wörter, die Sie sich merken, sind besser als eines, das Sie vergessen.",
  withPasskey: "Passkey verwenden", withProvider: "Weiter mit {0}", or: "oder", signUp: "Konto anlegen", haveAccount: "Ich habe ein Konto", forgot: "Passwort vergessen",
  resetTitle: "Ein neues Passwort", resetHint: "Wir senden einen Code an Ihre Adresse.", send: "Code senden", codeTitle: "Sehen Sie in Ihre Post", codeHint: "Wenn {0} verwendet werden kann, ist ein Code aus acht Ziffern unterwegs.", code: "Code", next: "Weiter",
  secondTitle: "Noch ein Schritt", textHint: "Wenn mit diesem Konto ein Telefon verbunden ist, ist ein Code aus acht Ziffern dorthin unterwegs. Ein Wiederherstellungscode geht auch.", sendText: "Code an mein Telefon senden", phone: "Telefonnummer", phoneFactor: "Telefon", addPhone: "Telefon hinzufügen", totpHint: "Die sechs Ziffern, die Ihre Authenticator-App jetzt zeigt, oder einer Ihrer Wiederherstellungscodes.", mailHint: "Dieses Gerät ist neu. Wir haben einen Code aus acht Ziffern an Ihre Adresse gesendet.",
  enrolTitle: "Authenticator-App einrichten", enrolHint: "Dafür ist ein zweiter Nachweis nötig. Öffnen Sie den Link auf diesem Gerät oder geben Sie den Schlüssel in eine Authenticator-App ein, und tippen Sie dann die sechs Ziffern, die sie zeigt.", openApp: "Authenticator-App öffnen", key: "Schlüssel",
  recoveryTitle: "Ihre Wiederherstellungscodes", recoveryHint: "Bewahren Sie sie sicher auf. Jeder gilt einmal anstelle der App. Sie werden nur jetzt gezeigt.",
  consentTitle: "{0} bittet um Zugriff", consentHint: "Damit wäre möglich:", allow: "Erlauben", deny: "Nicht erlauben", wrong: "Das hat nicht gestimmt. Versuchen Sie es noch einmal.", wait: "Zu viele Versuche. Warten Sie {0} Sekunden.", busy: "Gerade melden sich viele an. Versuchen Sie es gleich noch einmal.", expired: "Diese Anmeldung ist abgelaufen. Beginnen Sie in der App von vorn.",
  "too-short": "Dieses Passwort ist zu kurz.", "too-long": "Dieses Passwort ist zu lang.", common: "Dieses Passwort wird beim Raten zuerst versucht. Wählen Sie ein anderes.", breached: "Dieses Passwort ist bei einem Datenleck aufgetaucht. Wählen Sie ein anderes.", personal: "Dieses Passwort ist Ihrer Adresse oder dem Namen dieses Dienstes zu ähnlich. Wählen Sie ein anderes.",
  notLinked: "Diese Anmeldung ist noch mit keinem Konto verbunden. Melden Sie sich erst mit Passwort an und verbinden Sie sie in Ihrem Konto.",
  accountTitle: "Ihr Konto", sessions: "Wo Sie angemeldet sind", signedInOn: "{0}, seit {1}, zuletzt {2}", end: "Dort abmelden", endAll: "Überall abmelden", devices: "Ihre Geräte", trustedDevice: "{0}, bestätigt, seit {1}", newDevice: "{0}, seit {1}", embedded: "Diese Seite ist in einer anderen App geöffnet, die mitlesen könnte, was Sie tippen. Öffnen Sie sie besser in Ihrem Browser.", factors: "Wie Sie sich anmelden", totpFactor: "Authenticator-App", passkeyFactor: "Passkey", recoveryFactor: "noch {0} Wiederherstellungscodes", remove: "Entfernen", addTotp: "Authenticator-App hinzufügen", addPasskey: "Passkey auf diesem Gerät hinzufügen", newCodes: "Neue Wiederherstellungscodes", changeEmail: "E-Mail-Adresse ändern", newEmail: "Neue E-Mail-Adresse", changePassword: "Passwort ändern", save: "Speichern", saved: "Gespeichert.", signOut: "Abmelden",
};

const nl: Texts = {
  signIn: "Inloggen", signInTo: "Inloggen bij {0}", email: "E-mailadres", password: "Wachtwoord", newPassword: "Nieuw wachtwoord",
  passwordHint: "Minstens {0} tekens. Een paar woorden die u onthoudt zijn beter dan één dat u vergeet.",
  withPasskey: "Passkey gebruiken", withProvider: "Verder met {0}", or: "of", signUp: "Account maken", haveAccount: "Ik heb een account", forgot: "Wachtwoord vergeten",
  resetTitle: "Een nieuw wachtwoord", resetHint: "We sturen een code naar uw adres.", send: "Code sturen", codeTitle: "Kijk in uw mail", codeHint: "Als {0} gebruikt kan worden, is een code van acht cijfers onderweg.", code: "Code", next: "Verder",
  secondTitle: "Nog één stap", textHint: "Als er een telefoon bij dit account hoort, is een code van acht cijfers daarheen onderweg. Een herstelcode kan ook.", sendText: "Code naar mijn telefoon sturen", phone: "Telefoonnummer", phoneFactor: "Telefoon", addPhone: "Telefoon toevoegen", totpHint: "De zes cijfers die uw authenticator-app nu toont, of een van uw herstelcodes.", mailHint: "Dit apparaat is nieuw. We hebben een code van acht cijfers naar uw adres gestuurd.",
  enrolTitle: "Authenticator-app instellen", enrolHint: "Hiervoor is een tweede bewijs nodig. Open de link op dit apparaat, of typ de sleutel in een authenticator-app, en typ daarna de zes cijfers die deze toont.", openApp: "Authenticator-app openen", key: "Sleutel",
  recoveryTitle: "Uw herstelcodes", recoveryHint: "Bewaar ze veilig. Elke code geldt één keer, in plaats van de app. Ze worden alleen nu getoond.",
  consentTitle: "{0} vraagt toegang", consentHint: "Daarmee kan het:", allow: "Toestaan", deny: "Niet toestaan", wrong: "Dat klopte niet. Probeer het nog eens.", wait: "Te veel pogingen. Wacht {0} seconden.", busy: "Er loggen nu veel mensen in. Probeer het zo nog eens.", expired: "Deze aanmelding is verlopen. Begin opnieuw in de app.",
  "too-short": "Dat wachtwoord is te kort.", "too-long": "Dat wachtwoord is te lang.", common: "Dat wachtwoord wordt bij raden het eerst geprobeerd. Kies een ander.", breached: "Dat wachtwoord is bij een datalek opgedoken. Kies een ander.", personal: "Dat wachtwoord lijkt te veel op uw adres of de naam van deze dienst. Kies een ander.",
  notLinked: "Deze aanmelding is nog met geen account verbonden. Log eerst in met uw wachtwoord en verbind haar in uw account.",
  accountTitle: "Uw account", sessions: "Waar u bent ingelogd", signedInOn: "{0}, sinds {1}, laatst {2}", end: "Daar uitloggen", endAll: "Overal uitloggen", devices: "Uw apparaten", trustedDevice: "{0}, bevestigd, sinds {1}", newDevice: "{0}, sinds {1}", embedded: "Deze pagina is open in een andere app, die kan meelezen wat u typt. Open haar liever in uw browser.", factors: "Hoe u inlogt", totpFactor: "Authenticator-app", passkeyFactor: "Passkey", recoveryFactor: "nog {0} herstelcodes", remove: "Verwijderen", addTotp: "Authenticator-app toevoegen", addPasskey: "Passkey op dit apparaat toevoegen", newCodes: "Nieuwe herstelcodes", changeEmail: "E-mailadres wijzigen", newEmail: "Nieuw e-mailadres", changePassword: "Wachtwoord wijzigen", save: "Opslaan", saved: "Opgeslagen.", signOut: "Uitloggen",
};

const languages: Readonly<Record<string, Texts>> = { en, de, nl };

export interface Say {
  readonly locale: string;
  (name: TextName, ...values: readonly (string | number)[]): string;
}

/** The reader's language, as far as it is spoken here: `ui_locales` of the app first, then what the browser asks for. */
export function speak(asked: string | undefined, accepted: string | undefined, offered: readonly string[]): Say {
  const wanted = [...(asked ?? "").split(" "), ...(accepted ?? "").split(",").map((one) => one.split(";", 1)[0] ?? "")].map((one) => one.trim().slice(0, 2).toLowerCase());
  const locale = wanted.find((one) => offered.includes(one) && Object.hasOwn(languages, one)) ?? offered[0] ?? "en";
  const texts = languages[locale] ?? en;
  const say = (name: TextName, ...values: readonly (string | number)[]): string => texts[name].replaceAll(/\{(\d)\}/g, (_, index: string) => String(values[Number(index)] ?? ""));
  return Object.assign(say, { locale });
}
