/** Reads a text, and then one that V8 14.6 misreads after it; prints the second one's names. */

import { parseForeignObject } from '../foreign-json.ts';

const first = String.raw`{"a":1,"https:\\/\\/id.example\\/ro":1}`;
const second = String.raw`{"a":1,"https:\/\/id.example\/roles":1}`;
parseForeignObject(first);
process.stdout.write(JSON.stringify(Object.keys(parseForeignObject(second)?.value ?? {})));
