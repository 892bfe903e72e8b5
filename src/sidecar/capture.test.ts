import { describe, expect, it } from 'vitest';
import { captureRules, parseCaptures } from './capture.ts';

describe('the arguments', () => {
  it('are pairs of port and listener', () => {
    expect(parseCaptures(['8080=15906', '65535=15907'])).toEqual({
      kind: 'captures',
      captures: [
        { port: 8080, listener: 15906 },
        { port: 65535, listener: 15907 },
      ],
    });
  });
  it.each([
    [['8080'], '"8080" is not PORT=LISTENER'],
    [['8080='], 'is not PORT=LISTENER'],
    [['8080:15906'], 'is not PORT=LISTENER'],
    [['0=15906'], 'is not PORT=LISTENER'],
    [['8080=0'], 'is not PORT=LISTENER'],
    [['08080=15906'], 'is not PORT=LISTENER'],
    [['65536=15906'], 'is not PORT=LISTENER'],
    [['8080=65536'], 'is not PORT=LISTENER'],
    [['8080=15906; flush ruleset'], 'is not PORT=LISTENER'],
    [['8080=15906\n'], 'is not PORT=LISTENER'],
    [['-8080=15906'], 'is not PORT=LISTENER'],
    [['8080=15906', '8080=15907'], 'the port 8080 is given twice'],
    [['8080=15906', '8081=15906'], 'the listener 15906 is given for two ports'],
    [['8080=8080'], '8080 is both a port and a listener'],
    [['8080=15906', '15906=15907'], '15906 is both a port and a listener'],
  ])('%j are refused', (pairs, problem) => {
    expect(parseCaptures(pairs)).toEqual({ kind: 'refused', problem: expect.stringContaining(problem) });
  });
});

it('the rules replace those from before, drop what is not led to Envoy, and leave loopback alone', () => {
  expect(
    captureRules([
      { port: 8080, listener: 15906 },
      { port: 9090, listener: 15907 },
    ]),
  ).toBe(`table inet portcullis
delete table inet portcullis
table inet portcullis {
  chain capture {
    type nat hook prerouting priority -100; policy accept;
    iifname "lo" accept
    tcp dport 8080 redirect to :15906
    tcp dport 9090 redirect to :15907
  }
  chain entry {
    type filter hook input priority 0; policy accept;
    iifname "lo" accept
    ct direction reply accept
    tcp dport 8080 drop
    udp dport 8080 drop
    sctp dport 8080 drop
    tcp dport 9090 drop
    udp dport 9090 drop
    sctp dport 9090 drop
  }
}
`);
});
