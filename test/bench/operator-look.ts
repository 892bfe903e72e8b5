/** The operator's part of the measurement alone, for a look: nothing is written. */

import { keepsMark } from './mark.ts';
import { measureOperator, type OperatorPlan } from './operator.ts';
import { operatorMarks, operatorSection } from './operator-report.ts';

export async function lookAtOperator(plan: OperatorPlan, progress: (text: string) => void): Promise<void> {
  const figures = await measureOperator(plan, progress);
  console.log(operatorSection(figures));
  for (const mark of operatorMarks(figures)) {
    const { name, reached, unit } = mark;
    console.log(`${keepsMark(mark) ? 'kept' : 'missed'}: ${name}: ${reached.toFixed(1)}${unit}`);
  }
}
