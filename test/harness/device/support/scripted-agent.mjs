// An agent that plays a script: node scripted-agent.mjs STATE_FILE FAULT FAULTY_STARTS [CLASSES [FIRST]]
// Written from PROTOCOL.md alone and in another way than the harness, so that the two check each other. It notes its process
// id in the state file at each start; from start FAULTY_STARTS + 1 on it has no fault.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';

const [stateFile, faultName, faultyStarts, classes = '2', first = '1'] = process.argv.slice(2);
appendFileSync(stateFile, `${process.pid}\n`);
const starts = readFileSync(stateFile, 'utf8').trim().split('\n').length;
// A fault of infer comes at this one of the first process, and at those after it; of a later process at once.
let infersToFault = starts > 1 ? 1 : Number(first);
const [fault, list = ''] = starts <= Number(faultyStarts) ? faultName.split(':') : ['none'];
// `cut:5000,20`: 5000 at the first start, 20 at the second and every later one.
const argument = list.split(',').slice(0, starts).at(-1);

function frame(head, payloads = {}) {
  const names = Object.keys(payloads);
  if (names.length)
    head = { ...head, payloads: names.map((name) => ({ name, bytes: payloads[name].length })) };
  const text = Buffer.from(JSON.stringify(head));
  const body = Buffer.concat(Object.values(payloads));
  const start = Buffer.alloc(16);
  start.write('MLUP');
  start.writeUInt32LE(text.length, 4);
  start.writeUInt32LE(body.length, 8);
  const crc = Buffer.alloc(4);
  crc.writeUInt32LE(crc32(Buffer.concat([start, text, body])));
  return Buffer.concat([start, crc, text, body]);
}

/** Waits, as a real agent does, until the other side takes it. */
function writeFully(bytes) {
  let at = 0;
  while (at < bytes.length) {
    try {
      at += writeSync(1, bytes, at, fault === 'trickle' ? Math.min(1, bytes.length - at) : bytes.length - at);
    } catch (error) {
      if (error.code !== 'EAGAIN') process.exit(1);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

let written = 0;
function send(head, payloads) {
  const bytes = frame(head, payloads);
  // Flips one bit of everything that is ever written.
  const bit = fault === 'flip' ? Number(argument) : Number.POSITIVE_INFINITY;
  const at = Math.floor(bit / 8) - written;
  if (at >= 0 && at < bytes.length) bytes[at] ^= 1 << (bit % 8);
  written += bytes.length;
  const cut = fault === 'cut' ? Number(argument) - (written - bytes.length) : Number.POSITIVE_INFINITY;
  if (cut >= 0 && cut < bytes.length) {
    writeFully(bytes.subarray(0, cut));
    process.kill(process.pid, 'SIGKILL');
  }
  writeFully(bytes);
}

function npy(values, shape) {
  let header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`;
  header = `${header.padEnd(117)}\n`;
  const start = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]);
  return Buffer.concat([start, Buffer.from(header), Buffer.from(Float32Array.from(values).buffer)]);
}

const PIXELS = 64 * 64;
const ANCHORS = (PIXELS * 21) / 1024;

const CHANNELS = 5 + Number(classes);

/** `[1, 84, 5 + classes]` whose first value is the sum of the input's bytes. */
function output(input) {
  const faulty = --infersToFault <= 0;
  const values = new Float32Array(ANCHORS * CHANNELS);
  values[0] = input.reduce((sum, byte) => sum + byte, 0);
  if (fault === 'nan' && faulty) values.fill(Number.NaN, 0, CHANNELS);
  return fault === 'shape' && faulty
    ? npy(values, [1, CHANNELS, ANCHORS])
    : npy(values, [1, ANCHORS, CHANNELS]);
}

const inputs = new Map();
const files = new Map();
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

const methods = {
  'has-file': ({ sha256: hash }) => [{ present: files.get(hash)?.complete === true }],
  'put-file': ({ sha256: hash, offset, total }, { part }) => {
    const file = offset === 0 ? { parts: [] } : files.get(hash);
    files.set(hash, file);
    file.parts.push(part);
    const received = offset + part.length;
    file.complete = received === total && sha256(Buffer.concat(file.parts)) === hash;
    return [{ received, complete: file.complete }];
  },
  open: (params) => [
    {
      device: fault === 'other-device' || starts === 1 ? 'CPU' : argument === 'card' ? 'MLU270' : 'CPU',
      precision: 'float32',
      engine: 'script',
      coreNumber: 1,
      decoded: null,
      standIn: null,
      warnings: fault === 'warns' ? ['its options were refused'] : [],
      details: { params },
    },
  ],
  infer: ({ input, knownOutput }, payloads) => {
    if (payloads.input) {
      if (sha256(payloads.input) !== input) throw new Error('the input is another');
      inputs.set(input, output(payloads.input.subarray(-3 * PIXELS)));
    }
    const bytes = inputs.get(input);
    if (!bytes) throw new Error('the input is unknown');
    const hash = sha256(bytes);
    return [{ hostMs: 2, deviceMs: null, output: hash }, hash === knownOutput ? {} : { output: bytes }];
  },
  measure: ({ requests }) => [
    { hostMs: [Array(requests).fill(1)], deviceMs: null, wallSeconds: 1, sameOutputs: true },
  ],
  exit: () => [{}],
};

/** What is done instead of an answer to `infer`. */
const faults = {
  kill: () => process.kill(process.pid, 'SIGKILL'),
  'kill-inside': (answer) => {
    writeFully(answer.subarray(0, answer.length / 2));
    process.kill(process.pid, 'SIGKILL');
  },
  stop: () => process.kill(process.pid, 'SIGSTOP'),
  deaf: () => undefined,
  silent: () => clearInterval(heart),
  garbage: () => writeFully(Buffer.alloc(100_000, 'garbage')),
  'other-id': (_answer, id) => send({ type: 'result', id: id + 1, result: {} }),
  'no-message': () => send({ type: 'weather' }),
  'device-error': (_answer, id) =>
    send({ type: 'error', id, kind: 'device', message: 'the card is hot', traceback: 'line 1' }),
  flood: (answer) => {
    const line = Buffer.from(`${'noise '.repeat(10_000)}\n`);
    for (let megabytes = 0; megabytes < 100e6; megabytes += line.length) writeBlocking(2, line);
    writeBlocking(2, Buffer.from('the last line\n'));
    writeFully(answer);
  },
};

function writeBlocking(fd, bytes) {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}

function answer({ id, method, params }, payloads) {
  if (method === 'put-file' && fault === 'gone-while-sending') process.exit(4);
  let result;
  let sent;
  try {
    [result, sent] = methods[method](params, payloads);
  } catch (error) {
    send({ type: 'error', id, kind: 'bad-request', message: error.message, traceback: error.stack });
    return;
  }
  if (method === 'infer' && faults[fault] && infersToFault <= 0) {
    faults[fault](frame({ type: 'result', id, result }, sent), id);
    return;
  }
  if (fault === 'progress') send({ type: 'progress', id, done: 1, total: null, text: 'halfway' });
  send({ type: 'result', id, result }, sent);
  if (method === 'exit' && fault !== 'stubborn') process.exit(0);
}

let arrived = Buffer.alloc(0);
process.stdin.on('data', (chunk) => {
  arrived = Buffer.concat([arrived, chunk]);
  while (arrived.length >= 20) {
    const headBytes = arrived.readUInt32LE(4);
    const end = 20 + headBytes + arrived.readUInt32LE(8);
    if (arrived.length < end) return;
    const crc = crc32(Buffer.concat([arrived.subarray(0, 16), arrived.subarray(20, end)]));
    if (crc !== arrived.readUInt32LE(16)) process.exit(3);
    const head = JSON.parse(arrived.toString('utf8', 20, 20 + headBytes));
    const payloads = {};
    let at = 20 + headBytes;
    for (const { name, bytes } of head.payloads ?? []) {
      payloads[name] = Buffer.from(arrived.subarray(at, at + bytes));
      at += bytes;
    }
    arrived = arrived.subarray(end);
    answer(head, payloads);
  }
});
if (fault === 'stubborn') {
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(name, () => undefined);
  const child = spawn('sleep', ['1000'], { stdio: 'inherit' });
  appendFileSync(`${stateFile}.children`, `${child.pid}\n`);
} else process.stdin.on('end', () => process.exit(0));

if (fault === 'mute') setInterval(() => undefined, 1000);
else {
  if (fault === 'banner') writeFully(Buffer.from('Welcome\u001b[31m to the container\n'));
  const info = { python: null, platform: 'script', numpy: null, torch: null, torchMlu: null, cnrt: null };
  send({ type: 'hello', protocol: fault === 'version' ? 2 : 1, agent: '9.9.9', info });
}
if (fault === 'ends') process.exit(7);
const heart =
  fault === 'mute'
    ? undefined
    : setInterval(() => send({ type: 'heartbeat', seconds: process.uptime() }), 100);
