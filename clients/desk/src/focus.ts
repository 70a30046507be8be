/* Where one goes on after an act: the focus goes there once what came of it is drawn, for the
 * button that was pressed may be gone. */
import { useEffect, useState } from 'preact/hooks';

export function useFocus(): (id: string) => void {
  const [wanted, setWanted] = useState({ id: '' });

  useEffect(() => { if (wanted.id) document.getElementById(wanted.id)?.focus(); }, [wanted]);
  return (id) => setWanted({ id });
}
