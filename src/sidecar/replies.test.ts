import { expect, it } from 'vitest';
import { localReplies } from './replies.ts';

it('has a reply of its own for a check that failed, and not for a denial', () => {
  const { mappers } = localReplies();
  expect(mappers).toMatchObject([
    ...[
      [425, 200],
      [426, 204],
      [424, 503],
    ].map(([carrier, status]) => ({
      filter: {
        and_filter: {
          filters: [
            { response_flag_filter: { flags: ['UAEX'] } },
            { status_code_filter: { comparison: { op: 'EQ', value: { default_value: carrier } } } },
          ],
        },
      },
      status_code: status,
    })),
    {
      filter: {
        or_filter: {
          filters: [
            {
              and_filter: {
                filters: [
                  { response_flag_filter: { flags: ['UAEX'] } },
                  { status_code_filter: { comparison: { op: 'EQ', value: { default_value: 503 } } } },
                  { metadata_filter: { match_if_key_not_found: true } },
                ],
              },
            },
            { extension_filter: { name: 'envoy.access_loggers.extension_filters.cel' } },
          ],
        },
      },
      status_code: 503,
      body_format_override: {
        content_type: 'application/problem+json',
        json_format: { reason: 'authorization_unavailable' },
      },
    },
    { status_code: 404 },
    ...[431, 400, undefined, 400, undefined].map((status) => ({
      ...(status !== undefined && { status_code: status }),
      body_format_override: { json_format: { reason: 'request_malformed' } },
    })),
  ]);
});
