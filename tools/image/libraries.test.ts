import { describe, expect, it } from 'vitest';
import { parseLdd } from './libraries.ts';

describe('the libraries of a program', () => {
  it('are those that ldd names by a path, the linker among them', () => {
    const output = `\tlinux-vdso.so.1 (0x00007ffd2a5c9000)
\tlibnftables.so.1 => /lib/x86_64-linux-gnu/libnftables.so.1 (0x00007f0e3c2a1000)
\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f0e3c0c0000)
\t/lib64/ld-linux-x86-64.so.2 (0x00007f0e3c3d2000)
`;
    expect(parseLdd(output)).toEqual([
      '/lib/x86_64-linux-gnu/libnftables.so.1',
      '/lib/x86_64-linux-gnu/libc.so.6',
      '/lib64/ld-linux-x86-64.so.2',
    ]);
  });

  it('must all be there', () => {
    expect(() => parseLdd('\tlibatomic.so.1 => not found\n')).toThrow(
      'The library libatomic.so.1 is missing',
    );
  });

  it('are none where the program is static', () => {
    expect(parseLdd('\tstatically linked\n')).toEqual([]);
  });
});
