// A line of the network that stands for a pair opens in place: its page is fetched and shown without a jump.
const page = () => location.pathname + location.search;
let shown = page();

addEventListener("popstate", () => { if (page() !== shown) location.reload(); });

export function expanding(line, enhance) {
  line.addEventListener("click", async (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const address = new URL(line.getAttribute("href"), document.baseURI);
    const answer = await fetch(address).catch(() => null);
    if (!answer?.ok) return location.assign(address);
    const opened = new DOMParser().parseFromString(await answer.text(), "text/html");
    const [across, down] = [scrollX, scrollY];
    // The whole body, since links may be relative to the address, which changes with it.
    history.pushState(null, "", answer.url);
    shown = page();
    document.title = opened.title;
    document.body.replaceWith(opened.body);
    enhance(document);
    scrollTo(across, down);
    const heading = document.querySelector("#expanded");
    heading?.setAttribute("tabindex", "-1");
    heading?.focus({ preventScroll: true });
  });
}
