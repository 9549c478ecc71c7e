// What takes long is done in steps while nobody waits for it.

const PAUSE = 5;
// Of a pause, which lasts 50 milliseconds at most, so much is left to a reader who acts in it.
const LEFT = 30;

// Takes steps while the page has nothing else to do, until one tells that none is left. A browser
// that doesn't tell when that is waits between them.
function whenIdle(step) {
  const wait = window.requestIdleCallback ?? ((next) => setTimeout(next, PAUSE));
  const go = (idle) => {
    do {
      if (!step()) return;
    } while (idle?.timeRemaining() > LEFT);
    wait(go);
  };
  wait(go);
}
