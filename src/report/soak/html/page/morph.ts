/**
 * Makes one element what another is and changes no more than is different: what a reader has opened, marked or focused
 * stays as it is. What the script itself drew (`.plot`) and says (`#link`) is left alone.
 */
const OWN = '.plot, #link';

export function morph(shown: Element, wanted: Element): void {
  if (shown.matches(OWN)) return;
  morphAttributes(shown, wanted);
  const before = Array.from(shown.childNodes);
  const after = Array.from(wanted.childNodes);
  for (const [at, node] of after.entries()) {
    const old = before[at];
    if (old === undefined) shown.append(document.importNode(node, true));
    else if (old instanceof Element && node instanceof Element && old.nodeName === node.nodeName && old.id === node.id)
      morph(old, node);
    else if (old instanceof Text && node instanceof Text) {
      if (old.data !== node.data) old.data = node.data;
    } else old.replaceWith(document.importNode(node, true));
  }
  for (const old of before.slice(after.length)) old.remove();
}

function morphAttributes(shown: Element, wanted: Element): void {
  for (const { name, value } of Array.from(wanted.attributes))
    if (shown.getAttribute(name) !== value) shown.setAttribute(name, value);
  for (const { name } of Array.from(shown.attributes))
    // A table that is open was opened by the reader.
    if (name !== 'open' && !wanted.hasAttribute(name)) shown.removeAttribute(name);
}
