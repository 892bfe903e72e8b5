import { expect, it } from 'vitest';
import { commonFileNames, exportedNames, namesOfManyMeanings } from './names.ts';

it.each([
  ['export interface A {}', ['A']],
  ['export type A<T> = T;', ['A']],
  ['export const a: A = 1;', ['a']],
  ['export let a = 1;', ['a']],
  ['export class A {}', ['A']],
  ['export abstract class A {}', ['A']],
  ['export function a() {}', ['a']],
  ['export function* a() {}', ['a']],
  ['export async function a() {}', ['a']],
  ['export declare const a: A;', ['a']],
  ['export type A = 1;\nexport const A = 1;', ['A']],
  ['export function a(x: 1): 1;\nexport function a(x: 2): 2;', ['a']],
  ["export { a } from './b.ts';", []],
  ["export type { A } from './b.ts';", []],
  ["export * from './b.ts';", []],
  ['const a = 1;\n  export const b = 1;\n// export const c = 1;', []],
])('%j declares %j', (text, expected) => {
  expect(exportedNames(text)).toEqual(expected);
});

it('finds names that several files declare, the one of most meanings first', () => {
  const files = [
    { path: 'src/a.ts', text: 'export type Step = 1;\nexport type Answer = 1;\nexport type One = 1;\n' },
    { path: 'src/b.ts', text: 'export const Step = 1;\nexport interface Answer {}\n' },
    { path: 'src/c.ts', text: "export type { One, Step } from './a.ts';\nexport class Answer {}\n" },
  ];
  expect(namesOfManyMeanings(files)).toEqual([
    { name: 'Answer', files: ['src/a.ts', 'src/b.ts', 'src/c.ts'] },
    { name: 'Step', files: ['src/a.ts', 'src/b.ts'] },
  ]);
});

it('finds file names in more than two folders', () => {
  const paths = ['src/a/x.ts', 'src/b/x.ts', 'src/c/x.ts', 'src/a/y.ts', 'src/b/y.ts'];
  expect(commonFileNames(paths.map((path) => ({ path, text: '' })))).toEqual([
    { name: 'x.ts', files: ['src/a/x.ts', 'src/b/x.ts', 'src/c/x.ts'] },
  ]);
});
