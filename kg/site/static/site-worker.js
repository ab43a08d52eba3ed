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
  message.replace(/\bat 1:(\d+)/, (_, column) => `at 1:${Math.max(1, Number(column) - before)}`);

// An answer of rows in the form that was asked for; of a query that builds a graph, its triples.
function answered(store, query, type) {
  const options = { use_default_graph_as_union: true };
  try {
    return { text: store.query(query, { ...options, results_format: type }) };
  } catch (error) {
    if (!String(error?.message ?? error).startsWith("Not supported RDF format")) throw error;
    return { text: store.query(query, { ...options, results_format: "application/n-triples" }), isGraph: true };
  }
}

onmessage = async ({ data }) => {
  const before = head(data.prefixes);
  try {
    ready ??= filled();
    const store = await ready;
    postMessage({ step: "Asking …" });
    postMessage(answered(store, before + data.query, data.type));
  } catch (error) {
    if (!(await ready?.catch(() => null))) ready = null;
    postMessage({ error: told(String(error?.message ?? error), before.length) });
  }
};
