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

// The project's prefixes in one line before the query, so that the lines an error names stay nearly right.
const headed = (query, prefixes) =>
  Object.entries(prefixes).map(([prefix, iri]) => `PREFIX ${prefix}: <${iri}> `).join("") + query;

onmessage = async ({ data }) => {
  try {
    ready ??= filled();
    const store = await ready;
    postMessage({ step: "Asking …" });
    const options = { results_format: data.type, use_default_graph_as_union: true };
    postMessage({ text: store.query(headed(data.query, data.prefixes), options) });
  } catch (error) {
    if (!(await ready?.catch(() => null))) ready = null;
    postMessage({ error: String(error?.message ?? error) });
  }
};
