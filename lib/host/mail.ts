/**
 * Hands one mail to a mail server. The only place that knows nodemailer.
 *
 * Whoever sends mail imports this with `import()`, at the moment when there is something to send: a bundle holds it packed, and a run
 * without failures never unpacks it.
 */
import { createTransport } from "nodemailer";
import { SourceError } from "../errors.ts";

/** A mail of plain text. */
export interface Mail {
  readonly from: string;
  /** One or more addresses, with commas between. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export interface MailServer {
  readonly host: string;
  readonly port: number;
}

export interface SendMailOptions {
  /** The whole exchange may take so long; 30 seconds without it. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const DEFAULT_TIMEOUT_MS = 30_000;

/** Sends a mail. Throws `SourceError` WRITE when the server cannot be reached, refuses, or does not answer in time. */
export async function sendMail(mail: Mail, server: MailServer, options: SendMailOptions = {}): Promise<void> {
  const { timeoutMs = DEFAULT_TIMEOUT_MS, signal } = options;
  const deadline = AbortSignal.timeout(timeoutMs);
  const ended = signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
  try {
    const transport = createTransport(transportOptions(server, timeoutMs));
    const { rejected } = await transport.sendMail(messageOf(mail, ended));
    if (rejected.length > 0) throw new Error(`it does not take mail for ${rejected.map(addressOf).join(", ")}`);
  } catch (error) {
    throw mailError(deadline.aborted ? new Error(`no end within ${timeoutMs / 1000} s`) : error, mail, server);
  }
}

function transportOptions({ host, port }: MailServer, timeoutMs: number): Parameters<typeof createTransport>[0] {
  // The deadline comes first, so that there is one message for all that takes too long.
  const stepMs = 2 * timeoutMs;
  return {
    host,
    port,
    secure: port === 465,
    // Encryption where the server offers it, as between mail servers. No password is sent, and a relay in the same rack mostly has a
    // certificate that nobody signed; to send nothing at all would be no gain.
    opportunisticTLS: true,
    tls: { rejectUnauthorized: false },
    connectionTimeout: stepMs,
    greetingTimeout: stepMs,
    socketTimeout: stepMs,
    dnsTimeout: stepMs,
    // A text is never taken for a path or an address to be read.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

function messageOf(mail: Mail, signal: AbortSignal): object {
  return {
    ...mail,
    signal,
    // Long lines, such as commands that are to be copied, arrive as they are.
    textEncoding: "quoted-printable",
    // Nobody's holiday program answers.
    headers: { "Auto-Submitted": "auto-generated" },
  };
}

function addressOf(recipient: string | { readonly address: string }): string {
  return typeof recipient === "string" ? recipient : recipient.address;
}

function mailError(cause: unknown, { to }: Mail, { host, port }: MailServer): SourceError {
  const place = `smtp://${host.includes(":") ? `[${host}]` : host}:${port}`;
  const [reason] = (cause instanceof Error ? cause.message : String(cause)).split("\n");
  return new SourceError("WRITE", `Cannot send mail to ${to} through ${place}: ${reason}`, place, {
    cause,
    remedy: "See smtpserver, mailfrom and adminmail in section [reporting], and the log of the mail server",
  });
}
