/** `portcullis uninject`: manifests as they were before `portcullis inject`. */

import type { JsonObject } from '../base/json.ts';
import { oneLine } from '../base/text.ts';
import { sameJson } from '../injection/members.ts';
import { injectionRefusal } from '../injection/refusals.ts';
import { originalPod } from '../injection/restore.ts';
import { usage } from '../process/flags.ts';
import { readYaml, type YamlDocument } from '../resources/yaml.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { findingLine, refusalLine } from './inject-messages.ts';
import { mapPods, type PodPlace } from './inject-pods.ts';
import { withoutOwnSelector } from './inject-selectors.ts';
import { readInputs } from './inputs.ts';
import { changedFile, joinFiles, NOT_EXACT } from './yaml-documents.ts';

const HELP = `Usage: portcullis uninject -f PATH…

Prints the manifests without the sidecars that portcullis inject has put into them: containers, volumes, labels and
annotations go, and probes, names of ports and resources are again what they replaced, as they were written. What has no
sidecars is printed as it came, and so is the rest of a document that had some. If any workload cannot be brought back,
nothing is printed.

  -f PATH     a file, a folder (its YAML files) or - for standard input; may be given more than once
  --help      show this

Exit code: 0 no sidecars are left, 1 something could not be read or brought back, 2 wrong usage.
`;

const RESTORED = 0;
const FAILED = 1;

export const uninjectCommand: Command = async (args, { stdin, out, err }) => {
  const line = readArguments('uninject', args, { file: 'f' });
  if (line.help) {
    out(HELP);
    return RESTORED;
  }
  const paths = [...line.all('file'), ...line.positionals];
  if (paths.length === 0) throw usage('uninject', '-f PATH is missing: name your manifests.');
  const { files, unreadable } = await readInputs(paths, stdin);
  const errors = unreadable.map(({ name, problem }) => `${name}: the file ${problem}`);
  let restored = 0;
  const restore = (place: PodPlace, document: YamlDocument): JsonObject => {
    const { pod } = place;
    const before = originalPod(pod);
    if (before === undefined) {
      errors.push(refusalLine(document, place, injectionRefusal('InjectionBroken')));
      return pod;
    }
    if (!sameJson(pod, before)) restored += 1;
    return before;
  };
  const texts = files.map(({ name, text }) => {
    const { documents, findings } = readYaml(name, text);
    errors.push(...findings.map(findingLine));
    const changed = documents.map((document) => ({
      document,
      wanted: mapPods(document.value, (place) => restore(place, document), withoutOwnSelector),
    }));
    const result = changedFile(text, changed);
    if (result === undefined) errors.push(`${name}: ${NOT_EXACT}`);
    return result ?? '';
  });
  if (errors.length > 0) {
    for (const text of errors) err(`error: ${oneLine(text)}\n`);
    err('nothing is printed\n');
    return FAILED;
  }
  out(joinFiles(texts));
  err(`sidecars taken out of ${restored} workload${restored === 1 ? '' : 's'}\n`);
  return RESTORED;
};
