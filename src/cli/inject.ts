/** `portcullis inject`: puts sidecars into rendered manifests, for pipelines that want to see what they apply. */

import { createHash } from 'node:crypto';
import type { JsonObject } from '../base/json.ts';
import { oneLine } from '../base/text.ts';
import { ENVOY_IMAGE, productImage } from '../injection/images.ts';
import { inject } from '../injection/inject.ts';
import type { InjectionSettings, NamespaceFacts } from '../injection/request.ts';
import { PLATFORMS } from '../injection/users.ts';
import { parseControlPlaneUrl } from '../process/control-plane-url.ts';
import { usage } from '../process/flags.ts';
import type { Finding } from '../resources/findings.ts';
import { readManifests, uniteManifests } from '../resources/manifests.ts';
import { readYaml, type YamlDocument } from '../resources/yaml.ts';
import { VERSION } from '../telemetry/version.ts';
import { choice, readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { type OfflineGuards, offlineGuards } from './inject-guards.ts';
import { readAsSent } from './inject-left-out.ts';
import { documentPlace, findingLine, refusalLine } from './inject-messages.ts';
import { injectLabel, mapPods, objectsOf, type PodPlace } from './inject-pods.ts';
import { withOwnSelector } from './inject-selectors.ts';
import { lookForStrays } from './inject-strays.ts';
import { type Input, type Inputs, readInputs } from './inputs.ts';
import { tlsObjectFindings } from './tls-objects.ts';
import { changedFile, joinFiles, NOT_EXACT } from './yaml-documents.ts';

const IMAGE = productImage(VERSION);
const CONTROL_PLANE = 'https://portcullis-policy.portcullis-system.svc';

const HELP = `Usage: portcullis inject -f PATH… [options]

Prints the manifests with sidecars in every workload that an ApiBinding among them targets, or whose pods have the
label portcullis.dev/inject: "true": what the control plane does when a pod is created, done beforehand. What
it does not change is printed as it stands. It calls nobody and needs no cluster. Workloads of any kind are taken that
have their pod template where a Deployment or a CronJob has it. If any workload cannot be guarded, or has its pods elsewhere, nothing is printed.

  -f PATH                   a file, a folder (its YAML files) or - for standard input; may be given more than once
  --image NAME              of validator and capture  (default ${IMAGE})
  --envoy-image NAME        (default ${ENVOY_IMAGE})
  --image-pull-secret NAME  a Secret in the namespace of the pods, for these images; may be given more than once
  --control-plane URL       (default ${CONTROL_PLANE})
  --platform NAME           Kubernetes (default) or OpenShift, whose namespaces have users of their own: sidecars run as
                            those of the Namespace among the manifests, or as admission says
  --help                    show this

Exit code: 0 all is guarded that should be, 1 something is not, 2 wrong usage.
`;

const GUARDED = 0;
const FAILED = 1;

export const injectCommand: Command = async (args, { stdin, out, err, now }) => {
  const line = readArguments('inject', args, {
    file: 'f',
    image: undefined,
    'envoy-image': undefined,
    'image-pull-secret': undefined,
    'control-plane': undefined,
    platform: undefined,
  });
  if (line.help) {
    out(HELP);
    return GUARDED;
  }
  const paths = [...line.all('file'), ...line.positionals];
  if (paths.length === 0) throw usage('inject', '-f PATH is missing: name your manifests.');
  const controlPlane = line.one('control-plane') ?? CONTROL_PLANE;
  const parsed = parseControlPlaneUrl(controlPlane);
  if (parsed.kind === 'refused') throw usage('inject', `--control-plane ${parsed.problem}.`);
  const { text, messages, guarded, workloads } = injectInputs(await readInputs(paths, stdin), now, {
    version: VERSION,
    image: line.one('image') ?? IMAGE,
    envoyImage: line.one('envoy-image') ?? ENVOY_IMAGE,
    controlPlane,
    platform: choice('inject', 'platform', line.one('platform'), PLATFORMS),
    imagePullPolicy: undefined,
    imagePullSecrets: line.all('image-pull-secret'),
  });
  for (const { severity, text } of messages) err(`${severity}: ${oneLine(text)}\n`);
  if (messages.some(({ severity }) => severity === 'error')) {
    err('nothing is printed, so that nothing is applied without its guard\n');
    return FAILED;
  }
  out(text);
  err(`sidecars in ${guarded} of ${workloads} workload${workloads === 1 ? '' : 's'}\n`);
  return GUARDED;
};

interface Message {
  readonly severity: 'error' | 'warning';
  readonly text: string;
}

interface Injected {
  readonly text: string;
  readonly messages: readonly Message[];
  readonly guarded: number;
  readonly workloads: number;
}

/** @param now Unix seconds. */
function injectInputs({ files, unreadable }: Inputs, now: number, settings: InjectionSettings): Injected {
  const manifests = uniteManifests(files.map(({ name, text }) => readManifests(name, text)));
  const messages: Message[] = [
    ...unreadable.map(({ name, problem }) => error(`${name}: the file ${problem}`)),
    ...[
      ...manifests.findings.filter(({ severity }) => severity === 'error'),
      ...tlsObjectFindings(manifests.set, now),
    ].map(messageOf),
  ];
  if (messages.some(({ severity }) => severity === 'error'))
    return { text: '', messages, guarded: 0, workloads: 0 };
  const written = files.flatMap((file) =>
    readYaml(file.name, file.text).documents.map((document) => ({ file, document })),
  );
  const guards = offlineGuards(written.flatMap(({ document: { value } }) => objectsOf(value)));
  const namespaces = new Map(
    manifests.set.namespaces.map(({ object: { metadata } }): [string, NamespaceFacts] => [
      metadata.name,
      { labels: metadata.labels ?? {}, annotations: metadata.annotations ?? {} },
    ]),
  );
  return injectDocuments(files, written, guards, namespaces, settings, messages);
}

interface Written {
  readonly file: Input;
  readonly document: YamlDocument;
}

/** The same whenever the same is rendered, so that only changes show; and known to those alone who know the manifest. */
const hookKeyFor = ({ namespace, owner, pod }: PodPlace): string =>
  createHash('sha256')
    .update(JSON.stringify([namespace, owner, pod]))
    .digest('base64url');

const messageOf = (finding: Finding): Message => ({
  severity: finding.severity,
  text: findingLine(finding),
});

const error = (text: string): Message => ({ severity: 'error', text });

function injectDocuments(
  files: readonly Input[],
  written: readonly Written[],
  guards: OfflineGuards,
  namespaces: ReadonlyMap<string, NamespaceFacts>,
  settings: InjectionSettings,
  messages: Message[],
): Injected {
  const unguarded: PodPlace[] = [];
  let guarded = 0;
  let workloads = 0;
  const asSent = readAsSent(
    written.map(({ document }) => document),
    guards,
  );
  const injectPlace = (place: PodPlace, document: YamlDocument): JsonObject => {
    for (const binding of asSent.chosenOnly(workloads, place)) {
      messages.push(error(`${documentPlace(document)}: ${place.owner}: ${nullText(binding)}`));
    }
    workloads += 1;
    const namespace = namespaces.get(place.namespace) ?? { labels: {}, annotations: {} };
    const injection = inject({
      pod: place.pod,
      namespace,
      guards: guards.guardsOf(place),
      settings,
      hookKey: hookKeyFor(place),
    });
    switch (injection.kind) {
      case 'unasked':
        unguarded.push(place);
        return place.pod;
      case 'unchanged':
        guarded += 1;
        return place.pod;
      case 'guarded':
        guarded += 1;
        return injection.pod;
      case 'refused':
        for (const refusal of injection.refusals) messages.push(error(refusalLine(document, place, refusal)));
        return place.pod;
    }
  };
  const changed = written.map(({ file, document }) => ({
    file,
    document,
    wanted: mapPods(document.value, (place) => injectPlace(place, document), withOwnSelector),
  }));
  for (const { document } of written) {
    const at = documentPlace(document);
    const strays = objectsOf(document.value).map((object) => lookForStrays(object, guards));
    const errors = new Set([...strays.flatMap(({ errors }) => errors), ...asSent.strayErrors(document)]);
    messages.push(...[...errors].map((text) => error(`${at}: ${text}`)));
    unguarded.push(...strays.flatMap(({ open }) => open));
  }
  messages.push(...targetMessages(guards, unguarded));
  const texts = files.map((file) => {
    const text = changedFile(
      file.text,
      changed.filter((one) => one.file === file),
    );
    if (text === undefined) messages.push(error(`${file.name}: ${NOT_EXACT}`));
    return text ?? '';
  });
  return { text: joinFiles(texts), messages, guarded, workloads };
}

function nullText(binding: string): string {
  const chooser = binding === '' ? 'a Service of a namespace that requires a guard' : `ApiBinding ${binding}`;
  return `${chooser} chooses it only where labels that are null are absent: kubectl apply leaves them out, and API servers read them as empty texts; write "" in their place, or leave them out`;
}

/** With these nothing is chosen by a target, which could have meant any workload that was left without a guard. */
const CHOOSES_NOTHING: readonly string[] = ['TargetNotFound', 'TargetHasNoSelector', 'RouteHasNoBackend'];

function targetMessages({ problems }: OfflineGuards, unguarded: readonly PodPlace[]): readonly Message[] {
  return problems.map(
    ({ binding, namespace, problem: { reason, message, remedy, isOfGateway } }): Message => {
      const text = `ApiBinding ${binding}: ${message}`;
      const meant = unguarded.filter((place) => place.namespace === namespace && !isOptedOut(place));
      const isOpen = CHOOSES_NOTHING.includes(reason) && isOfGateway !== true && meant.length > 0;
      if (!isOpen) return { severity: 'warning', text: `${text}; ${remedy} (${reason})` };
      const owners = meant.map(({ owner }) => owner).join(', ');
      return error(
        `${text}, so that it is not known whether it means ${owners}; ${remedy} among these manifests, or label the pods portcullis.dev/inject: "true" or "false" (${reason})`,
      );
    },
  );
}

const isOptedOut = (place: PodPlace): boolean => injectLabel(place) === 'false';
