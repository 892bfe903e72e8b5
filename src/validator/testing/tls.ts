/** For tests: a certificate and its key in files of their own, for servers at localhost. */

import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Authority, createAuthority } from '../../issuers/testing/certificates.ts';
import type { TlsFiles } from '../tls-pair.ts';

export interface TlsFolder {
  readonly files: TlsFiles;
  readonly authority: Authority;
  /** Puts it into the files; one that is left out is written empty, `null` removes it. */
  write(pair: { readonly cert?: string | null; readonly key?: string | null }): Promise<void>;
  remove(): Promise<void>;
}

export async function tlsFolder(): Promise<TlsFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-tls-'));
  const files = { cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') };
  const put = async (file: string, text: string | null): Promise<void> => {
    if (text === null) return rm(file, { force: true });
    await writeFile(`${file}.new`, text);
    await rename(`${file}.new`, file);
  };
  return {
    files,
    authority: await createAuthority('validators'),
    async write({ cert = '', key = '' }) {
      await put(files.cert, cert);
      await put(files.key, key);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
