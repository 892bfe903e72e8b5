/** The command `portcullis`: finds the program that a command names, and loads no other. */

import { VERSION } from '../telemetry/version.ts';
import type { Command } from './command.ts';

/** What is named here is loaded when it is called for, and reads the rest of the command line itself. */
const COMMANDS: Readonly<Record<string, { readonly summary: string; readonly run: () => Promise<unknown> }>> =
  {
    validator: {
      summary: "answer Envoy's authorization checks",
      // Runs by being loaded, as the operator does; this one also has a bundle of its own.
      run: () => import('../validator/main.ts'),
    },
    operator: {
      summary: 'the control plane of a cluster',
      run: () => import('../operator/main.ts'),
    },
    capture: {
      summary: 'lead guarded ports to Envoy; the capture init container runs it',
      run: async () => run((await import('./capture.ts')).captureCommand),
    },
    lint: {
      summary: 'say what is wrong with manifests',
      run: async () => run((await import('./lint.ts')).lintCommand),
    },
    explain: {
      summary: 'say what becomes of a request, and why',
      run: async () => run((await import('./explain.ts')).explainCommand),
    },
    test: {
      summary: 'run policy tests',
      run: async () => run((await import('./policy-tests.ts')).testCommand),
    },
    report: {
      summary: 'say who was refused, or would be, and what to change',
      run: async () => run((await import('./admin/report.ts')).reportCommand),
    },
    trace: {
      summary: 'show decisions as they are made',
      run: async () => run((await import('./admin/trace.ts')).traceCommand),
    },
    inject: {
      summary: 'put sidecars into manifests',
      run: async () => run((await import('./inject.ts')).injectCommand),
    },
    uninject: {
      summary: 'take sidecars out of manifests again',
      run: async () => run((await import('./uninject.ts')).uninjectCommand),
    },
    check: {
      summary: 'say whether an installation is whole, or a cluster ready for one',
      run: async () => run((await import('./check/command.ts')).checkCommand),
    },
    status: {
      summary: 'show what of a cluster is Ready, what is not and why',
      run: async () => run((await import('./cluster/status.ts')).statusCommand),
    },
    coverage: {
      summary: 'say what of a cluster nothing guards',
      run: async () => run((await import('./cluster/coverage.ts')).coverageCommand),
    },
    'envoy-config': {
      summary: 'print what gateways need to ask a validator',
      run: async () => run((await import('./envoy-config/command.ts')).envoyConfigCommand),
    },
  };

const USAGE = `Usage: portcullis COMMAND [options]

Commands:
${Object.entries(COMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(14)}${summary}`)
  .join('\n')}

portcullis COMMAND --help tells the options of a command; portcullis --version the version.
`;

const USAGE_ERROR = 2;

async function run(command: Command): Promise<void> {
  const { runCommand } = await import('./command.ts');
  await runCommand(command);
}

function main(name: string | undefined): void {
  if (name === '--help' || name === '-h') process.stdout.write(USAGE);
  else if (name === '--version') process.stdout.write(`${VERSION}\n`);
  else if (name === undefined) refuse(USAGE);
  else if (Object.hasOwn(COMMANDS, name)) void COMMANDS[name]?.run();
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
