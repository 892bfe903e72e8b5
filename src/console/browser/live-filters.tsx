/** Which decisions the view Live asks for. */

import { OUTCOMES } from '../../report/outcome.ts';
import { shownBindings } from '../policy-in-force.ts';
import type { ConsoleData, DecisionFilter } from './data.ts';
import { usePolled } from './polled.ts';

interface FiltersProps {
  readonly data: ConsoleData;
  readonly filter: DecisionFilter;
  readonly onFilter: (filter: DecisionFilter) => void;
}

export function LiveFilters({ data, filter, onFilter }: FiltersProps) {
  const policy = usePolled(() => data.policy(), 'policy');
  const names = policy.value === undefined ? [] : shownBindings(policy.value).map(({ policy: { id } }) => id);
  const select = (field: 'binding' | 'outcome', label: string, values: readonly string[]) => (
    <label>
      {label}
      <select
        value={filter[field] ?? ''}
        onChange={({ currentTarget }) => onFilter({ ...filter, [field]: currentTarget.value })}
      >
        <option value="">any</option>
        {values.map((value) => (
          <option key={value} value={value}>
            {value}
          </option>
        ))}
      </select>
    </label>
  );
  const field = (name: 'reason' | 'user', label: string) => (
    <label>
      {label}
      <input
        value={filter[name] ?? ''}
        autoComplete="off"
        spellcheck={false}
        placeholder="any"
        onChange={({ currentTarget }) => onFilter({ ...filter, [name]: currentTarget.value.trim() })}
      />
    </label>
  );
  return (
    <form
      class="filters"
      aria-label="Filters"
      autoComplete="off"
      onSubmit={(event) => event.preventDefault()}
    >
      {select('binding', 'Binding', names)}
      {select('outcome', 'Outcome', OUTCOMES)}
      {field('reason', 'Reason')}
      {field('user', 'User')}
    </form>
  );
}
