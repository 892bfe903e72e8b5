/** The measures as text that people read. */

import type { SharedName } from './names.ts';
import type { RoomSize } from './rooms.ts';
import type { Touched } from './touched.ts';
import type { Walked } from './way.ts';

/** So many names are shown; the others are only counted. */
const SHOWN = 20;

export function roomsReport(rooms: readonly RoomSize[]): string {
  const rows = rooms.map(({ room, files, lines, median, long }) => [room, files, lines, median, long]);
  return section(
    'Rooms of src/ (without tests, fixtures and generated files)',
    table([['room', 'files', 'lines', 'median', 'over 250'], ...rows]),
  );
}

export function namesReport(names: readonly SharedName[], fileNames: readonly SharedName[]): string {
  return section(
    `Exported names that several files of src/ declare: ${names.length}`,
    [
      counted(names),
      '',
      `File names that stand more than twice: ${fileNames.length}`,
      counted(fileNames),
    ].join('\n'),
  );
}

const counted = (names: readonly SharedName[]): string => {
  const shown = names.slice(0, SHOWN).map(({ name, files }) => `${name} ${files.length}`);
  const more = names.length - shown.length;
  return wrapped([...shown, ...(more > 0 ? [`and ${more} more`] : [])]);
};

/** With `withFiles`, each list of files follows the table. */
export function touchedReport(touched: readonly Touched[], withFiles: boolean): string {
  const rows = touched.map(({ change, counted, files, tests }) => [
    ...[change, files.length, tests.length, counted],
  ]);
  const lists = touched.flatMap(({ change, files }) => ['', `${change}:`, ...indented(files)]);
  return section(
    'Files that a change touches: those of src/ and crds/, generated ones left out, that name an existing one of the kind',
    [table([['a new', 'files', 'tests', 'a file counts that'], ...rows]), ...(withFiles ? lists : [])].join(
      '\n',
    ),
  );
}

export function wayReport(title: string, { runs, functions, files }: Walked, withFiles: boolean): string {
  const named = withFiles ? ['', ...indented(files)] : [];
  return section(
    title,
    [
      `${files.length} files, ${functions.length} functions (called in each of ${runs} runs after a warm-up)`,
      wrapped(filesByRoom(files)),
      ...named,
    ].join('\n'),
  );
}

/** Where most of them are, first. */
function filesByRoom(files: readonly string[]): readonly string[] {
  const rooms = Map.groupBy(files, (file) => file.split('/')[1] ?? '');
  return [...rooms].sort(([, a], [, b]) => b.length - a.length).map(([room, own]) => `${room} ${own.length}`);
}

const section = (title: string, body: string): string => `${title}\n\n${body.replaceAll(/^(?=.)/gm, '  ')}\n`;
const indented = (lines: readonly string[]): readonly string[] => lines.map((line) => `  ${line}`);

/** Numbers to the right, words to the left. */
export function table(rows: readonly (readonly (string | number)[])[]): string {
  const [head = [], ...body] = rows;
  const widths = head.map((_, column) => Math.max(...rows.map((row) => `${row[column] ?? ''}`.length)));
  const isNumber = head.map((_, column) => body.every((row) => typeof row[column] === 'number'));
  return rows
    .map((row) =>
      row
        .map((cell, column) => {
          const width = widths[column] ?? 0;
          return isNumber[column] ? `${cell}`.padStart(width) : `${cell}`.padEnd(width);
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Joined with commas, in lines that fit a terminal. */
function wrapped(words: readonly string[], width = 100): string {
  const lines: string[] = [];
  for (const [index, word] of words.entries()) {
    const text = index < words.length - 1 ? `${word},` : word;
    const last = lines.at(-1);
    if (last === undefined || last.length + text.length >= width) lines.push(text);
    else lines[lines.length - 1] = `${last} ${text}`;
  }
  return lines.join('\n');
}
