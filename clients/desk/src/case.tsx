import type { JSX } from 'preact';
import type { Change, Item } from './types.ts';

interface CaseViewProps {
  number: string;
  rows: Item[];
  change: Change | null;
  onDone: () => void;
}

export function CaseView({ number }: CaseViewProps): JSX.Element {
  return <h1>{number}</h1>;
}
