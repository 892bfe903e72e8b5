/**
 * Where in a page a value, escaped for text and quoted attributes, stays a text. It reads as browsers do (HTML Standard,
 * section 13.2.5), so far as that is sure: behind what it cannot read like them nothing is such a place.
 */

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** White space of HTML, which is less than that of JavaScript. */
const SPACE = '\\t\\n\\f\\r ';
const TAG = new RegExp(`<(/?)([a-z][^${SPACE}/>]*)`, 'iy');
/** One attribute, with the place of its quoted value. */
const ATTRIBUTE = new RegExp(
  `[${SPACE}/]*([^${SPACE}"'<>/=]+)(?:[${SPACE}]*=[${SPACE}]*(?:"([^"]*)"|'([^']*)'|[^${SPACE}"'<>=][^${SPACE}"'<>]*))?`,
  'dy',
);
const TAG_END = new RegExp(`[${SPACE}/]*>`, 'y');
/** Elements whose content is neither markup nor text with entities. */
const RAW = /^(?:script|style|xmp|iframe|noembed|noframes|noscript)$/;
/** Elements whose content is text with entities alone. */
const TEXT_ONLY = /^(?:title|textarea)$/;
const PICTURE = /^(?:svg|math)$/;
/** What may stand in a picture: no element by which a browser would leave it. */
const IN_PICTURE =
  /^(?:g|path|circle|rect|ellipse|line|polyline|polygon|text|tspan|defs|use|title|desc|lineargradient|radialgradient|stop|clippath|mask|symbol|marker|pattern)$/;
/** Attributes that browsers only show. */
const SHOWN_ATTRIBUTE = /^(?:title|alt|value|data-[a-z0-9-]+|aria-[a-z]+)$/i;

/** A piece of markup: where what follows it begins. */
interface Markup {
  readonly end: number;
  /** Of a tag; '' of anything else. */
  readonly name: string;
  readonly isEndTag: boolean;
}

export function safeSpans(html: string): readonly Span[] {
  const spans: Span[] = [];
  let at = 0;
  while (at < html.length) {
    const next = html.indexOf('<', at);
    spans.push({ start: at, end: next < 0 ? html.length : next });
    const markup = next < 0 ? undefined : readMarkup(html, next, spans);
    const end = markup && behindContent(html, markup, spans);
    if (end === undefined) break;
    at = end;
  }
  return spans;
}

/** Where the text goes on behind a piece of markup, and what belongs to it. Undefined: browsers may see that elsewhere. */
function behindContent(html: string, { end, name, isEndTag }: Markup, spans: Span[]): number | undefined {
  if (isEndTag) return end;
  if (PICTURE.test(name)) return behindPicture(html, name, end);
  if (TEXT_ONLY.test(name)) {
    const close = endOfContent(html, name, end);
    if (close !== undefined) spans.push({ start: end, end: close });
    return close;
  }
  if (name === 'plaintext') return undefined;
  return RAW.test(name) ? endOfContent(html, name, end) : end;
}

function behindPicture(html: string, name: string, from: number): number | undefined {
  // There alone such a tag may have no content, and no end.
  if (html[from - 2] === '/') return undefined;
  for (let next = html.indexOf('<', from); next >= 0; ) {
    const markup = readMarkup(html, next, []);
    if (markup?.isEndTag === true && markup.name === name) return markup.end;
    if (markup === undefined || !IN_PICTURE.test(markup.name)) return undefined;
    next = html.indexOf('<', markup.end);
  }
  return undefined;
}

/** Reads what begins with this `<`. Undefined: browsers may read it in another way. */
function readMarkup(html: string, start: number, spans: Span[]): Markup | undefined {
  const other = (end: number): Markup => ({ end, name: '', isEndTag: false });
  const following = html[start + 1] ?? '';
  // A value that follows would be the name of a tag.
  if (following === '{') return undefined;
  if (!/[a-z/!?]/i.test(following)) return other(start + 1);
  if (html.startsWith('<!--', start)) {
    const end = html.indexOf('-->', start + 2);
    // Browsers end it there, too.
    return end < 0 || html.slice(start, end).includes('--!') ? undefined : other(end + '-->'.length);
  }
  TAG.lastIndex = start;
  const tag = TAG.exec(html);
  if (tag === null) {
    const end = html.indexOf('>', start);
    return end < 0 ? undefined : other(end + 1);
  }
  let at = TAG.lastIndex;
  const shown: Span[] = [];
  for (;;) {
    ATTRIBUTE.lastIndex = at;
    const attribute = ATTRIBUTE.exec(html);
    if (attribute === null) break;
    at = ATTRIBUTE.lastIndex;
    const [valueStart, end] = attribute.indices?.[2] ?? attribute.indices?.[3] ?? [at, at];
    if (SHOWN_ATTRIBUTE.test(attribute[1] ?? '')) shown.push({ start: valueStart, end });
  }
  TAG_END.lastIndex = at;
  if (!TAG_END.test(html)) return undefined;
  spans.push(...shown);
  const [, slash, name = ''] = tag;
  return { end: TAG_END.lastIndex, name: name.toLowerCase(), isEndTag: slash !== '' };
}

/** Where the end tag begins, which is read like any other. Undefined: there is none, or it need not be the one that counts. */
function endOfContent(html: string, name: string, from: number): number | undefined {
  const close = new RegExp(`</${name}[${SPACE}/>]`, 'ig');
  close.lastIndex = from;
  const end = close.exec(html)?.index;
  // Within a comment, a script may hold another one, end tag and all.
  return end === undefined || (name === 'script' && html.slice(from, end).includes('<!--')) ? undefined : end;
}
