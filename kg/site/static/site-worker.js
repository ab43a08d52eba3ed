// Oxigraph with the whole graph, beside the page: it may be ended in the midst of a query.
import start, { Store } from "./oxigraph/web.js";

let ready = null;

async function filled() {
  await start();
  const answer = await fetch(new URL("../kg.nq", import.meta.url));
  if (!answer.ok) throw new Error(`kg.nq cannot be fetched (${answer.status})`);
  const text = await answer.text();
  postMessage({ step: "Reading the graph …" });
  const store = new Store();
  store.load(text, { format: "application/n-quads", no_transaction: true });
  return store;
}

// The project's prefixes, in one line before the query.
const head = (prefixes) => Object.entries(prefixes).map(([prefix, iri]) => `PREFIX ${prefix}: <${iri}> `).join("");

// What went wrong, counted as who wrote the query counts.
const told = (message, before) =>
  message.startsWith("Not supported RDF format")
    ? "this query builds a graph; here SELECT and ASK are answered"
    : message.replace(/\bat 1:(\d+)/, (_, column) => `at 1:${Math.max(1, Number(column) - before)}`);

onmessage = async ({ data }) => {
  const before = head(data.prefixes);
  try {
    ready ??= filled();
    const store = await ready;
    postMessage({ step: "Asking …" });
    const options = { results_format: data.type, use_default_graph_as_union: true };
    postMessage({ text: store.query(before + data.query, options) });
  } catch (error) {
    if (!(await ready?.catch(() => null))) ready = null;
    postMessage({ error: told(String(error?.message ?? error), before.length) });
  }
};
