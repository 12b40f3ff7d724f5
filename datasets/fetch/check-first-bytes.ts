import type { ExpectedContent } from './manifest.ts';
import { TransferFailure } from './transfer-failure.ts';

const MAGIC: Readonly<Record<ExpectedContent, string>> = {
  zip: 'PK\x03\x04',
  jpeg: '\xff\xd8\xff',
  weights: '',
};
const NAME: Readonly<Record<ExpectedContent, string>> = {
  zip: 'a zip archive',
  jpeg: 'a JPEG picture',
  weights: 'weights',
};

/**
 * Refuses what is not the file but a page about it: of a login, a proxy, a mirror that has moved.
 * @throws TransferFailure
 */
export function checkFirstBytes(
  head: Uint8Array,
  contentType: string | undefined,
  expected: ExpectedContent,
): void {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 1024)).toString('latin1');
  const refuse = (what: string) =>
    new TransferFailure(`it answered with ${what} in place of ${NAME[expected]}`, { retryable: false });
  const page = /^\s*<(!doctype|html|head|body)/i.test(text);
  if (page) {
    const title = /<title[^>]*>\s*([^<]{1,80})/i.exec(text)?.[1]?.trim();
    throw refuse(`a web page${title ? ` ("${title}")` : ''}`);
  }
  if (/^\s*<(\?xml|error)/i.test(text)) throw refuse('an XML message');
  if (text.startsWith('version https://git-lfs')) throw refuse('a Git LFS pointer');
  // A first piece may be shorter than the signature.
  if (!text.startsWith(MAGIC[expected].slice(0, text.length))) {
    throw refuse(contentType === undefined ? 'something else' : `something else (${contentType})`);
  }
}
