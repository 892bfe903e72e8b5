import { describe, expect, it } from 'vitest';
import { type SecretData, writeServer } from './authority.ts';
import { providedBundle } from './provided.ts';
import { authorityMade, foreignAuthority, NAMES, START, serverMade } from './testing/issuing.ts';

const [authority, root] = [await authorityMade(START), await foreignAuthority()];
const server = await serverMade(START, authority, [...NAMES, 'another.example']);
const misnamed = await serverMade(START, authority, NAMES.slice(1));
const whole: SecretData = { ...writeServer(server), 'ca.crt': authority.pem };

const bundleOf = (data: SecretData) => providedBundle(data, NAMES, 'system');

describe('the bundle of a provided certificate', () => {
  it('is what stands in ca.crt, whoever has made it', () => {
    expect(bundleOf(whole)).toEqual({ kind: 'ok', value: authority.pem });
    const both = `# the root\n${root.cert}\n${authority.pem}${authority.pem}`;
    const bundle = bundleOf({ ...whole, 'ca.crt': both });
    expect(bundle).toEqual({ kind: 'ok', value: `${root.cert.trim()}\n${authority.pem}` });
  });

  it.each<readonly [what: string, data: SecretData, says: string]>([
    ['no Secret', {}, 'see whether Certificate portcullis-tls is ready'],
    [
      'no certificate yet',
      { ...whole, 'tls.crt': '' },
      'Secret system/portcullis-tls has no certificate for servers',
    ],
    [
      'an authority as certificate',
      { ...whole, 'tls.crt': root.cert, 'tls.key': root.key },
      'no certificate',
    ],
    [
      'a certificate for other names',
      { ...whole, ...writeServer(misnamed) },
      `the certificate in tls.crt is not for ${NAMES[0]}`,
    ],
    ['no authority', writeServer(server), 'has no authority in ca.crt'],
    ['an empty authority', { ...whole, 'ca.crt': '' }, 'has no authority in ca.crt'],
    [
      'an authority that is none',
      { ...whole, 'ca.crt': `${authority.pem}${authority.pem.replace('MII', 'AAA')}` },
      'has no authority in ca.crt',
    ],
  ])('is refused where there is %s', (_, data, says) => {
    expect(bundleOf(data)).toMatchObject({
      kind: 'failed',
      error: { message: expect.stringContaining(says) },
    });
  });
});
