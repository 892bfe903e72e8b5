/** The command `portcullis`: finds the program that a command names, and loads no other. */

import { VERSION } from '../telemetry/version.ts';
import type { Command } from './command.ts';

/** A command returns its exit code; a program runs by being loaded, and goes on. */
type Named = { readonly summary: string } & (
  | { readonly command: () => Promise<Command> }
  | { readonly program: () => Promise<unknown>; readonly help: () => Promise<string> }
);

/** What is named here is loaded when it is called for, and reads the rest of the command line itself. */
const COMMANDS: Readonly<Record<string, Named>> = {
  validator: {
    summary: "answer Envoy's authorization checks",
    // Runs by being loaded, as the operator does; this one also has a bundle of its own.
    program: () => import('../validator/main.ts'),
    help: async () => (await import('../validator/options.ts')).VALIDATOR_HELP,
  },
  operator: {
    summary: 'the control plane of a cluster',
    program: () => import('../operator/main.ts'),
    help: async () => (await import('../operator/options.ts')).OPERATOR_HELP,
  },
  capture: {
    summary: 'lead guarded ports to Envoy; the capture init container runs it',
    command: async () => (await import('./capture.ts')).captureCommand,
  },
  lint: {
    summary: 'say what is wrong with manifests',
    command: async () => (await import('./lint.ts')).lintCommand,
  },
  explain: {
    summary: 'say what becomes of a request, and why',
    command: async () => (await import('./explain.ts')).explainCommand,
  },
  test: {
    summary: 'run policy tests',
    command: async () => (await import('./policy-tests.ts')).testCommand,
  },
  report: {
    summary: 'say who was refused, or would be, and what to change',
    command: async () => (await import('./admin/report.ts')).reportCommand,
  },
  trace: {
    summary: 'show decisions as they are made',
    command: async () => (await import('./admin/trace.ts')).traceCommand,
  },
  inject: {
    summary: 'put sidecars into manifests',
    command: async () => (await import('./inject.ts')).injectCommand,
  },
  uninject: {
    summary: 'take sidecars out of manifests again',
    command: async () => (await import('./uninject.ts')).uninjectCommand,
  },
  check: {
    summary: 'say whether an installation is whole, or a cluster ready for one',
    command: async () => (await import('./check/command.ts')).checkCommand,
  },
  status: {
    summary: 'show what of a cluster is Ready, what is not and why',
    command: async () => (await import('./cluster/status.ts')).statusCommand,
  },
  coverage: {
    summary: 'say what of a cluster nothing guards',
    command: async () => (await import('./cluster/coverage.ts')).coverageCommand,
  },
  console: {
    summary: 'show a cluster in the browser: who is refused and why, what nothing guards',
    command: async () => (await import('./console/command.ts')).consoleCommand,
  },
  'envoy-config': {
    summary: 'print what gateways need to ask a validator',
    command: async () => (await import('./envoy-config/command.ts')).envoyConfigCommand,
  },
  completion: {
    summary: 'print what a shell needs to complete all this',
    command: async () => (await import('./completion/command.ts')).completionOf({ summaries, helpOf }),
  },
};

const summaries = Object.fromEntries(Object.entries(COMMANDS).map(([name, { summary }]) => [name, summary]));

async function helpOf(name: string): Promise<string> {
  const named = COMMANDS[name];
  if (named === undefined) return '';
  if ('help' in named) return named.help();
  return (await import('./completion/help-text.ts')).helpText(await named.command());
}

const USAGE = `Usage: portcullis COMMAND [options]

Commands:
${Object.entries(COMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(14)}${summary}`)
  .join('\n')}

portcullis COMMAND --help tells the options of a command; portcullis --version the version.
`;

const USAGE_ERROR = 2;

async function start(named: Named): Promise<void> {
  if ('program' in named) {
    await named.program();
    return;
  }
  const { runCommand } = await import('./command.ts');
  await runCommand(await named.command());
}

function main(name: string | undefined): void {
  const named = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (name === '--help' || name === '-h') process.stdout.write(USAGE);
  else if (name === '--version') process.stdout.write(`${VERSION}\n`);
  else if (name === undefined) refuse(USAGE);
  else if (named !== undefined) void start(named);
  else {
    const names = Object.keys(COMMANDS).join(', ');
    refuse(
      `portcullis: there is no command ${JSON.stringify(name)}; there is: ${names}. See portcullis --help.\n`,
    );
  }
}

function refuse(text: string): void {
  process.stderr.write(text);
  process.exitCode = USAGE_ERROR;
}

main(process.argv[2]);
