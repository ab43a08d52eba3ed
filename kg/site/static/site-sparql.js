// The SPARQL page without a server: a worker holds the graph and answers; to stop a query is to end the worker.
import { known, linked, table } from "./site-names.js";

const MOST = 1500;
const TYPES = { csv: "text/csv", tsv: "text/tab-separated-values", json: "application/sparql-results+json", nt: "application/n-triples" };
const form = document.getElementById("query").form;
const field = document.getElementById("query");
const stop = document.getElementById("stop");
const told = document.getElementById("told");
const answered = document.getElementById("answered");
let worker = null;

const tell = (text, look = "quiet") => {
  const line = document.createElement("p");
  line.className = look;
  line.textContent = text;
  told.replaceChildren(line);
};

function ended() {
  stop.disabled = true;
  form.querySelector("button[type=submit]").disabled = false;
}

function stopped() {
  worker?.terminate();
  worker = null;
  ended();
}

function begun() {
  worker ??= new Worker(new URL("site-worker.js", import.meta.url), { type: "module" });
  stop.disabled = false;
  form.querySelector("button[type=submit]").disabled = true;
  answered.replaceChildren();
  return worker;
}

// Terms as a reader sees them: things by name with a link to their page, everything else as it is.
function cell(term, names, paths) {
  if (!term) return "";
  if (term.type !== "uri" || !term.value.startsWith(names.base)) return term.value;
  const path = `/${term.value.slice(names.base.length)}`;
  return paths.has(path) ? linked(paths.get(path), path) : term.value;
}

async function shown(text) {
  const names = await known();
  const paths = new Map(names.things.map(([path, label]) => [path, label]));
  const answer = JSON.parse(text);
  const columns = answer.head.vars ?? ["ask"];
  const rows = answer.results?.bindings ?? [{ ask: { type: "literal", value: answer.boolean ? "yes" : "no" } }];
  tell(`${rows.length.toLocaleString("en")} row${rows.length === 1 ? "" : "s"}`);
  const cut = rows.length > MOST ? `The first ${MOST} rows; CSV has all of them` : "The answer";
  if (!rows.length) return;
  const drawn = rows.slice(0, MOST).map((row) => columns.map((name) => cell(row[name], names, paths)));
  answered.replaceChildren(table(cut, columns, drawn));
}

function offered(text, format) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: TYPES[format] }));
  link.download = `answer.${format}`;
  link.textContent = `Save answer.${format}`;
  const lines = document.createElement("pre");
  lines.tabIndex = 0;
  lines.setAttribute("aria-label", "The answer");
  lines.textContent = text.slice(0, 200_000);
  tell("Answered");
  answered.replaceChildren(link, lines);
}

async function ask() {
  const format = document.getElementById("format").value;
  const working = begun();
  tell("The graph is fetched the first time, which may take a while …");
  const names = await known();
  working.onmessage = ({ data }) => {
    if (data.step) return tell(data.step);
    ended();
    if (data.error) return tell(`Not answered: ${data.error}`, "note error");
    if (data.isGraph) return offered(data.text, "nt");
    return format ? offered(data.text, format) : shown(data.text);
  };
  working.onerror = () => { stopped(); tell("The engine could not be started in this browser.", "note error"); };
  working.postMessage({ query: field.value, type: TYPES[format] ?? TYPES.json, prefixes: names.prefixes });
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const address = new URL(location.href);
  address.search = new URLSearchParams({ query: field.value }).toString();
  history.replaceState(null, "", address);
  ask();
});
stop.addEventListener("click", () => { stopped(); tell("Stopped. The graph is read anew for the next query."); });

const given = new URLSearchParams(location.search).get("query");
if (given) field.value = given;
ended(); // until here nothing would have answered, and a browser that sends the form itself loses the question
