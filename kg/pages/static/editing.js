// The field for SPARQL becomes a small editor: line numbers, Tab, Ctrl+Enter, names as they are typed, errors in place.
const MOST = 8;
const TYPED = /[a-z-]+:[\w-]*$|\b[a-z][a-z-]+$/i;

export function editing(field) {
  field.wrap = "off";
  const frame = element("div", "editor");
  const lines = element("div", "lines");
  lines.setAttribute("aria-hidden", "true");
  field.before(frame);
  frame.append(lines, field);
  const keys = element("p", "quiet small");
  keys.id = "editor-keys";
  keys.textContent = "Tab indents; after Esc it leaves the field. Ctrl+Enter asks. Names are offered as you type.";
  frame.after(keys);
  field.setAttribute("aria-describedby", keys.id);
  let wrong = 0;
  const number = () => {
    const count = field.value.split("\n").length;
    lines.replaceChildren(...Array.from({ length: count }, (_, index) => {
      const line = element("span", index + 1 === wrong ? "wrong" : "");
      line.textContent = index + 1;
      return line;
    }));
    lines.scrollTop = field.scrollTop;
  };
  field.addEventListener("input", () => { wrong = 0; number(); });
  field.addEventListener("scroll", () => { lines.scrollTop = field.scrollTop; });
  const locate = () => {
    const told = document.querySelector(".note.error")?.textContent ?? "";
    const [, line, column] = told.match(/\bat (\d+):(\d+)/) ?? [];
    if (!line || wrong === Number(line)) return;
    wrong = Number(line);
    number();
    const before = field.value.split("\n").slice(0, wrong - 1).join("\n").length + (wrong > 1 ? 1 : 0);
    field.focus();
    field.setSelectionRange(before + Number(column) - 1, before + Number(column) - 1);
  };
  new MutationObserver(locate).observe(document.getElementById("main"), { childList: true, subtree: true });
  const offers = offering(field, frame);
  let leaves = false;
  field.addEventListener("keydown", (event) => {
    if (offers.took(event)) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      field.form.requestSubmit();
    } else if (event.key === "Escape") {
      leaves = true;
    } else if (event.key === "Tab" && !event.shiftKey && !leaves) {
      event.preventDefault();
      insert(field, field.selectionStart, "  ");
    } else if (event.key !== "Tab") {
      leaves = false;
    }
  });
  field.addEventListener("blur", () => { leaves = false; });
  number();
  locate();
}

const element = (name, look) => {
  const made = document.createElement(name);
  made.className = look;
  return made;
};

// Text in place of what stands between a place and the cursor.
function insert(field, from, text) {
  field.setRangeText(text, from, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input"));
}

// A list of names below the field, of which the arrows choose one.
function offering(field, frame) {
  const list = element("ul", "offers");
  list.id = "editor-offers";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Names that fit");
  list.hidden = true;
  const told = element("p", "unseen");
  told.setAttribute("role", "status");
  frame.append(list, told);
  field.setAttribute("aria-autocomplete", "list");
  let names = null;
  let chosen = -1;
  const typed = () => field.value.slice(0, field.selectionStart).match(TYPED)?.[0] ?? "";
  const close = () => {
    list.hidden = true;
    field.removeAttribute("aria-activedescendant");
    told.textContent = "";
  };
  const take = (name) => {
    insert(field, field.selectionStart - typed().length, name);
    close();
  };
  const choose = (index) => {
    chosen = (index + list.children.length) % list.children.length;
    [...list.children].forEach((each, at) => each.setAttribute("aria-selected", String(at === chosen)));
    field.setAttribute("aria-activedescendant", list.children[chosen].id);
    list.children[chosen].scrollIntoView({ block: "nearest" });
  };
  const offer = async () => {
    names ??= fetch(new URL("names.json", import.meta.url)).then((answer) => answer.json()).then(spelled);
    const all = await names.catch(() => []);
    const begun = typed().toLowerCase();
    const fit = begun.length > 1 ? all.filter(([name]) => name.toLowerCase().startsWith(begun) && name !== typed()) : [];
    if (!fit.length) return close();
    list.replaceChildren(...fit.slice(0, MOST).map(([name, label], index) => {
      const option = element("li", "");
      option.id = `offer-${index}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      const words = element("span", "quiet");
      words.textContent = ` ${label}`;
      option.append(name, words);
      option.addEventListener("pointerdown", (event) => { event.preventDefault(); take(name); });
      return option;
    }));
    chosen = -1;
    list.hidden = false;
    told.textContent = `${fit.length} name${fit.length === 1 ? "" : "s"}; Down chooses, Enter takes, Esc closes`;
  };
  field.addEventListener("input", offer);
  field.addEventListener("blur", close);
  return {
    took(event) {
      if (list.hidden) return false;
      if (event.key === "ArrowDown") choose(chosen + 1);
      else if (event.key === "ArrowUp" && chosen >= 0) choose(chosen - 1);
      else if (event.key === "Escape") close();
      else if ((event.key === "Enter" || event.key === "Tab") && chosen >= 0) take(list.children[chosen].firstChild.data);
      else return false;
      event.preventDefault();
      return true;
    },
  };
}

// Names as a query spells them: prefixes first, then terms and things.
function spelled(known) {
  const things = known.things.map(([path, label]) => {
    const [, kind, ...rest] = path.split("/");
    return [`${kind === "ontology" ? "ca" : kind}:${rest.join("/")}`, label];
  });
  return [...Object.entries(known.prefixes).map(([prefix, iri]) => [`${prefix}:`, iri]), ...things];
}
