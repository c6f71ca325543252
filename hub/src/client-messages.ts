/**
 * What a provider sends to its client, in the client's language, ready to paste into a chat or an email. One
 * block for each language, so that a native speaker can correct it here.
 */
export const MESSAGE_LANGUAGES = {
  en: "English",
  pt: "Português",
  es: "Español",
  de: "Deutsch",
  fr: "Français",
  id: "Bahasa Indonesia",
} as const;

export type MessageLanguage = keyof typeof MESSAGE_LANGUAGES;
/** `back`: the access is lost and the link restores it. `invite`: the first signup. */
type MessageKind = "back" | "invite";
/** `back` always names the account and the expiry of the link: the text has no variant without them. */
export type MessageAbout = { kind: "back"; account: string; expiresAt: string } | { kind: "invite" };

interface Message {
  subject: string;
  body: string;
}

const MESSAGES: Record<MessageLanguage, Record<MessageKind, Message>> = {
  en: {
    back: {
      subject: "WhatsApp: {partner} has lost access",
      body: "Hello,\n\n{partner} has lost access to your WhatsApp Business account {account}, and messages have stopped. You can give the access back in about two minutes; this page shows you how:\n\n{link}\n\nThe link is valid until {until}. You do not need a new account or a new number.",
    },
    invite: {
      subject: "Connect WhatsApp with {partner}",
      body: "Hello,\n\nPlease connect your WhatsApp number with {partner}. You'll need the Facebook login for your business; it takes a few minutes:\n\n{link}",
    },
  },
  pt: {
    back: {
      subject: "WhatsApp: {partner} perdeu o acesso",
      body: "Olá,\n\na {partner} perdeu o acesso à sua conta do WhatsApp Business {account}, e as mensagens pararam. Você pode devolver o acesso em cerca de dois minutos; esta página mostra como:\n\n{link}\n\nO link vale até {until}. Não é preciso uma conta nova nem um número novo.",
    },
    invite: {
      subject: "Conecte o WhatsApp com {partner}",
      body: "Olá,\n\nconecte o seu número do WhatsApp com a {partner}. Tenha à mão o login do Facebook da sua empresa; leva alguns minutos:\n\n{link}",
    },
  },
  es: {
    back: {
      subject: "WhatsApp: {partner} ha perdido el acceso",
      body: "Hola:\n\n{partner} ha perdido el acceso a su cuenta de WhatsApp Business {account} y los mensajes se han detenido. Puede devolver el acceso en unos dos minutos; esta página le muestra cómo:\n\n{link}\n\nEl enlace es válido hasta el {until}. No necesita una cuenta nueva ni un número nuevo.",
    },
    invite: {
      subject: "Conecte WhatsApp con {partner}",
      body: "Hola:\n\nconecte su número de WhatsApp con {partner}. Tenga a mano el inicio de sesión de Facebook de su empresa; se tarda unos minutos:\n\n{link}",
    },
  },
  de: {
    back: {
      subject: "WhatsApp: {partner} hat keinen Zugriff mehr",
      body: "Guten Tag,\n\n{partner} hat keinen Zugriff mehr auf Ihr WhatsApp-Business-Konto {account}, und die Nachrichten stehen still. Sie können den Zugriff in etwa zwei Minuten zurückgeben; diese Seite zeigt, wie:\n\n{link}\n\nDer Link gilt bis {until}. Sie brauchen weder ein neues Konto noch eine neue Nummer.",
    },
    invite: {
      subject: "WhatsApp mit {partner} verbinden",
      body: "Guten Tag,\n\nbitte verbinden Sie Ihre WhatsApp-Nummer mit {partner}. Halten Sie die Facebook-Anmeldung Ihres Unternehmens bereit; es dauert wenige Minuten:\n\n{link}",
    },
  },
  fr: {
    back: {
      subject: "WhatsApp : {partner} a perdu l’accès",
      body: "Bonjour,\n\n{partner} a perdu l’accès à votre compte WhatsApp Business {account} et les messages sont arrêtés. Vous pouvez rendre l’accès en deux minutes environ ; cette page vous montre comment :\n\n{link}\n\nLe lien est valable jusqu’au {until}. Vous n’avez besoin ni d’un nouveau compte ni d’un nouveau numéro.",
    },
    invite: {
      subject: "Connectez WhatsApp à {partner}",
      body: "Bonjour,\n\nveuillez connecter votre numéro WhatsApp à {partner}. Ayez sous la main la connexion Facebook de votre entreprise ; cela prend quelques minutes :\n\n{link}",
    },
  },
  id: {
    back: {
      subject: "WhatsApp: {partner} kehilangan akses",
      body: "Halo,\n\n{partner} kehilangan akses ke akun WhatsApp Business Anda {account}, dan pesan terhenti. Anda dapat memberikan akses kembali dalam sekitar dua menit; halaman ini menunjukkan caranya:\n\n{link}\n\nTautan berlaku sampai {until}. Anda tidak memerlukan akun baru atau nomor baru.",
    },
    invite: {
      subject: "Hubungkan WhatsApp dengan {partner}",
      body: "Halo,\n\nsilakan hubungkan nomor WhatsApp Anda dengan {partner}. Siapkan login Facebook bisnis Anda; hanya perlu beberapa menit:\n\n{link}",
    },
  },
};

/** A language that we have; English for every other. "pt-BR" is "pt". */
export function parseMessageLanguage(tag: string | null | undefined): MessageLanguage {
  const primary = (tag ?? "").trim().toLowerCase().split("-")[0] ?? "";
  return Object.hasOwn(MESSAGE_LANGUAGES, primary) ? (primary as MessageLanguage) : "en";
}

/** The page opens in the message's language too. */
export function messageOf(
  about: MessageAbout,
  language: MessageLanguage,
  { partner, link }: { partner: string; link: string },
): Message & { link: string } {
  const address = new URL(link);
  address.searchParams.set("lang", language);
  const day = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, { dateStyle: "long" });
  const values: Record<string, string> = {
    partner,
    link: address.toString(),
    ...(about.kind === "back" && { account: about.account, until: day.format(new Date(about.expiresAt)) }),
  };
  const fill = (text: string): string =>
    text.replace(/\{(\w+)\}/g, (gap, name: string) => values[name] ?? gap);
  const { subject, body } = MESSAGES[language][about.kind];
  return { subject: fill(subject), body: fill(body), link: address.toString() };
}

/** For the person's own mail program; a line break in a mail address is CRLF (RFC 6068, section 5). */
export function mailtoOf({ subject, body }: Message): string {
  const lines = body.replaceAll("\n", "\r\n");
  return `mailto:?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(lines)}`;
}

/** In the person's own WhatsApp, which then asks for the chat. */
export const whatsAppOf = ({ body }: Message): string => `https://wa.me/?text=${encodeURIComponent(body)}`;
