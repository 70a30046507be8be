/* A dialog by the browser's own means: focus stays inside, Escape closes, and the focus
 * goes back to where it was. */
import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

interface DialogProps {
  labelledBy: string;
  onClose?: () => void; /* without it Escape does nothing */
  children: ComponentChildren;
}

export function Dialog({ labelledBy, onClose, children }: DialogProps): JSX.Element {
  const box = useRef<HTMLDialogElement>(null);

  useLayoutEffect(() => {
    const before = document.activeElement;
    const dialog = box.current;
    dialog?.showModal();
    return () => {
      dialog?.close(); /* while it is open nothing outside takes the focus */
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog ref={box} aria-labelledby={labelledBy}
      onCancel={(event) => { event.preventDefault(); onClose?.(); }}>
      {children}
    </dialog>);
}
