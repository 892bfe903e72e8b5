import { expect, it } from 'vitest';
import { commandsOf, sectionOf } from './readme.ts';

const PAGE = `# Title

## In a cluster

Text.

\`\`\`sh
make cluster   # a comment
# another one
helm install a \\
  --wait

\`\`\`

\`\`\`yaml
kind: Service
\`\`\`

\`\`\`console
$ kubectl get pods
No resources found
$ kubectl get nodes
\`\`\`

### Another

\`\`\`sh
rm -r /
\`\`\`
`;

it('the commands of a section are those of its sh and console blocks, in order', () => {
  expect(commandsOf(sectionOf(PAGE, '## In a cluster'))).toEqual([
    'make cluster   # a comment',
    'helm install a \\\n  --wait',
    'kubectl get pods',
    'kubectl get nodes',
  ]);
});

it('a section that is not there is an error', () => {
  expect(() => sectionOf(PAGE, '## At home')).toThrow('the page has no heading "## At home"');
});
