import type { HttpAnswer, HttpClient } from './http-client.ts';
import { networkFailure, TransferFailure } from './transfer-failure.ts';

const MAX_REDIRECTS = 10;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/**
 * A GET through redirects, at most ten of them, to `http:` and `https:` alone and never from the second to the first.
 * @throws TransferFailure
 */
export async function getFollowingRedirects(
  http: HttpClient,
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  let at = new URL(url);
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const answer = await http.get(at.href, headers, signal).catch((error: unknown) => {
      throw networkFailure(error);
    });
    if (!REDIRECTS.includes(answer.status)) return answer;
    answer.discard();
    at = nextAddress(at, answer.headers.location);
  }
  throw new TransferFailure(`it was sent on more than ${MAX_REDIRECTS} times, in a circle it seems`, {
    retryable: false,
  });
}

function nextAddress(from: URL, location: string | undefined): URL {
  const refuse = (reason: string) => new TransferFailure(reason, { retryable: false });
  if (location === undefined) throw refuse('it was sent on without an address');
  const shown = JSON.stringify(location.slice(0, 200));
  if (!URL.canParse(location, from.href)) throw refuse(`it was sent on to ${shown}, which is no address`);
  const to = new URL(location, from.href);
  if (to.protocol !== 'http:' && to.protocol !== 'https:') {
    throw refuse(`it was sent on to ${shown}, and only http and https are followed`);
  }
  if (from.protocol === 'https:' && to.protocol === 'http:') {
    throw refuse(`it was sent on from https to ${shown}, which anyone on the way could change`);
  }
  return to;
}
