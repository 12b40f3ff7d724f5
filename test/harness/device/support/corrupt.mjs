// Passes stdin on to stdout, damaged: node corrupt.mjs flip BIT | cut BYTE | slow BYTES_AT_A_TIME
const [kind, place] = [process.argv[2], Number(process.argv[3])];
let passed = 0;
for await (const chunk of process.stdin) {
  const at = (kind === 'flip' ? Math.floor(place / 8) : place) - passed;
  if (kind === 'flip' && at >= 0 && at < chunk.length) chunk[at] ^= 1 << (place % 8);
  if (kind === 'cut' && at < chunk.length) {
    process.stdout.write(chunk.subarray(0, at), () => process.exit(0));
    break;
  }
  const step = kind === 'slow' ? place : chunk.length;
  for (let from = 0; from < chunk.length; from += step) {
    await new Promise((resolve) => process.stdout.write(chunk.subarray(from, from + step), resolve));
    if (kind === 'slow') await new Promise((resolve) => setTimeout(resolve, 1));
  }
  passed += chunk.length;
}
