/**
 * Matches so many ASCII paths, and then characters beyond U+FFFF again and again, and prints how often the answer was
 * wrong: a program of its own, since what V8 compiles depends on all that has run before.
 */

import { compileRegex } from '../regex.ts';

function regex(pattern: string) {
  const compiled = compileRegex(pattern, 'sensitive');
  if (compiled.kind === 'refused') throw new Error(compiled.problem);
  return compiled.regex;
}

const paths = [regex('/orders/[0-9]+(/x|/y)?'), regex('/a.*b|/c')];
const faces = [regex('😀{3}'), regex('a|\\x{1F600}*\\x{1F600}|aa|a|a|aa')];
for (let i = 0; i < Number(process.argv[2]); i++) paths[i % 2]?.matches(`/orders/${i}/x`);
let wrong = 0;
for (let i = 0; i < 100_000; i++) if (!faces.every((face) => face.matches('😀😀😀'))) wrong += 1;
process.stdout.write(`${wrong}\n`);
