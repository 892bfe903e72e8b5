import { describe, expect, it } from 'vitest';
import { bodyProblem, MAX_OWN_BODY, MAX_PLACEHOLDERS } from './body-places.ts';

const problem = (contentType: string, body: string) => bodyProblem(contentType, body)?.message;
const JSON_TYPE = 'application/problem+json';

describe('a JSON body', () => {
  it.each([
    '{"error":"{reason}","request":"{requestId}"}',
    '{"code":{status},"text":"{status} {title}: {detail}"}',
    '"{reason}"',
    '{status}',
    '[{"a":{"b":"{reason}"}},\n{ }]',
    '{"{reason}":1}',
    '{"a":"\\"{reason}\\\\{title}"}',
    '{"a":"\\u007breason}"}',
    'true',
  ])('may be %j', (body) => {
    expect(problem(JSON_TYPE, body)).toBeUndefined();
  });

  it.each([
    ['{"error":{reason}}', '{reason} at line 1, character 10 stands outside of a string'],
    ['{"a":"\\\\"{reason}}', '{reason} at line 1, character 10 stands outside of a string'],
    ['{\n  "a": "x",\n  {detail}: 1}', '{detail} at line 3, character 3 stands outside of a string'],
    ['{"a":"\\{reason}"}', 'it is no JSON'],
    ['{"a":"\\u00{status}"}', 'it is no JSON'],
    ['{"a":"\\u{reason}"}', 'it is no JSON'],
    ['{"a":0{status}}', 'it is no JSON'],
    ['{"a":"{reason}"', 'it is no JSON'],
    ["{'a':1}", 'it is no JSON'],
    ['<p>{status}</p>', 'it is no JSON'],
    ['{"a":"line\nbreak"}', 'it is no JSON'],
  ])('is never %j', (body, says) => {
    expect(problem(JSON_TYPE, body)).toContain(says);
  });
});

describe('an HTML body', () => {
  it.each([
    '<!doctype html><title>{title}</title><p>{detail}</p>',
    '<input value="{requestId}" title=\'{title}\' data-request-id="{requestId}" aria-label="{detail}">',
    '<style>a:hover{ color: red }</style><p class=x>{detail}',
    '<script>const a = { b: 1 };</script>{status}',
    '<!-- a comment --><br/>{reason}<hr>',
    'a < b {detail}',
    'a <5 {detail}',
    '{detail}',
    '<!doctype html><svg viewBox="0 0 8 8" aria-hidden=true><title>x</title><g><path d="M0 0"/></g></svg><p>{detail}',
    '<title>a <b> {title}</title><textarea rows=4>{detail}</textarea>{reason}',
    '<script>if (a < b) { c() }</script ><p>{detail}',
  ])('may be %j', (body) => {
    expect(problem('text/html', body)).toBeUndefined();
  });

  it.each([
    '<script>alert("{detail}")</script>',
    '<SCRIPT type=x>{detail}</SCRIPT>',
    '<style>{detail}</style>',
    '<a href="{detail}">x</a>',
    '<img src="{requestId}">',
    '<p onclick="{detail}">',
    '<p style="{detail}">',
    '<p title={detail}>',
    '<p {detail}>',
    '<{reason}>',
    '</{reason}>',
    '<p title="x" {detail}="x">',
    '<!-- {detail} -->',
    '<!doctype {detail}>',
    '<iframe srcdoc="{detail}"></iframe>',
    '<noscript>{detail}</noscript>',
    '<meta http-equiv="refresh" content="0;url={detail}">',
    '<p title="a" title = {detail} >',
    '<svg><style>{detail}</style></svg>',
    '<script>let a = "</p>{detail}"</script>',
    '<script>{detail}',
    // What browsers read otherwise than it looks.
    '1 <5 <script>let a = "{detail}"</script>',
    '<!-- --!><script> --> {detail} </script>',
    '<a href=a"b title=">" onclick="{detail}">',
    '<a href==" title=">" onclick="{detail}">',
    '<a ="> title=" onclick="{detail}">',
    '<textarea><!-- </textarea><script>--> {detail} </script>',
    '<title><p a="</title><script>"> {detail} </script>',
    '<script><!-- <script> </script> {detail} --> </script>',
    '<script></script-x> {detail} </script>',
    '<style></style:a> {detail} </style>',
    '<x\u00a0title="><script>{detail}</script>">',
    '<svg/><script> </svg> {detail} </script>',
    '<svg><p><style> </svg> {detail} </style>',
    '<svg><path d="</svg>" onclick="{detail}"></svg>',
    '<math><mi a="</math><script>">{detail}</math>',
    '<plaintext></plaintext>{detail}',
  ])('never has a value in %j', (body) => {
    expect(problem('text/html', body)).toMatch(/^\{\w+\} at line 1, character \d+ stands neither in text/);
  });

  it('takes time in proportion to its length', () => {
    for (const part of ['<p a', '<p a =', '<!--', '<script>', '<p title="', '<p ///', '< ', '<a b=c ']) {
      expect(bodyProblem('text/html', part.repeat(500).slice(0, MAX_OWN_BODY))).toBeUndefined();
    }
  });
});

describe('any body', () => {
  it.each([
    ['{user}', '{user} at line 1, character 1 is no placeholder'],
    ['a\nb {Reason}', '{Reason} at line 2, character 3 is no placeholder'],
    [`{${'x'.repeat(100)}}`, `{${'x'.repeat(40)}…}`],
  ])('%j names nothing that there is not', (body, says) => {
    for (const type of ['text/plain', 'text/html', JSON_TYPE]) expect(problem(type, body)).toContain(says);
  });

  it('may have braces of other kinds', () => {
    for (const body of ['{}', '{ reason }', '{reason', '{1}', '$ {}', '{re-ason}']) {
      expect(problem('text/plain', body)).toBeUndefined();
    }
  });

  it('has a bound for its bytes, and for its placeholders', () => {
    expect(problem('text/plain', 'é'.repeat(MAX_OWN_BODY / 2))).toBeUndefined();
    expect(problem('text/plain', `${'é'.repeat(MAX_OWN_BODY / 2)}x`)).toBe('it is longer than 4 KiB');
    expect(problem('text/plain', '{detail}'.repeat(MAX_PLACEHOLDERS))).toBeUndefined();
    expect(problem('text/plain', '{detail}'.repeat(MAX_PLACEHOLDERS + 1))).toBe(
      'it has 9 placeholders, and may have 8',
    );
  });
});
