// Search over names, synonyms and acronyms, ranked as the served atlas ranks: whole names, beginnings, words, parts.
import { known, linked, table } from "./site-names.js";

const MOST = 100;
const folded = (text) => text.toLowerCase().replace(/[\s\-\u2010-\u2015\u2212_/]+/gu, " ").trim();

function rank(wanted, name) {
  if (name === wanted) return 0;
  if (name.startsWith(wanted)) return 1;
  const words = name.split(" ");
  if (wanted.split(" ").every((each) => words.some((word) => word.startsWith(each)))) return 2;
  return wanted.length > 2 && name.includes(wanted) ? 3 : null;
}

export function search(names, text) {
  const wanted = folded(text);
  const order = (one, other) => {
    for (let at = 0; at < one.length; at += 1) if (one[at] !== other[at]) return one[at] < other[at] ? -1 : 1;
    return 0;
  };
  const found = [];
  for (const [path, ...called] of names.things) {
    const kind = names.kinds.indexOf(path.split("/")[1]);
    const ranked = called.map((name) => [rank(wanted, folded(name)), kind, name]).filter(([at]) => at !== null);
    if (kind >= 0 && ranked.length) found.push([...ranked.sort(order)[0], path, called[0]]);
  }
  const key = ([at, kind, name, path]) => [at, kind, name.toLowerCase(), path];
  return found.sort((one, other) => order(key(one), key(other))).slice(0, MOST);
}

const asked = (new URLSearchParams(location.search).get("q") ?? "").trim().slice(0, 200);
if (asked) {
  document.querySelectorAll("input[name=q]").forEach((field) => { field.value = asked; });
  const names = await known();
  const found = search(names, asked);
  const rows = found.map(([, kind, name, path, label]) => [
    linked(label, path), names.kinds[kind].replaceAll("-", " "), name === label ? "" : name,
  ]);
  const told = `${found.length} name${found.length === 1 ? "" : "s"} for “${asked}”`;
  document.getElementById("found-here").replaceChildren(
    found.length ? table(told, ["Name", "Kind", "Found as"], rows) : `Nothing is called “${asked}”, nor begins so.`,
  );
}
