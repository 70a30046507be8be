/* A task that many causes ask for: done soon, once, and not again before a while has gone.
 * What asks meanwhile does not put it off: where much happens it would never be done. */
export interface Pace {
  ask: () => void;
  stop: () => void; /* what was asked for and is not done is forgotten */
}

const soon = 300; /* ms: what happens together is one */
const apart = 2000; /* ms from one time to the next */

export function paced(task: () => void): Pace {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = -Infinity;

  return {
    ask: () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        last = Date.now();
        task();
      }, Math.max(soon, last + apart - Date.now()));
    },
    stop: () => {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
