// Adds up vitest's JSON reports in a folder: prints "PASSED FAILED", and then the name of each test that failed.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder] = process.argv.slice(2);
let passed = 0;
let failed = 0;
const names = [];
for (const name of readdirSync(folder).filter((file) => file.endsWith('.json'))) {
  const report = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  passed += report.numPassedTests;
  failed += report.numFailedTests;
  for (const { name: file, message, assertionResults } of report.testResults) {
    const failures = assertionResults.filter(({ status }) => status === 'failed');
    for (const { fullName, failureMessages } of failures)
      names.push(`${file}: ${fullName}: ${failureMessages[0]}`);
    if (failures.length === 0 && message) names.push(`${file}: ${message}`);
  }
}
console.log(`${passed} ${failed}`);
for (const name of names) console.log(`FAILED ${name.slice(0, 600).replaceAll('\n', ' ')}`);
