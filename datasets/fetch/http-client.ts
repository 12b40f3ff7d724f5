import { EnvHttpProxyAgent, request } from 'undici';
import { DatasetError } from '../dataset-error.ts';

export interface HttpAnswer {
  readonly status: number;
  /** By lower-case name; of a header that comes twice the first. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** As it came over the wire, never decompressed. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Gives the connection up, so that a body nobody wants is not waited for. */
  discard(): void;
}

/** A GET that follows no redirect. */
export interface HttpClient {
  get(url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<HttpAnswer>;
  close(): Promise<void>;
}

/**
 * Through the proxies of `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, in either case of letters.
 * @throws DatasetError when one of them is no address
 */
export function createHttpClient(env: NodeJS.ProcessEnv = process.env): HttpClient {
  const dispatcher = new EnvHttpProxyAgent({
    httpProxy: proxyOf(env, 'http_proxy'),
    httpsProxy: proxyOf(env, 'https_proxy'),
    noProxy: env.no_proxy ?? env.NO_PROXY ?? '',
    // Plain HTTP is asked of the proxy itself, as everywhere: many let CONNECT through to no port but 443.
    proxyTunnel: false,
    // Silence is watched by whoever reads, on a clock of its own.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return {
    async get(url, headers, signal) {
      const answer = await request(url, { dispatcher, headers: { ...headers }, signal });
      const { body } = answer;
      body.on('error', () => undefined); // whoever reads is told; without a listener Node would end the process
      return {
        status: answer.statusCode,
        headers: Object.fromEntries(
          Object.entries(answer.headers).map(([key, value]) => [
            key,
            Array.isArray(value) ? value[0] : value,
          ]),
        ),
        body,
        discard: () => body.destroy(),
      };
    },
    close: () => dispatcher.destroy(),
  };
}

function proxyOf(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name] ?? env[name.toUpperCase()] ?? '';
  if (value === '') return '';
  // As curl takes it: a host alone is one that speaks HTTP.
  const address = value.includes('://') ? value : `http://${value}`;
  if (URL.canParse(address) && /^(https?|socks5?):$/.test(new URL(address).protocol)) return address;
  throw new DatasetError(
    `cannot use the proxy of ${name}: ${JSON.stringify(value)} is no address; give one such as http://proxy.example:3128`,
  );
}
