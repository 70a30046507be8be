/* An address for a blob, given back when the picture is no longer shown. */
import { useEffect, useState } from 'preact/hooks';

export function useBlobUrl(blob: Blob): string {
  const [url, setUrl] = useState('');

  useEffect(() => {
    const made = URL.createObjectURL(blob);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return url;
}
