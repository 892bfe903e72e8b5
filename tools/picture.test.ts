import { describe, expect, it } from 'vitest';
import { arrowsOf, differences } from './picture.ts';

const page = (...arrows: readonly string[]) =>
  ['# Rooms', '', '```mermaid', 'flowchart TD', ...arrows.map((arrow) => `  ${arrow}`), '```', ''].join('\n');

describe('the picture', () => {
  const rules = { decision: ['token', 'keys'], token: ['keys'], keys: [] };

  it('shows the rules, where arrows stand for those behind them', () => {
    expect(differences(arrowsOf(page('decision --> token', 'token --> keys')), rules)).toEqual([]);
  });

  it.each([
    [['decision --> token'], ['decision --> keys is missing', 'token --> keys is missing']],
    [
      ['decision --> token', 'token --> keys', 'keys --> policy'],
      [
        'decision --> policy is against the rules',
        'keys --> policy is against the rules',
        'token --> policy is against the rules',
      ],
    ],
    [[], ['decision --> token is missing', 'decision --> keys is missing', 'token --> keys is missing']],
  ])('%j', (arrows, found) => {
    expect(differences(arrowsOf(page(...arrows)), rules)).toEqual(found);
  });

  it('is no picture where the page has none', () => {
    expect(arrowsOf('decision --> token')).toEqual({});
  });
});
