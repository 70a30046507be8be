/* Files chosen to go with a reply: by the browser's own dialog or dropped on the field, a few
 * at a time, each with its size and a way to take it back. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { useDesk } from './desk.ts';
import { Field } from './field.tsx';
import { size } from './format.ts';
import { filesField, withFiles } from './reply_files.ts';
import { replyFileWords } from './texts/reply_file.ts';
import { fill, useWords } from './words.ts';

interface FilesFieldProps {
  files: File[];
  fault: string | undefined;
  onFiles: (files: File[]) => void;
}

interface ChosenProps {
  files: File[];
  onRemove: (file: File) => void;
}

function Chosen({ files, onRemove }: ChosenProps): JSX.Element {
  const t = useWords();
  const w = replyFileWords(t);

  return (
    <ul class="chosenfiles" aria-label={w.list}>{files.map((file) => (
      <li key={`${file.name}/${file.size}/${file.lastModified}`}>
        <span>{file.name}</span> <span class="soft">{size(file.size, t)}</span>
        <button type="button" aria-label={fill(w.removeThis, { name: file.name })} onClick={() => onRemove(file)}>{w.remove}</button>
      </li>))}</ul>);
}

export function FilesField({ files, fault, onFiles }: FilesFieldProps): JSX.Element {
  const t = useWords();
  const w = replyFileWords(t);
  const { announce } = useDesk();
  const [left, setLeft] = useState('');
  const add = (more: File[]): void => {
    const now = withFiles(files, more);
    const names = now.files.slice(files.length).map(({ name }) => name).join(', ');
    setLeft(now.left ? fill(w[now.left.why], { name: now.left.name }) : '');
    onFiles(now.files);
    if (names) announce(fill(w.added, { name: names }));
  };
  const remove = (file: File): void => {
    setLeft('');
    onFiles(files.filter((one) => one !== file));
    announce(fill(w.removed, { name: file.name }));
    document.getElementById(filesField)?.focus();
  };

  return (
    <div onDragOver={(event) => event.preventDefault()} onDrop={(event) => {
      event.preventDefault();
      add([...event.dataTransfer?.files ?? []]);
    }}>
      <Field id={filesField} label={<>{w.label} <span class="optional">({t.optional})</span></>} hint={w.hint}
        fault={left || fault} after={files.length > 0
          && <><Chosen files={files} onRemove={remove} /><p class="hint">{w.notKept}</p></>}>
        {(aria) => <input {...aria} type="file" multiple onChange={(event) => {
          add([...event.currentTarget.files ?? []]);
          event.currentTarget.value = ''; /* the list below says what is chosen */
        }} />}
      </Field>
    </div>);
}
