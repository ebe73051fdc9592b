/** One feed for all clients of a server at its defaults: four prices a second, which neither count nor say their time. */
const PERIOD_MS = 250;
const visits = new Set();

setInterval(() => {
  const price = { symbol: 'ACME', price: Math.random() };
  for (const visit of visits) visit(price);
}, PERIOD_MS);

/** Calls back with each price from now on. @returns ends it */
export function eachPrice(visit) {
  visits.add(visit);
  return () => visits.delete(visit);
}
