// What every page needs.

const count = (n, one, many) => n.toLocaleString("en") + " " + (n === 1 ? one : many);

// el makes an element; text is never read as markup.
function el(tag, attributes, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === false) continue;
    if (name.startsWith("on")) e.addEventListener(name.slice(2), value);
    else e.setAttribute(name, value === true ? "" : value);
  }
  e.append(...children.flat(Infinity).filter(c => c !== undefined && c !== ""));
  return e;
}

// fewSteps run at once, however long they take: a small page is complete when it is shown.
const fewSteps = 4;

// inSlices runs the steps of a generator a few milliseconds at a time, so that the page answers meanwhile, and passes
// what it returns to done. A later run for the same owner ends an earlier one.
function inSlices(owner, steps, done) {
  const mine = owner.run = {};
  let n = 0;
  const go = () => {
    if (owner.run !== mine) return;
    const until = performance.now() + 15;
    for (;;) {
      const step = steps.next();
      if (step.done && n <= fewSteps) return done(step.value);
      if (step.done) return setTimeout(() => { if (owner.run === mine) done(step.value); });
      if (++n > fewSteps && performance.now() > until) return setTimeout(go);
    }
  };
  go();
}

// sorted returns a list in order, in steps. Equal items stay in their order.
function* sorted(list, compare) {
  let from = [...list];
  let to = new Array(from.length);
  let n = 0;
  for (let width = 1; width < from.length; width *= 2) {
    for (let start = 0; start < from.length; start += 2 * width) {
      const middle = Math.min(start + width, from.length);
      const end = Math.min(start + 2 * width, from.length);
      for (let i = start, j = middle, k = start; k < end; k++) {
        to[k] = i < middle && (j >= end || compare(from[i], from[j]) <= 0) ? from[i++] : from[j++];
        if (++n % 256 === 0) yield;
      }
    }
    [from, to] = [to, from];
  }
  return from;
}
