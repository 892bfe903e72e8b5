/** Paths that a framework routes like another one, by a suffix or a script in it. They choose the rule alone. */

import type { PathMatching } from '../policy/policy.ts';

export interface Detour {
  readonly path: string;
  /** Numbers of the segments that were taken away or cut: who names one of them in a pattern means that very path. */
  readonly segments: readonly number[];
}

/**
 * Without the path itself. A path that has neither a dot nor a bracket has none. They are made one by one, as they are
 * asked for: a long path may have so many that to make them all takes longer than a check may.
 */
export function* detoursOf(path: string, settings: PathMatching): Generator<Detour> {
  if (!path.includes('.') && !path.includes('/(')) return;
  const seen = new Set([path]);
  const last = lastSegment(path);
  for (const front of frontsOf({ path, segments: [] }, settings)) {
    const suffixed = settings.formatSuffix === 'None' ? [] : withoutSuffix(front, last);
    for (const detour of [front, ...suffixed]) {
      if (seen.has(detour.path)) continue;
      seen.add(detour.path);
      yield detour;
    }
  }
}

/** The path itself, and what is left of it without a session, without a script, and without both. */
function* frontsOf(itself: Detour, settings: PathMatching): Generator<Detour> {
  yield itself;
  if (settings.frontController === 'None') return;
  yield* withoutScript(itself);
  for (const detour of withoutSession(itself)) {
    yield detour;
    yield* withoutScript(detour);
  }
}

/**
 * Sessions without cookies (ASP.NET): `/(S(x))/admin` is `/admin`. What is taken out need not be a whole segment:
 * `/adm/(S(x))in` is `/admin`, and to others `/adm/in`.
 */
function withoutSession({ path }: Detour): readonly Detour[] {
  const at = path.search(SESSION);
  if (at < 0) return [];
  const segments = [segmentAt(path, at)];
  return [path.replace(SESSIONS, ''), path.replace(SESSIONS, '/').replace(/\/{2,}/g, '/')].map((left) => ({
    path: rooted(left),
    segments,
  }));
}

/** What a session holds ends at the first bracket, as ASP.NET has it: brackets may open in it. */
const SESSION = /\/\((?:[A-Za-z]\([^)/]*\))+\)/;
const SESSIONS = new RegExp(SESSION.source, 'g');

/**
 * Front controllers: `/index.php/admin` is `/admin`, and `/web/index.php/admin` is `/web/admin`, or `/admin` where all
 * requests are handed to that script. Servers split at the first script or at the last. A script may be a page of its
 * own, which ignores what follows it (`/login.php/x`); its name may say that it answers for its folder.
 */
function withoutScript({ path, segments }: Detour): readonly Detour[] {
  const [first, last] = scriptsIn(path);
  return [...new Set([first, last])].flatMap((script) => {
    if (script === undefined) return [];
    const rest = path.slice(script.index + script[0].length);
    const before = path.slice(0, script.index);
    const isFolder = FOLDER_SCRIPT.test(script[0]);
    const isPage = rest === '' || rest === '/';
    const folder = isFolder ? [isPage ? before + rest : before, `${before}/`] : [];
    const itself = before + script[0];
    // A script in front of a whole app reads what follows it, so it is not a page of its own.
    const lefts = isPage ? folder : [before + rest, rest, itself, ...(before === '' ? [] : folder)];
    return lefts.map((left) => ({
      path: rooted(left),
      segments: segments.length > 0 ? segments : [segmentAt(path, script.index)],
    }));
  });
}

/** The first and the last. */
function scriptsIn(path: string): readonly (RegExpExecArray | undefined)[] {
  let first: RegExpExecArray | undefined;
  let last: RegExpExecArray | undefined;
  for (const found of path.matchAll(SCRIPT)) {
    first ??= found;
    last = found;
  }
  return [first, last];
}

const SCRIPT = /\/[^/]*\.(?:php[0-9]?|phtml|phar|aspx?|ashx|asmx|f?cgi|pl|py|rb|cfm|dll)(?=\/|$)/gi;

const FOLDER_SCRIPT = /^\/(?:index|default|app|app_[a-z]+)\./i;

/**
 * Format suffixes: `/admin.json` is `/admin`. Rails takes what follows the last dot, Spring before 5.3 and Struts what
 * follows the first, even where nothing stands before it (`/admin/.json` is `/admin/` to Spring); a slash may stand
 * behind it. `last` is the number of the last segment as it was sent.
 */
function withoutSuffix({ path, segments }: Detour, last: number): readonly Detour[] {
  const end = path.endsWith('/') ? path.length - 1 : path.length;
  const start = path.lastIndexOf('/', end - 1) + 1;
  const name = path.slice(start, end);
  const dots = [name.indexOf('.'), name.indexOf('.', 1), name.lastIndexOf('.')].filter((dot) => dot >= 0);
  return dots.flatMap((dot) => {
    const cut = path.slice(0, start + dot);
    return [cut, ...(end < path.length && dot > 0 ? [`${cut}/`] : [])].map((left) => ({
      path: left,
      segments: [...segments, last],
    }));
  });
}

const lastSegment = (path: string): number => segmentAt(path, path.lastIndexOf('/', path.length - 2));

/** `/a/b` has the segments 0, which is empty, 1 and 2; `slash` is the place of the one in front of it. */
function segmentAt(path: string, slash: number): number {
  let count = 1;
  for (let at = path.indexOf('/'); at >= 0 && at < slash; at = path.indexOf('/', at + 1)) count++;
  return count;
}

const rooted = (path: string): string => (path.startsWith('/') ? path : `/${path}`);
