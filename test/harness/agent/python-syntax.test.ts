import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { AGENT, python } from '../../support/python.ts';

const CHECK = fileURLToPath(new URL('check-python-syntax.py', import.meta.url));
const FILES = readdirSync(AGENT, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.py'))
  .map((name) => join(AGENT, name));

function check(paths: readonly string[], source = ''): string[] {
  const { status, stdout, stderr } = spawnSync(python!, [CHECK, ...paths], {
    input: source,
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout.split('\n').filter(Boolean);
}

describe.skipIf(!python)('the agent is written in the syntax of Python 3.5', () => {
  test('all of its files', () => {
    expect(FILES.length).toBeGreaterThan(5);
    expect(check(FILES)).toEqual([]);
  });

  test.each([
    ['an f-string', 'x = f"{1}"'],
    ['an f-string without a field', 'x = f"x"'],
    ['a variable annotation', 'x: int = 1'],
    ['a variable annotation without a value', 'class A:\n    x: int'],
    ['an underscore in a number', 'x = 1_000'],
    ['an assignment in an expression', 'if (x := 1):\n    pass'],
    ['a positional-only parameter', 'def f(a, /):\n    pass'],
    ['an asynchronous generator’s comprehension', 'async def f():\n    return [x async for x in y]'],
    ['match', 'match x:\n    case 1:\n        pass'],
    ['several contexts in brackets', 'with (open("a") as a, open("b") as b):\n    pass'],
    ['a comma behind *args of a call', 'f(\n    a,\n    *args,\n)'],
    ['a comma behind *args of a method’s call', 'f(a).g(*args,)'],
    ['a comma behind **kw of a call', 'f(a, **kw,)'],
    ['a comma behind **kw with a comment between', 'f(\n    **kw,  # all of them\n)'],
    ['a comma behind *args of a definition', 'def f(*args,):\n    pass'],
    ['a comma behind **kw of a definition', 'def f(\n    a,\n    **kw,\n):\n    pass'],
    ['a comma behind *args that is an expression', 'f(*[a, b],)'],
    ['ModuleNotFoundError', 'try:\n    pass\nexcept ModuleNotFoundError:\n    pass'],
    ['an option of a later library', 'run([], capture_output=True)'],
    ['annotations that wait', 'from __future__ import annotations'],
  ])('%s is found', (_, source) => {
    const found = check([], source);
    expect(found.length, source).toBeGreaterThan(0);
    expect(found[0]).toMatch(/^stdin:\d+: ./);
  });

  test.each([
    'f(*args, key=1,)',
    'x = (*a, *b,)',
    'return_value = [*a,]',
    'def f(a, *, key=None):\n    return {**a, "b": 1,}',
    'print("{}".format(1), file=sys.stderr)',
    'def f(a: int) -> int:\n    return a',
    'x = a * b\ny = f(a * b,)',
    'async def f():\n    await g()',
  ])('%j is none of them', (source) => {
    expect(check([], source)).toEqual([]);
  });
});
