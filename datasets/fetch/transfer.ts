import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { checkFirstBytes } from './check-first-bytes.ts';
import { demandSpace } from './demand-space.ts';
import type { FetchTools } from './fetch-tools.ts';
import { getFollowingRedirects } from './follow-redirects.ts';
import { formatBytes } from './format-bytes.ts';
import type { HttpAnswer } from './http-client.ts';
import type { ExpectedContent } from './manifest.ts';
import type { PartFile, PartOrigin } from './part-file.ts';
import { retryAfterMs } from './retry.ts';
import { networkFailure, TransferFailure } from './transfer-failure.ts';

export interface Wanted {
  readonly label: string;
  readonly content: ExpectedContent;
  /** Published size; an offer of another one is refused before it is taken. */
  readonly bytes?: number;
  readonly sha256?: string;
  /** A small file among many, which gets no bar of its own. */
  readonly quiet?: true;
}

/** A server that sends nothing for so long is given up, and asked again. */
const STALL_MS = 60_000;

/** May answer better later: too busy, not there yet, broken for the moment. */
const PASSING: readonly number[] = [408, 425, 429, 500, 502, 503, 504, 507, 509, 520, 521, 522, 523, 524];

/**
 * One attempt to bring a part to its end, going on where it stands when the server can and still has the same file.
 * @throws TransferFailure; what has arrived stays in the part, unless it is known to be wrong
 */
export async function transfer(
  url: string,
  part: PartFile,
  wanted: Wanted,
  tools: FetchTools,
): Promise<void> {
  tools.signal.throwIfAborted();
  const have = await part.size();
  const origin = await part.origin();
  const total = wanted.bytes ?? origin.total;
  if (have > 0 && have === total) return;
  const resuming = have > 0 && (total === undefined || have < total) && canResume(origin, wanted);
  if (!resuming) await part.remove();

  const stall = new AbortController();
  let callOff = (): void => undefined;
  const heard = (): void => {
    callOff();
    callOff = tools.timers.alarm(STALL_MS, () => stall.abort());
  };
  const explain = (error: unknown): Error => {
    if (tools.signal.aborted) return tools.signal.reason as Error;
    if (!stall.signal.aborted) return error instanceof TransferFailure ? error : networkFailure(error);
    return new TransferFailure(`nothing came for ${STALL_MS / 1000} s`, { retryable: true, cause: error });
  };
  heard();
  let answer: HttpAnswer | undefined;
  try {
    answer = await getFollowingRedirects(
      tools.http,
      url,
      headersFor(resuming ? have : 0, origin),
      AbortSignal.any([tools.signal, stall.signal]),
    ).catch((error: unknown) => {
      throw explain(error);
    });
    const plan = await judge(answer, resuming ? have : 0, origin, part, wanted, tools.timers.now());
    if (plan === 'complete') return;
    await receive(answer, plan, part, wanted, tools, heard, explain);
  } finally {
    callOff();
    answer?.discard();
  }
}

/** Without a word by which the server would know the file again, only a hash can tell whether two halves belong together. */
const canResume = (origin: PartOrigin, wanted: Wanted): boolean =>
  validator(origin) !== undefined || wanted.sha256 !== undefined;

/** `If-Range` takes a strong entity tag or a date (RFC 9110, 13.1.5). */
function validator({ etag, lastModified }: PartOrigin): string | undefined {
  return etag !== undefined && !etag.startsWith('W/') ? etag : lastModified;
}

function headersFor(from: number, origin: PartOrigin): Record<string, string> {
  const plain = { 'user-agent': 'mlu-parity', 'accept-encoding': 'identity' };
  if (from === 0) return plain;
  const known = validator(origin);
  return {
    ...plain,
    range: `bytes=${from}-`,
    ...(known === undefined ? {} : { 'if-range': known }),
  };
}

interface Plan {
  /** Where the body starts in the file. */
  readonly from: number;
  readonly total: number | undefined;
  readonly origin: PartOrigin;
}

async function judge(
  answer: HttpAnswer,
  have: number,
  origin: PartOrigin,
  part: PartFile,
  wanted: Wanted,
  now: number,
): Promise<Plan | 'complete'> {
  const { status, headers } = answer;
  const range = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+|\*)$/.exec(headers['content-range'] ?? '');
  const stated = range?.[3] === undefined || range[3] === '*' ? undefined : Number(range[3]);
  if (status === 416 && have > 0) {
    // Nothing lies behind the end: either this is the end, or the file has become another one.
    if (stated === have && (wanted.bytes ?? have) === have) return 'complete';
    throw await anotherFile(part);
  }
  if (status === 206 && have > 0) {
    const changed = origin.etag !== undefined && headers.etag !== undefined && origin.etag !== headers.etag;
    const total = wanted.bytes ?? origin.total;
    const otherSize = total !== undefined && stated !== undefined && stated !== total;
    if (Number(range?.[1]) !== have || changed || otherSize) throw await anotherFile(part);
    return { from: have, total: total ?? stated, origin };
  }
  if (status === 200) {
    const length = headers['content-length'];
    const total = length === undefined ? undefined : Number(length);
    if (wanted.bytes !== undefined && total !== undefined && total !== wanted.bytes) {
      const reason = `it offers ${total} bytes, and the published file has ${wanted.bytes}`;
      throw new TransferFailure(reason, { retryable: false });
    }
    const { etag, 'last-modified': lastModified } = headers;
    return {
      from: 0,
      total: total ?? wanted.bytes,
      origin: {
        ...(etag === undefined ? {} : { etag }),
        ...(lastModified === undefined ? {} : { lastModified }),
        ...(total === undefined ? {} : { total }),
      },
    };
  }
  throw new TransferFailure(`it answered ${status}${MEANING[status] ?? ''}`, {
    retryable: PASSING.includes(status),
    waitMs: retryAfterMs(headers['retry-after'], now),
  });
}

const MEANING: Readonly<Record<number, string>> = {
  401: ' (a name and password are wanted)',
  403: ' (not allowed)',
  404: ' (not there)',
  407: ' (the proxy wants a name and password)',
  410: ' (not there any more)',
  429: ' (too many requests)',
  503: ' (too busy)',
};

async function anotherFile(part: PartFile): Promise<TransferFailure> {
  await part.remove();
  return new TransferFailure('the file there has changed since its first part was fetched', {
    retryable: true,
  });
}

async function receive(
  answer: HttpAnswer,
  { from, total, origin }: Plan,
  part: PartFile,
  wanted: Wanted,
  tools: FetchTools,
  heard: () => void,
  explain: (error: unknown) => Error,
): Promise<void> {
  if (total !== undefined) await demandSpace(dirname(part.partPath), total - from, wanted.label, tools);
  const body = answer.body[Symbol.asyncIterator]();
  const next = (): Promise<IteratorResult<Uint8Array>> =>
    body.next().catch((error: unknown) => {
      throw explain(error);
    });
  let chunk = await next();
  if (from === 0) {
    // Before the old part goes: a page about a broken server must not cost what is there.
    checkFirstBytes(
      chunk.done ? new Uint8Array(0) : chunk.value,
      answer.headers['content-type'],
      wanted.content,
    );
  }
  const file = from === 0 ? await part.restart(origin) : await part.append();
  const { observer } = tools;
  if (!wanted.quiet) {
    observer.start(wanted.label, { ...(total === undefined ? {} : { total }), done: from, unit: 'bytes' });
  }
  let at = from;
  try {
    for (; !chunk.done; chunk = await next()) {
      heard();
      at += chunk.value.length;
      if (total !== undefined && at > total) {
        await part.remove();
        throw new TransferFailure(`it sent more than the ${total} bytes of the file`, { retryable: false });
      }
      await writeAll(file, chunk.value);
      if (!wanted.quiet) observer.advance(chunk.value.length);
    }
    await file.sync();
  } finally {
    await file.close();
    if (!wanted.quiet) observer.stop();
  }
  if (total !== undefined && at < total) {
    throw new TransferFailure(`it ended after ${formatBytes(at)} of ${formatBytes(total)}`, {
      retryable: true,
    });
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let from = 0; from < bytes.length; ) {
    from += (await file.write(bytes, from)).bytesWritten;
  }
}
