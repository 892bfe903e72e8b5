import { expect, it } from 'vitest';
import { bodiesText, loginText } from './answers-text.ts';

it('says where browsers log in, and which denials have bodies of their own', () => {
  expect([loginText(undefined), bodiesText(undefined), bodiesText({ bodies: [] })]).toEqual(['', '', '']);
  const answers = {
    login: { url: 'https://login.example/?rd={url}', origins: ['https://a.example', 'https://b.example'] },
    bodies: [
      { statuses: [401, 403], contentType: 'text/html', body: '<p>' },
      { statuses: [503], contentType: 'application/json', body: '{}' },
    ],
  };
  expect(loginText(answers)).toBe(
    'https://login.example/?rd={url}, from https://a.example, https://b.example',
  );
  expect(bodiesText(answers)).toBe('text/html for 401, 403; application/json for 503');
});
