/** One attempt that came to nothing. */
export class TransferFailure extends Error {
  override readonly name = 'TransferFailure';
  /** Whether the same address may answer better later. */
  readonly retryable: boolean;
  /** How long the server asks to be left alone, in milliseconds. */
  readonly waitMs: number;

  constructor(message: string, options: ErrorOptions & { retryable: boolean; waitMs?: number }) {
    super(message, options);
    this.retryable = options.retryable;
    this.waitMs = options.waitMs ?? 0;
  }
}

/** What the network said, in words; undici and Node give codes. */
export function networkFailure(error: unknown): TransferFailure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const text = error instanceof Error ? error.message : String(error);
  if (/CERT|SELF_SIGNED|UNABLE_TO/.test(code)) {
    const fix = 'where a company inspects the traffic, give its certificate in NODE_EXTRA_CA_CERTS';
    return new TransferFailure(`the certificate is not to be trusted (${code}); ${fix}`, {
      retryable: false,
      cause: error,
    });
  }
  if (/ERR_TLS|ERR_SSL/.test(code)) {
    return new TransferFailure(`no secure connection came about (${code})`, {
      retryable: false,
      cause: error,
    });
  }
  const words = WORDS[code] ?? `${text || 'no answer'}${code && !text.includes(code) ? ` (${code})` : ''}`;
  return new TransferFailure(words, { retryable: true, cause: error });
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection broke',
  EPIPE: 'the connection broke',
  UND_ERR_SOCKET: 'the connection broke',
  UND_ERR_CONNECT_TIMEOUT: 'no connection came about',
  ETIMEDOUT: 'no connection came about',
  ENOTFOUND: 'the name of the server is unknown here',
  EAI_AGAIN: 'the name of the server cannot be looked up now',
  ENETUNREACH: 'there is no way to the server',
  EHOSTUNREACH: 'there is no way to the server',
};
