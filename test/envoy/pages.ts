/** A binding with answers of its own. */

import { binding } from '../support/manifests.ts';

export const PAGES = binding('pages', {
  sources: [{ name: 'okta' }],
  rules: [
    {
      name: 'admin',
      match: { paths: [{ type: 'PathPrefix', value: '/admin' }] },
      require: { roles: { anyOf: ['admin'] } },
    },
    { name: 'pages' },
  ],
  answers: {
    login: { url: 'https://login.example/start?rd={url}', hosts: ['pages.example'] },
    denied: [
      { statuses: [403], contentType: 'text/html', body: '<h1>{title}</h1>\n<p>Łódź: {reason}</p>' },
      {
        statuses: [401, 400, 503],
        contentType: 'application/json',
        body: '{"error":"{reason}","code":{status}}',
      },
    ],
  },
});
